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

// The containerd store has images without names under their ids, which are digests.
func TestComplete_takesNoDigestForAName(t *testing.T) {
	t.Parallel()
	const id = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
	for reference, pinned := range map[string]string{
		id: "", "": "", "sha256:1": "docker.io/library/sha256@" + id, "app@" + id: "docker.io/library/app@" + id,
	} {
		i := &Image{Reference: reference, Digest: new(id), Platforms: []Platform{{Config: &Config{}}}}
		i.Complete("")
		if got := i.PinnedReference; (got != nil) != (pinned != "") || got != nil && *got != pinned {
			t.Errorf("%q is pinned as %v, want %q", reference, got, pinned)
		}
		if name, tag := i.Catalogue.Name, i.Catalogue.Tag; (name != nil) != (pinned != "") || pinned == "" && tag != nil {
			t.Errorf("%q has the name %v and the tag %v", reference, name, tag)
		}
	}
}
