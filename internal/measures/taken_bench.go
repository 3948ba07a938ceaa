//go:build bench

package measures

import (
	"os"
	"slices"
	"strings"
)

// WithoutVariable is the environment variable that leaves measures out, as names between commas.
const WithoutVariable = "DEMANDFLOW_BENCH_WITHOUT"

// Taken says whether the measure is in force: unless the environment leaves it out.
func (m Measure) Taken() bool {
	return !slices.Contains(strings.Split(os.Getenv(WithoutVariable), ","), string(m))
}
