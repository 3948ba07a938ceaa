package drift_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// That a signature exists proves nothing: anybody who may push can add one.
func TestCompare_signatureThatNobodyHasVerifiedIsUndecided(t *testing.T) {
	t.Parallel()
	for name, signature := range map[string]image.Statement{
		"one that was not looked at":       {Kind: "signature"},
		"one whose content is lost":        {Kind: "signature", Reason: new(image.ReasonUnreadable), Error: new("its blob is lost")},
		"one of another tool":              {Kind: "signature", ArtifactType: new("application/vnd.cncf.notary.signature")},
		"one that claims to be the signer": {Kind: "signature", Claimed: &image.Signer{SubjectAlternativeName: new("release-bot")}},
	} {
		entry, live := entry(), live()
		entry.SignedBy, live.Signatures = "release-bot", []image.Statement{signature}
		got := drift.Compare(entry, live, nil)
		if got.InSync() || len(got.Differences) > 0 || !slices.Equal(openFields(got), []string{"signature_verified",
			"signed_by"}) || !strings.Contains(got.Undecided[0].Reason, "nobody has verified it") {
			t.Errorf("%s: differences %v, undecided %v", name, got.Differences, got.Undecided)
		}
		if got := drift.Compare(entry, live, []string{"signature_verified", "signed_by"}); !got.InSync() {
			t.Errorf("%s, ignored: differences %v, undecided %v", name, got.Differences, got.Undecided)
		}
	}
}

// A signature about another image does not count for this one, with trust and without.
func TestCompare_signatureOfAnotherImageIsADifferenceAlsoWithoutTrust(t *testing.T) {
	t.Parallel()
	for _, verified := range []*bool{nil, new(false)} {
		entry, live := entry(), live()
		live.Signatures = []image.Statement{{Kind: "signature", Verified: verified, Subject: new(index),
			Reason: new(image.ReasonOtherSubject), Error: new("it is about another image, " + other)}}
		want := []drift.Difference{{"signature_verified", new("true"),
			new("not verified: it is about another image, " + other), drift.SignatureLost}}
		got := drift.Compare(entry, live, nil)
		if diff := cmp.Diff(want, got.Differences); diff != "" || len(got.Undecided) > 0 {
			t.Errorf("undecided %v, differences (-want +got):\n%s", got.Undecided, diff)
		}
		entry.SignatureVerified, entry.SignedBy = false, "release-bot"
		want = []drift.Difference{{"signed_by", new("release-bot"),
			new("not verified: it is about another image, " + other), drift.SignatureLost}}
		if diff := cmp.Diff(want, drift.Compare(entry, live, nil).Differences); diff != "" {
			t.Errorf("by its signer (-want +got):\n%s", diff)
		}
	}
}

// Where somebody is trusted, some signatures are verified or not, and others could not be looked at.
func TestCompare_signatureThatWasNotVerifiedCountsForNothingBesideOneThatWas(t *testing.T) {
	t.Parallel()
	notation := image.Statement{Kind: "signature", ArtifactType: new("application/vnd.cncf.notary.signature")}
	for _, test := range []struct {
		beside      image.Statement
		differences int
		undecided   int
	}{
		{image.Statement{Kind: "signature", Verified: new(false)}, 1, 0},
		{image.Statement{Kind: "signature", Verified: new(false), Error: new("no key fits")}, 1, 0},
		{image.Statement{Kind: "signature", Verified: new(true)}, 0, 0},
		{image.Statement{Kind: "signature", Error: new("its blob is lost")}, 0, 1}, // nothing was verified
	} {
		for _, signatures := range [][]image.Statement{{notation, test.beside}, {test.beside, notation}} {
			entry, live := entry(), live()
			live.Signatures = signatures
			got := drift.Compare(entry, live, nil)
			if len(got.Differences) != test.differences || len(got.Undecided) != test.undecided {
				t.Errorf("%+v: differences %+v, undecided %+v", signatures, got.Differences, got.Undecided)
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
