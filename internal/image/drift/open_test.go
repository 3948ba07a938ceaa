package drift_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/drift"
)

func openFields(r drift.Result) []string {
	fields := []string{}
	for _, undecided := range r.Undecided {
		fields = append(fields, undecided.Field)
	}
	return fields
}

// The absence of a difference is no agreement: where nothing was compared, the entry is not in sync.
func TestCompare_thatComparedNothingIsUndecided(t *testing.T) {
	t.Parallel()
	chart := &image.Image{Source: image.SourceOCI, Reference: "registry.example.com/app:1", Digest: new(index)}
	nameless := &image.Image{Source: image.SourceOCI, Reference: "registry.example.com/app:1", Digest: new(index),
		Platforms: []image.Platform{}, Nameless: []string{amd64}}
	claims := drift.Entry{FullImageName: "registry.example.com/app:1", Catalogue: image.Catalogue{Cmd: new("nginx"),
		User: new("101"), Architecture: []string{"amd64"}, OS: new("linux"), License: new("MIT")}}
	for _, test := range []struct {
		name   string
		entry  drift.Entry
		live   *image.Image
		ignore []string
		open   []string
	}{
		{"a chart under the tag", claims, chart, nil, []string{"architecture", "os", "cmd", "user"}},
		{"an index without platforms", claims, nameless, nil, []string{"architecture", "os", "cmd", "user"}},
		{"a chart, and some fields are ignored", claims, chart, []string{"cmd", "os"}, []string{"architecture", "user"}},
		{"an entry without claims", drift.Entry{}, live(), nil, []string{"full_image_name"}},
		{"an entry whose claims images seldom have",
			drift.Entry{Catalogue: image.Catalogue{License: new("MIT")}}, chart, nil, []string{"full_image_name"}},
		{"all is ignored", entry(), live(), drift.Fields(), []string{"full_image_name"}},
	} {
		got := drift.Compare(test.entry, test.live, test.ignore)
		if got.InSync() || len(got.Compared)+len(got.Differences) > 0 || !slices.Equal(openFields(got), test.open) {
			t.Errorf("%s: in sync %t, compared %v, open %v, want %v", test.name, got.InSync(), got.Compared, openFields(got),
				test.open)
		}
	}
}

// A digest says all of an image, so that nothing stays open beside it.
func TestCompare_digestThatAgreesSettlesAll(t *testing.T) {
	t.Parallel()
	entry, bare := entry(), &image.Image{Source: image.SourceScaleway, Digest: new(index)}
	if got := drift.Compare(entry, bare, nil); !got.InSync() || !slices.Equal(got.Compared, []string{"digest"}) {
		t.Errorf("%+v", got)
	}
	entry.Digest = other
	if got := drift.Compare(entry, bare, nil); got.InSync() || !slices.Contains(openFields(got), "cmd") ||
		!slices.Contains(openFields(got), "digest") {
		t.Errorf("with another digest: %+v", got)
	}
}

// Platforms agree or not, and the command was still not looked at.
func TestCompare_platformsAloneDoNotSettleTheRest(t *testing.T) {
	t.Parallel()
	entry, listed := entry(), live()
	entry.Digest, entry.SignatureVerified, listed.Catalogue = "", false, nil
	got := drift.Compare(entry, listed, nil)
	if got.InSync() || !slices.Contains(got.Compared, "build_platforms") || slices.Contains(openFields(got),
		"build_platforms") || !slices.Contains(openFields(got), "cmd") {
		t.Errorf("%+v", got)
	}
}

// A platform that the entry has may be that of a manifest that does not name its own.
func TestCompare_platformMayBeThatOfANamelessManifest(t *testing.T) {
	t.Parallel()
	entry, live := entry(), live()
	entry.BuildPlatforms = append(entry.BuildPlatforms, "linux/s390x")
	entry.Architecture = append(entry.Architecture, "s390x")
	live.Nameless = []string{other}
	got := drift.Compare(entry, live, nil)
	if len(got.Differences) > 0 || !slices.Equal(openFields(got), []string{"architecture", "build_platforms"}) {
		t.Errorf("differences %v, open %v", got.Differences, openFields(got))
	}
	if !strings.Contains(got.Undecided[1].Reason, "linux/s390x") {
		t.Errorf("%s", got.Undecided[1].Reason)
	}
	live.Nameless = nil
	if got := drift.Compare(entry, live, nil); len(got.Differences) != 2 || len(got.Undecided) > 0 {
		t.Errorf("with every platform known: %+v", got)
	}
}

// An image without an index may have a configuration that names no platform.
func TestCompare_platformThatTheImageDoesNotNameIsUndecided(t *testing.T) {
	t.Parallel()
	bare := &image.Image{Source: image.SourceOCI, Reference: "registry.example.com/app:1", Digest: new(index),
		Platforms: []image.Platform{{Digest: new(index), Config: &image.Config{}}},
		Catalogue: &image.Catalogue{Cmd: new(`["nginx"]`)}}
	claims := drift.Entry{Catalogue: image.Catalogue{Cmd: new("nginx"), OS: new("linux"),
		Architecture: []string{"s390x", "arm64"}, BuildPlatforms: []string{"linux/arm64"}}}
	got := drift.Compare(claims, bare, nil)
	if got.InSync() || !slices.Equal(got.Compared, []string{"cmd"}) || !slices.Equal(openFields(got),
		[]string{"architecture", "build_platforms", "os"}) {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(got.Undecided[0].Reason, "does not name its platform") {
		t.Errorf("%s", got.Undecided[0].Reason)
	}
	claims.Digest = index
	if got := drift.Compare(claims, bare, nil); !got.InSync() {
		t.Errorf("by its digest: %+v", got)
	}
	claims.Digest = ""
	half := *bare
	half.Platforms = []image.Platform{{Platform: "linux", OS: "linux", Digest: new(index)}}
	half.Catalogue = &image.Catalogue{Cmd: bare.Catalogue.Cmd, OS: new("linux"), BuildPlatforms: []string{"linux"}}
	claims.BuildPlatforms = nil
	if got := drift.Compare(claims, &half, nil); got.InSync() || !slices.Equal(openFields(got), []string{"architecture"}) {
		t.Errorf("of an operating system without an architecture: %+v", got)
	}
	claims.BuildPlatforms = []string{"linux/arm64"}
	if got := drift.Compare(claims, bare, []string{"architecture", "build_platforms", "os"}); !got.InSync() {
		t.Errorf("with all of it ignored: %+v", got)
	}
}

func TestCompare_leavesAFieldOpenOnceWithAllReasons(t *testing.T) {
	t.Parallel()
	entry, live := entry(), live()
	entry.Missing, entry.Digest, live.Nameless = "linux/s390x", "", []string{other}
	entry.BuildPlatforms = []string{"linux/amd64", "linux/arm64", "linux/386", "linux/ppc64le"}
	got := drift.Compare(entry, live, nil)
	if !slices.Equal(openFields(got), []string{"build_platforms"}) {
		t.Fatalf("%+v", got.Undecided)
	}
	for _, platform := range []string{"linux/386, linux/ppc64le", "linux/s390x"} {
		if !strings.Contains(got.Undecided[0].Reason, platform) {
			t.Errorf("%s is not in %q", platform, got.Undecided[0].Reason)
		}
	}
}

func TestCompare_ignoresAMissingPlatformAsItIsTold(t *testing.T) {
	t.Parallel()
	for _, nameless := range [][]string{nil, {other}} {
		entry, live := entry(), live()
		entry.Missing, live.Nameless, live.Catalogue = "linux/s390x", nameless, nil
		got := drift.Compare(entry, live, []string{"build_platforms"})
		if len(got.Differences) > 0 || slices.Contains(openFields(got), "build_platforms") {
			t.Errorf("%+v", got)
		}
	}
}

// A platform that was asked for and not found may be that of a manifest that does not name its own.
func TestCompare_missingPlatformMayBeThatOfANamelessManifest(t *testing.T) {
	t.Parallel()
	entry, live := entry(), live()
	entry.Missing, entry.Digest, live.Catalogue, live.Nameless = "linux/s390x", "", nil, []string{other}
	got := drift.Compare(entry, live, nil)
	if len(got.Differences) > 0 || !slices.Contains(openFields(got), "build_platforms") || got.InSync() {
		t.Errorf("%+v", got)
	}
}

// With a key, only a signature that it verifies counts.
func TestCompare_signatureThatWasNotVerifiedCountsWithoutAKeyOnly(t *testing.T) {
	t.Parallel()
	entry, live := entry(), live()
	live.Signatures = []image.Statement{{Kind: "signature"}}
	if got := drift.Compare(entry, live, nil); !got.InSync() {
		t.Errorf("without a key: %v", got.Differences)
	}
	entry.Verifies = true
	if got := drift.Compare(entry, live, nil); len(got.Differences) != 1 || got.Differences[0].Class != drift.SignatureLost {
		t.Errorf("with a key: %v", got.Differences)
	}
}

// A live image that was read with keys has signatures that these verify or not, and others that no key could.
func TestCompare_signatureThatWasNotVerifiedCountsForNothingBesideOneThatWas(t *testing.T) {
	t.Parallel()
	notation := image.Statement{Kind: "signature", ArtifactType: new("application/vnd.cncf.notary.signature")}
	for _, test := range []struct {
		beside image.Statement
		inSync bool
	}{
		{image.Statement{Kind: "signature", Verified: new(false)}, false},
		{image.Statement{Kind: "signature", Verified: new(false), Error: new("no key fits")}, false},
		{image.Statement{Kind: "signature", Verified: new(true)}, true},
		{image.Statement{Kind: "signature", Error: new("its blob is lost")}, true}, // nothing was verified
	} {
		for _, signatures := range [][]image.Statement{{notation, test.beside}, {test.beside, notation}} {
			entry, live := entry(), live()
			live.Signatures = signatures
			if got := drift.Compare(entry, live, nil); got.InSync() != test.inSync {
				t.Errorf("%+v: %+v", signatures, got.Differences)
			}
		}
	}
}

// People write platforms as their tools do.
func TestCompare_takesNoSpellingOfAPlatformForAnother(t *testing.T) {
	t.Parallel()
	entry, live := entry(), live()
	entry.Architecture, entry.BuildPlatforms = []string{"x86_64", "aarch64"}, []string{"linux/amd64/v1", "Linux/AArch64"}
	if got := drift.Compare(entry, live, nil); len(got.Differences) > 0 {
		t.Errorf("%v", got.Differences)
	}
}

// What is null because it could not be read is not absent.
func TestCompare_malformedValueIsUndecided(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		unread []string
		open   []string
	}{
		{[]string{"config.User"}, []string{"user"}},
		{[]string{"config.ExposedPorts", "config.WorkingDir", "created"}, []string{"working_dir", "exposed_ports"}},
		{[]string{"config.Healthcheck.Test", "config.Labels.build"}, []string{"healthcheck", "labels"}},
		{[]string{"config"}, []string{"entrypoint", "cmd", "working_dir", "user", "env", "exposed_ports", "healthcheck",
			"labels"}},
		{[]string{"os"}, []string{"os"}},
		{[]string{"history", "rootfs.diff_ids", "os.version"}, []string{}},
	} {
		entry, live := entry(), live()
		entry.Digest, entry.SignatureVerified, live.Unread = "", false, test.unread
		entry.Catalogue = image.Catalogue{OS: new("linux"), Entrypoint: new("/a"), Cmd: new("b"), WorkingDir: new("/c"),
			User: new("d"), Env: new(`{"E":"e"}`), ExposedPorts: new(`["80/tcp"]`), Healthcheck: new(`{"test":["CMD","f"]}`),
			Labels: new(`{"g":"g"}`)}
		all := entry.Catalogue
		live.Catalogue = &all
		for _, field := range test.open { // null is all that is left of it
			switch field {
			case "user":
				live.Catalogue.User = nil
			case "working_dir":
				live.Catalogue.WorkingDir = nil
			case "os":
				live.Catalogue.OS = nil
			}
		}
		got := drift.Compare(entry, live, nil)
		if len(got.Differences) > 0 || got.InSync() != (len(test.open) == 0) || !slices.Equal(openFields(got), test.open) {
			t.Errorf("%q: open %q, want %q; %+v", test.unread, openFields(got), test.open, got.Differences)
		}
		for _, undecided := range got.Undecided {
			if undecided.Field != "os" && !strings.Contains(undecided.Reason, "malformed") {
				t.Errorf("%q: %+v", test.unread, undecided)
			}
		}
	}
}
