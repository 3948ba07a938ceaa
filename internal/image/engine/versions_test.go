package engine

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestErrors_ofVersionsNameTheirCause(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, api, pin, said, want string }{
		{"a pinned version is too old", "1.52", "1.41", "client version 1.41 is too old. Minimum supported API version is 1.44",
			"Unset DOCKER_API_VERSION (it is 1.41): the version is found out by itself"},
		{"a pinned version is too new", "1.41", "1.44", "client version 1.44 is too new. Maximum supported API version is 1.41",
			"Unset DOCKER_API_VERSION (it is 1.44): the version is found out by itself"},
		{"the engine is newer", "1.99", "", "client version 1.56 is too old. Minimum supported API version is 1.90",
			"and the engine no longer has it: update the provider"},
		{"a pinned version is none", "1.52", "latest", "", "Unset DOCKER_API_VERSION: the version is found out by itself"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Api-Version", test.api)
				if !strings.HasSuffix(r.URL.Path, "/_ping") {
					w.WriteHeader(http.StatusBadRequest)
					fmt.Fprintf(w, `{"message":%q}`, test.said)
				}
			}))
			defer server.Close()
			c := at(t, server.URL)
			c.getenv = func(name string) string { return map[string]string{"DOCKER_API_VERSION": test.pin}[name] }
			_, err := c.Image(t.Context(), "app:1", Options{})
			if err == nil || !strings.Contains(err.Error(), test.said) || !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}
