package image

import (
	"strings"
	"testing"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

func TestNormalizePlatform_isContainerds(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"linux/amd64": "linux/amd64", "linux/amd64/v1": "linux/amd64", "linux/amd64/v2": "linux/amd64/v2",
		"linux/x86_64": "linux/amd64", "linux/x86-64": "linux/amd64", "linux/x86_64/v3": "linux/amd64/v3",
		"linux/arm64": "linux/arm64", "linux/arm64/v8": "linux/arm64", "linux/arm64/8": "linux/arm64",
		"linux/arm64/v8.0": "linux/arm64", "linux/arm64/v8.1": "linux/arm64/v8.1", "linux/arm64/9": "linux/arm64/v9",
		"linux/aarch64": "linux/arm64", "linux/aarch64/v8": "linux/arm64",
		"linux/arm": "linux/arm/v7", "linux/arm/7": "linux/arm/v7", "linux/arm/6": "linux/arm/v6", "linux/arm/v5": "linux/arm/v5",
		"linux/armhf": "linux/arm/v7", "linux/armel": "linux/arm/v6", "linux/i386": "linux/386",
		"macos/arm64": "darwin/arm64", "Linux/AMD64": "linux/amd64", "linux/riscv64": "linux/riscv64",
		"windows/amd64": "windows/amd64", "wasip1/wasm": "wasip1/wasm", "linux": "linux", "": "",
	} {
		once := normalizePlatform(partsOf(written))
		if got := FormatPlatform(once); got != want {
			t.Errorf("%q is %q, want %q", written, got, want)
		}
		if again := normalizePlatform(once); FormatPlatform(again) != want {
			t.Errorf("%q becomes %v, and then %v", written, once, again)
		}
	}
}

// The names are Go's, and the variant is what the image has: docker prints linux/arm64/v8, too.
func TestNewPlatform_keepsTheVariantAsItIsWritten(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ os, architecture, variant, want string }{
		{"linux", "arm64", "v8", "linux/arm64/v8"}, {"linux", "aarch64", "", "linux/arm64"},
		{"linux", "x86_64", "v1", "linux/amd64/v1"}, {"linux", "arm", "", "linux/arm"},
		{"linux", "armhf", "", "linux/arm/v7"}, {"macos", "arm64", "", "darwin/arm64"},
	} {
		got := NewPlatform(ocispec.Platform{OS: test.os, Architecture: test.architecture, Variant: test.variant})
		if got.Platform != test.want || got.OS+"/"+got.Architecture != strings.Join(strings.Split(test.want, "/")[:2], "/") {
			t.Errorf("%+v is %+v", test, got)
		}
	}
}

// The platform itself comes before one that is nearer in the list, and one that runs everywhere before one that does
// not.
func TestChoose_takesTheClosestPlatform(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ platforms, wanted, want string }{
		{"linux/amd64/v3 linux/amd64/v2 linux/amd64", "", "linux/amd64"},
		{"linux/amd64/v3 linux/amd64/v2 linux/amd64", "linux/amd64", "linux/amd64"},
		{"linux/amd64/v3 linux/amd64/v2 linux/amd64", "linux/amd64/v2", "linux/amd64/v2"},
		{"linux/amd64/v3 linux/amd64/v2 linux/amd64", "linux/amd64/v1", "linux/amd64"},
		{"linux/amd64/v3 linux/amd64/v1", "linux/amd64", "linux/amd64/v1"},
		{"linux/amd64/v4 linux/amd64/v2 linux/amd64/v3", "linux/amd64", "linux/amd64/v2"},
		{"linux/amd64/v3", "", "linux/amd64/v3"},
		{"linux/amd64", "linux/amd64/v2", ""},
		{"linux/amd64 linux/arm64", "linux/arm64/v8", "linux/arm64"},
		{"linux/amd64 linux/arm64/v8", "linux/arm64", "linux/arm64/v8"},
		{"linux/arm64/v9 linux/arm64/v8", "linux/arm64", "linux/arm64/v8"},
		{"linux/arm64/v8.2 linux/arm64", "linux/arm64", "linux/arm64"},
		{"linux/arm64/v8.2 linux/arm64/v8.1 linux/arm64/v9", "linux/arm64", "linux/arm64/v8.1"},
		{"linux/arm64/v08 linux/arm64", "linux/arm64", "linux/arm64"},
		{"linux/arm/v7.0 linux/arm/v7", "linux/arm", "linux/arm/v7"},
		{"linux/amd64/1 linux/amd64", "", "linux/amd64"},
		{"linux/amd64 linux/arm/v5 linux/arm/v7 linux/arm64/v8", "linux/arm", "linux/arm/v7"},
		{"linux/arm/v5 linux/arm/v6", "linux/arm", "linux/arm/v6"},
		{"linux/arm/v8 linux/arm/v6", "linux/arm", "linux/arm/v6"},
		{"linux/arm/strange linux/arm/v8", "linux/arm", "linux/arm/v8"},
		{"linux/arm/v5 linux/arm", "linux/arm/v7", "linux/arm"},
		{"linux/arm/v5 linux/arm/v6", "linux/armhf", ""},
		{"linux/amd64 linux/arm64", "linux/aarch64", "linux/arm64"},
		{"linux/amd64 linux/arm64", "linux/x86_64", "linux/amd64"},
		{"linux/arm64 linux/s390x", "", "linux/arm64"},
		{"windows/amd64 linux/arm64", "", "windows/amd64"},
		{"darwin/arm64", "macos/arm64", "darwin/arm64"},
		{"linux/amd64", "windows/amd64", ""},
	} {
		i := &Image{}
		for text := range strings.FieldsSeq(test.platforms) {
			i.Platforms = append(i.Platforms, Platform{Platform: text})
		}
		got := ""
		if chosen := i.Choose(test.wanted); chosen != nil {
			got = chosen.Platform
		}
		if got != test.want {
			t.Errorf("of %s, %q is %q, want %q", test.platforms, test.wanted, got, test.want)
		}
	}
}

// What an engine has is inspected, also where another one would be closer.
func TestChoose_takesOneWhoseConfigurationIsKnown(t *testing.T) {
	t.Parallel()
	i := &Image{Platforms: []Platform{{Platform: "linux/arm/v7"}, {Platform: "linux/arm/v5", Config: &Config{}},
		{Platform: "linux/arm/v6", Config: &Config{}}}}
	if got := i.Choose("linux/arm"); got != &i.Platforms[2] {
		t.Errorf("%+v", got)
	}
}

func TestNotThereFor_namesThePlatformsThatHaveAName(t *testing.T) {
	t.Parallel()
	got := NotThereFor("linux/amd64", []Platform{{}, {Platform: "linux/arm64"}}, "any other platform")
	if want := "it is not there for linux/amd64, but for linux/arm64: ask for one of these"; got != want {
		t.Errorf("%s", got)
	}
}

// A platform is itself in any spelling, and no platform is two.
func FuzzPlatform(f *testing.F) {
	for _, seed := range []string{"linux/amd64/v1", "linux/arm", "linux/aarch64/v8", "//", "linux/arm/v99", "a/b/c/d",
		"linux/armhf/", " LINUX /amd64"} {
		f.Add(seed, "linux/arm64")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		once := normalizePlatform(partsOf(a))
		if again := normalizePlatform(once); FormatPlatform(again) != FormatPlatform(once) {
			t.Errorf("%q becomes %v, and then %v", a, once, again)
		}
		if !(Platform{Platform: a}).Matches(a) || SamePlatform(a, b) != SamePlatform(b, a) {
			t.Errorf("%q does not match itself, or not in both directions with %q", a, b)
		}
		if away, matches := distance(a, b); matches && partsOf(a).OS != partsOf(b).OS || away < 0 {
			t.Errorf("%q is %d from %q", a, away, b)
		}
	})
}
