package image

import (
	"errors"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// ErrNotFound is in the chain of an error for an image, tag or repository that certainly does not exist. One that may
// not be read is a different error: registries answer 401 for what they hide, and what is hidden must not pass for
// gone.
var ErrNotFound = errors.New("not found")

// ErrNoPlatform is in the chain of an error for an image that exists, but not for the requested platform.
var ErrNoPlatform = errors.New("not there for the platform")

// Cannot returns the error of a source: what was being done, after "cannot"; what the other side, or the way to it,
// said; what to do next, which may be empty; and the cause, which may be nil.
func Cannot(doing, said, advice string, cause error) *wire.Error {
	return &wire.Error{Failed: "cannot " + doing, Said: said, Advice: advice, Cause: cause, Separator: ". "}
}

// A Warning is a problem that does not prevent an answer, such as a rate limit that is nearly used up.
type Warning struct {
	Summary string // short and constant
	Detail  string // which image or registry, what was seen, what to do
}
