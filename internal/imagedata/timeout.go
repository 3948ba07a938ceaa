package imagedata

import (
	"context"
	"fmt"
	"time"
)

const (
	readTimeout   = 2 * time.Minute  // of a data source, or of a step of a resource
	engineTimeout = 10 * time.Minute // of measuring or clearing an engine's disk, which takes it a while
	deleteTimeout = 20 * time.Minute // for a deletion that hangs, not for one that is slow
)

// timeoutContext returns a context that ends after a time, and whose cause then has that time.
func timeoutContext(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, limit, fmt.Errorf("%w: waited for %s", context.DeadlineExceeded, limit))
}
