//go:build bench

package measures

import (
	"os"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/bench/usage"
)

// Taken reports whether the measure is in force: unless the environment leaves it out.
func (m Measure) Taken() bool {
	return !slices.Contains(strings.Split(os.Getenv(usage.WithoutVariable), ","), string(m))
}
