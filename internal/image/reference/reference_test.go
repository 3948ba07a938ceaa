package reference

import (
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
)

func TestPinned_hasOneSpelling(t *testing.T) {
	t.Parallel()
	d := digest.FromString("image")
	for name, want := range map[string]string{
		"nginx": "docker.io/library/nginx", "nginx:1.27": "docker.io/library/nginx",
		"library/nginx": "docker.io/library/nginx", "docker.io/nginx:1.27": "docker.io/library/nginx",
		"index.docker.io/library/nginx": "docker.io/library/nginx", "team/app": "docker.io/team/app", "nginx@sha256:" +
			strings.Repeat("1", 64): "docker.io/library/nginx",
		"registry.example.com:5000/a/b:1": "registry.example.com:5000/a/b", "localhost/app:1": "localhost/app",
	} {
		if got, ok := PinnedText(name, d); !ok || got != want+"@"+d.String() {
			t.Errorf("%s: %s", name, got)
		}
	}
	for _, name := range []string{"", "https://nginx", "Nginx", "nginx:", strings.Repeat("1", 64)} {
		if got, ok := PinnedText(name, d); ok {
			t.Errorf("%q: %s", name, got)
		}
	}
}
