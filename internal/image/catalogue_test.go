package image

import (
	"slices"
	"testing"
)

// An index has a manifest for each version of Windows, and all of them are windows/amd64.
func TestCatalogue_namesAPlatformOnce(t *testing.T) {
	t.Parallel()
	i := &Image{Reference: "registry.example.com/tool:1", Platforms: []Platform{
		{Platform: "windows/amd64", OS: "windows", Architecture: "amd64", OSVersion: new("10.0.20348.2700"),
			Config: &Config{}},
		{Platform: "linux/amd64", OS: "linux", Architecture: "amd64", Config: &Config{}},
		{Platform: "windows/amd64", OS: "windows", Architecture: "amd64", OSVersion: new("10.0.26100.1742"),
			Config: &Config{}},
	}}
	i.Complete("")
	if want := []string{"linux/amd64", "windows/amd64"}; i.Catalogue == nil || !slices.Equal(i.Catalogue.BuildPlatforms,
		want) {
		t.Errorf("%+v, want %q", i.Catalogue, want)
	}
}
