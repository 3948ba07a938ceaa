package wire_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

func TestBody_endsAtItsLimit(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(io.ReadCloser) ([]byte, error){
		"at once":          func(body io.ReadCloser) ([]byte, error) { return wire.ReadAll(body, 4) },
		"while it arrives": func(body io.ReadCloser) ([]byte, error) { return io.ReadAll(wire.Limit(body, 4)) },
		"in several pieces": func(body io.ReadCloser) ([]byte, error) {
			return io.ReadAll(wire.Limit(wire.Limit(body, 9), 4))
		},
	} {
		if got, err := read(io.NopCloser(strings.NewReader("1234"))); err != nil || string(got) != "1234" {
			t.Errorf("%s, what just fits is %q, %v", name, got, err)
		}
		_, err := read(io.NopCloser(strings.NewReader("12345")))
		if tooLarge, ok := errors.AsType[*wire.TooLargeError](err); !ok || tooLarge.Limit != 4 {
			t.Errorf("%s, what is too large is %v", name, err)
		}
	}
}
