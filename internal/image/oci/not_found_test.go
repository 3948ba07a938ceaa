package oci

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

func TestErrNotFound_isWhatIsCertainlyNotThere(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:1", indexOf(t, "linux/amd64"))
	silent := func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/v2/" {
			return false
		}
		http.NotFound(w, r)
		return true
	}
	answers := func(status int, code string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool { return refuse(w, status, code, "said the registry") }
	}
	for _, test := range []struct {
		name, reference string
		how             func(http.ResponseWriter, *http.Request) bool
		gone            bool
		words           []string
	}{
		{"tag", "app:2", nil, true, []string{"app:2", "404", "MANIFEST_UNKNOWN", "check"}},
		{"repository", "other:1", nil, true, []string{"NAME_UNKNOWN"}},
		{"digest", "app@sha256:" + strings.Repeat("0", 64), nil, true, []string{"MANIFEST_UNKNOWN"}},
		{"404 without a word from a registry", "app:1", silent, true, []string{"404"}},
		{"404 of a web server", "app:1", func(w http.ResponseWriter, r *http.Request) bool {
			http.NotFound(w, r)
			return true
		}, false, []string{"check the host"}},
		{"page of a web server", "app:1", func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write([]byte("<html>Welcome</html>"))
			return true
		}, false, []string{"text/html", "check whether the host is a registry"}},
		{"hidden", "app:1", answers(http.StatusUnauthorized, "UNAUTHORIZED"), false,
			[]string{"401", "UNAUTHORIZED: said the registry", "docker login"}},
		{"forbidden", "app:1", answers(http.StatusForbidden, "DENIED"), false, []string{"403", "DENIED"}},
		{"forbidden in a 404", "app:1", answers(http.StatusNotFound, "DENIED"), false, []string{"DENIED"}},
		{"broken", "app:1", answers(http.StatusInternalServerError, "UNKNOWN"), false, []string{"500", "try again later"}},
		{"part of the image", "app:1", func(w http.ResponseWriter, r *http.Request) bool {
			return strings.Contains(r.URL.Path, "sha256:") && refuse(w, http.StatusNotFound, "MANIFEST_UNKNOWN", "")
		}, false, []string{"linux/amd64", "push it again"}},
	} {
		for _, include := range [][]string{nil, {IncludeConfig}} {
			if test.name == "part of the image" && include == nil {
				continue
			}
			registry.behave(test.how)
			_, err := registry.client(t).Image(t.Context(), registry.host+"/"+test.reference, Options{Include: include})
			mention(t, err, append(test.words, registry.host)...)
			if errors.Is(err, image.ErrNotFound) != test.gone {
				t.Errorf("%s: not found is %v, want %v: %v", test.name, !test.gone, test.gone, err)
			}
		}
	}
	registry.behave(nil)
	_, err := registry.client(t).Tags(t.Context(), registry.host+"/other", TagOptions{})
	if !errors.Is(err, image.ErrNotFound) {
		t.Errorf("tags of a repository that is not there: %v", err)
	}
	mention(t, err, "; check the repository's name")
	if strings.Contains(err.Error(), "digest") {
		t.Errorf("no tag and no digest was asked for: %v", err)
	}
	_, err = registry.client(t).Image(t.Context(), registry.host+"/app:2", Options{})
	if mention(t, err, "app:2"); strings.Contains(err.Error(), "/v2/") {
		t.Errorf("the name is said twice: %v", err)
	}
}

func TestImage_saysWhatIsWrongWithWhatItIsGiven(t *testing.T) {
	t.Parallel()
	client := newClient(t, nil)
	for _, test := range []struct {
		reference string
		options   Options
		words     string
	}{
		{"", Options{}, "is no image reference"},
		{"Example.com/App:1", Options{}, "lower"},
		{"app:", Options{}, "is no image reference"},
		{"https://example.com/app:1", Options{}, "leave out the scheme"},
		{"example.com/app@sha256:12", Options{}, "is no image reference"},
		{strings.Repeat("a", 64), Options{}, "is no image reference"},
		{"example.com/app", Options{Include: []string{"everything"}}, `"everything" is nothing that can be included`},
		{"example.com/app", Options{Registry: &Registry{Username: "me"}}, "one of them is missing"},
		{"example.com/app", Options{Registry: &Registry{Username: "me", Password: "p", Token: "t"}}, "leave out one of them"},
		{"example.com/app", Options{Registry: &Registry{CACertificate: "/etc/ca.pem"}}, "no PEM-encoded"},
	} {
		_, err := client.Image(t.Context(), test.reference, test.options)
		mention(t, err, test.words)
	}
}

func TestNew_saysWhichSettingsMakeNoSense(t *testing.T) {
	t.Parallel()
	for host, words := range map[string]string{
		"https://example.com": "write its host",
		"example.com/team":    "write its host",
		"":                    "write its host",
	} {
		_, err := New(Config{Registries: map[string]Registry{host: {}}})
		mention(t, err, words)
	}
	_, err := New(Config{Registries: map[string]Registry{"docker.io": {}, "index.docker.io": {}}})
	mention(t, err, "under two names")
	_, err = New(Config{Registries: map[string]Registry{"example.com": {Password: "hunter2"}}})
	mention(t, err, "example.com", "one of them is missing", "not:hunter2")
}

// Settings that cannot be used are an error for those who need them, by whatever name the host goes.
func TestNew_settingsThatCannotBeUsedHinderNoOtherRegistry(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:1", imageFor(t, "linux/amd64"))
	client, err := New(Config{
		Registries: map[string]Registry{registry.host: {Insecure: true}},
		Unusable:   map[string]error{"docker.io": errors.New("not known yet"), "no host/": errors.New("not requested")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Image(t.Context(), registry.host+"/app:1", Options{}); err != nil {
		t.Error(err)
	}
	_, err = client.Image(t.Context(), "nginx:1", Options{})
	mention(t, err, "not known yet")
	_, err = client.Image(t.Context(), "nginx:1", Options{Registry: &Registry{Username: "me"}})
	mention(t, err, "one of them is missing") // its own settings take their place
}
