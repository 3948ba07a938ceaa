package wire_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

func TestCrossOrigin_followsOnlyRedirectsThatAreMeant(t *testing.T) {
	t.Parallel()
	first := httptest.NewRequest(http.MethodGet, "https://registry.example.com/v2/", nil)
	for target, refused := range map[string]string{
		"https://storage.example.com/blob":    "",
		"https://10.0.0.7/blob":               "",
		"http://storage.example.com/blob":     "without TLS",
		"file:///etc/passwd":                  "without TLS",
		"https://169.254.169.254/latest/meta": "this very machine",
		"https://localhost/admin":             "this very machine",
		"https://LOCALHOST./admin":            "this very machine",
		"https://admin.localhost/":            "this very machine",
		"https://[::1]:8080/":                 "this very machine",
	} {
		err := wire.CrossOrigin{Max: 5}.Follow(httptest.NewRequest(http.MethodGet, target, nil), []*http.Request{first})
		if refused == "" && err != nil || refused != "" && (!errors.Is(err, wire.ErrRedirect) ||
			!strings.Contains(err.Error(), refused)) {
			t.Errorf("%s: %v, want %q", target, err, refused)
		}
	}
	if err := (wire.CrossOrigin{Max: 1}).Follow(first, []*http.Request{first, first}); !errors.Is(err, wire.ErrRedirect) ||
		!strings.Contains(err.Error(), "more than 1 times") {
		t.Errorf("one too many: %v", err)
	}
}
