package oci

import (
	"testing"

	spelling "github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
)

// A registry is the same with the port that it has anyway, however its settings and the image's name are written.
func TestClient_settingsOfTheDefaultPort(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ settings, reference string }{
		{"registry.example.com:443", "registry.example.com/app:1"},
		{"registry.example.com", "registry.example.com:443/app:1"},
		{"registry.example.com:443", "Registry.example.com:443/app:1"},
		{"docker.io:443", "nginx"},
		{"index.docker.io", "docker.io:443/library/nginx"},
	} {
		client, err := New(Config{Registries: map[string]Registry{test.settings: {Token: "given"}}})
		if err != nil {
			t.Fatal(err)
		}
		named, err := spelling.ParseName(test.reference)
		if err != nil {
			t.Fatal(err)
		}
		reader, err := client.read(named, nil)
		if err != nil {
			t.Fatal(err)
		}
		if reader.settings.Token != "given" {
			t.Errorf("the settings of %s are not those of %s", test.settings, test.reference)
		}
	}
	_, err := New(Config{Registries: map[string]Registry{"registry.example.com": {}, "registry.example.com:443": {}}})
	mention(t, err, "under two names")
}
