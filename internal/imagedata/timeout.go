package imagedata

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

const (
	// readTimeout is how long a data source, or a step of a resource, may take in all: whoever plans wants to hear of a
	// place that does not answer.
	readTimeout = 2 * time.Minute
	// deleteTimeout is generous: it is for what hangs, not for what is slow.
	deleteTimeout = 20 * time.Minute
	// engineTimeout is for what an engine works at: measuring its disk, and clearing it.
	engineTimeout = 10 * time.Minute
)

// timeoutContext returns a context that ends after a time, and then says how long that was.
func timeoutContext(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, limit, fmt.Errorf("%w: waited for %s", context.DeadlineExceeded, limit))
}

// withTimeout bounds the reads of a data source.
func withTimeout(limit time.Duration, construct func() datasource.DataSource) func() datasource.DataSource {
	return func() datasource.DataSource { return &sourceWithTimeout{construct(), limit} }
}

// A sourceWithTimeout is a data source whose reads are bounded.
type sourceWithTimeout struct {
	datasource.DataSource
	limit time.Duration
}

var (
	_ datasource.DataSourceWithConfigure        = (*sourceWithTimeout)(nil)
	_ datasource.DataSourceWithConfigValidators = (*sourceWithTimeout)(nil)
	_ datasource.DataSourceWithValidateConfig   = (*sourceWithTimeout)(nil)
)

func (d *sourceWithTimeout) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	ctx, cancel := timeoutContext(ctx, d.limit)
	defer cancel()
	d.DataSource.Read(ctx, req, resp)
}

func (d *sourceWithTimeout) Configure(ctx context.Context, req datasource.ConfigureRequest,
	resp *datasource.ConfigureResponse) {
	if inner, ok := d.DataSource.(datasource.DataSourceWithConfigure); ok {
		inner.Configure(ctx, req, resp)
	}
}

func (d *sourceWithTimeout) ConfigValidators(ctx context.Context) []datasource.ConfigValidator {
	if inner, ok := d.DataSource.(datasource.DataSourceWithConfigValidators); ok {
		return inner.ConfigValidators(ctx)
	}
	return nil
}

func (d *sourceWithTimeout) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse) {
	if inner, ok := d.DataSource.(datasource.DataSourceWithValidateConfig); ok {
		inner.ValidateConfig(ctx, req, resp)
	}
}

// pruneWithTimeout is the prune action, bounded. It keeps all that the action has.
type pruneWithTimeout struct {
	*enginePrune
	limit time.Duration
}

func (a *pruneWithTimeout) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	ctx, cancel := timeoutContext(ctx, a.limit)
	defer cancel()
	a.enginePrune.Invoke(ctx, req, resp)
}

// scalewayImageWithTimeout is the resource, bounded. It keeps all that the resource has.
type scalewayImageWithTimeout struct {
	*scalewayImage
	limit, deletion time.Duration
}

func (r *scalewayImageWithTimeout) Create(ctx context.Context, req resource.CreateRequest,
	resp *resource.CreateResponse) {
	ctx, cancel := timeoutContext(ctx, r.limit)
	defer cancel()
	r.scalewayImage.Create(ctx, req, resp)
}

func (r *scalewayImageWithTimeout) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	ctx, cancel := timeoutContext(ctx, r.limit)
	defer cancel()
	r.scalewayImage.Read(ctx, req, resp)
}

func (r *scalewayImageWithTimeout) Update(ctx context.Context, req resource.UpdateRequest,
	resp *resource.UpdateResponse) {
	ctx, cancel := timeoutContext(ctx, r.limit)
	defer cancel()
	r.scalewayImage.Update(ctx, req, resp)
}

func (r *scalewayImageWithTimeout) Delete(ctx context.Context, req resource.DeleteRequest,
	resp *resource.DeleteResponse) {
	ctx, cancel := timeoutContext(ctx, r.deletion)
	defer cancel()
	r.scalewayImage.Delete(ctx, req, resp)
}
