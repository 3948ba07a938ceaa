package drift_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/drift"
)

const (
	index       = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
	amd64       = "sha256:2222222222222222222222222222222222222222222222222222222222222222"
	arm64       = "sha256:3333333333333333333333333333333333333333333333333333333333333333"
	amd64Config = "sha256:4444444444444444444444444444444444444444444444444444444444444444"
	arm64Config = "sha256:6666666666666666666666666666666666666666666666666666666666666666"
	other       = "sha256:5555555555555555555555555555555555555555555555555555555555555555"
)

// entry returns a catalogue entry that says all it can about the image below, in people's spelling.
func entry() drift.Entry {
	return drift.Entry{
		FullImageName: "docker.io/library/nginx:1.27.3", Digest: index, SignatureVerified: true,
		Catalogue: image.Catalogue{
			Name: new("library/nginx"), Tag: new("1.27.3"), Description: new("Web server. "),
			BaseImage:    new("debian:bookworm-slim"),
			Architecture: []string{"AMD64", "arm64"}, OS: new("Linux"), BuildPlatforms: []string{"linux/arm64", "linux/amd64"},
			Entrypoint: new("/docker-entrypoint.sh"), Cmd: new(`nginx -g 'daemon off;'`), WorkingDir: new("/"),
			User: new("root"),
			Env:  new(`["PORT=80", "A=b=c"]`), ExposedPorts: new(`[443, "80/tcp"]`), Volumes: []string{"/b", "/a"},
			Healthcheck: new(`{"Retries": 3, "Interval": 30000000000, "Test": ["CMD", "true"]}`),
			Labels:      new(`{ "team": "web", "rank": 1 }`), Maintainer: new("NGINX"), Version: new("1.27.3"),
			License: new("BSD-2-Clause"),
			GitRepo: new("https://github.com/nginx/docker-nginx.git"),
		},
	}
}

// live returns the image as a registry has it.
func live() *image.Image {
	return &image.Image{
		Source: image.SourceOCI, Reference: "docker.io/library/nginx:1.27.3", Digest: new(index),
		ConfigDigest: new(amd64Config),
		Platforms: []image.Platform{
			{Platform: "linux/amd64", Architecture: "amd64", Digest: new(amd64), ConfigDigest: new(amd64Config)},
			{Platform: "linux/arm64/v8", Architecture: "arm64", Digest: new(arm64), ConfigDigest: new(arm64Config)},
		},
		Signatures: []image.Statement{{Kind: "signature", Verified: new(true)}},
		Catalogue: &image.Catalogue{
			Name: new("library/nginx"), Tag: new("1.27.3"), Description: new("Web server."),
			BaseImage:    new("docker.io/library/debian:bookworm-slim"),
			Architecture: []string{"amd64", "arm64"}, OS: new("linux"), BuildPlatforms: []string{"linux/amd64",
				"linux/arm64/v8"},
			Entrypoint: new(`["/docker-entrypoint.sh"]`), Cmd: new(`["nginx","-g","daemon off;"]`),
			Env: new(`{"A":"b=c","PORT":"80"}`), ExposedPorts: new(`["443/tcp","80/tcp"]`), Volumes: []string{"/a", "/b"},
			Healthcheck: new(`{"test":["CMD","true"],"interval":"30s","retries":3}`),
			Labels:      new(`{"rank":"1","team":"web"}`), Maintainer: new("NGINX"), Version: new("1.27.3"),
			License: new("BSD-2-Clause"),
			GitRepo: new("https://github.com/nginx/docker-nginx"),
		},
	}
}

func TestCompare_takesNoSpellingForADifference(t *testing.T) {
	t.Parallel()
	got := drift.Compare(entry(), live(), nil)
	if len(got.Differences) > 0 || len(got.Undecided) > 0 {
		t.Errorf("differences %v, undecided %v", got.Differences, got.Undecided)
	}
	// These are what neither side says.
	unsaid := []string{"shell", "signed_by", "last_scan_date", "critical_count", "high_count", "medium_count", "low_count",
		"git_commit", "git_branch", "build_pipeline"}
	want := slices.DeleteFunc(drift.Fields(), func(field string) bool { return slices.Contains(unsaid, field) })
	if diff := cmp.Diff(want, got.Compared); diff != "" {
		t.Errorf("compared (-want +got):\n%s", diff)
	}
}

// Each class once, and each by what brings it about.
func TestCompare_givesEachDifferenceItsClass(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*drift.Entry, *image.Image)
		want   []drift.Difference
	}{
		"a tag that points elsewhere": {
			func(_ *drift.Entry, live *image.Image) {
				live.Digest, live.Platforms[0].Digest = new(other), new(other)
			},
			[]drift.Difference{{"digest", new(index), new(other), drift.MovedTag}},
		},
		"a command that changed": {
			func(_ *drift.Entry, live *image.Image) { live.Catalogue.Cmd = new(`["nginx"]`) },
			[]drift.Difference{{"cmd", new(`nginx -g 'daemon off;'`), new(`["nginx"]`), drift.ConfigChanged}},
		},
		"a healthcheck that went": {
			func(entry *drift.Entry, live *image.Image) {
				entry.Healthcheck, live.Catalogue.Healthcheck = new("{}"), nil
				entry.User, live.Catalogue.User = new("nginx"), nil
			},
			[]drift.Difference{{"user", new("nginx"), nil, drift.ConfigChanged}, {"healthcheck", new("{}"), nil,
				drift.ConfigChanged}},
		},
		"a platform that came": {
			func(entry *drift.Entry, _ *image.Image) { entry.BuildPlatforms = []string{"linux/amd64"} },
			[]drift.Difference{{"build_platforms", nil, new("linux/arm64/v8"), drift.PlatformAdded}},
		},
		"a platform that went": {
			func(entry *drift.Entry, _ *image.Image) { entry.Architecture = []string{"s390x", "amd64", "arm64"} },
			[]drift.Difference{{"architecture", new("s390x"), nil, drift.PlatformRemoved}},
		},
		"a signature that went": {
			func(_ *drift.Entry, live *image.Image) { live.Signatures = []image.Statement{} },
			[]drift.Difference{{"signature_verified", new("true"), nil, drift.SignatureLost}},
		},
		"a signature by another key": {
			func(entry *drift.Entry, live *image.Image) {
				entry.SignatureVerified, entry.SignedBy = false, "release-bot"
				live.Signatures = []image.Statement{{Verified: new(false), Error: new("no key fits")}, {Verified: new(false)}}
			},
			[]drift.Difference{{"signed_by", new("release-bot"),
				new("not verified: no key fits; a signature that is not valid"), drift.SignatureLost}},
		},
		"a label that changed": {
			func(_ *drift.Entry, live *image.Image) { live.Catalogue.Labels = new(`{"team":"data","rank":"1"}`) },
			[]drift.Difference{{"labels", new(`{ "team": "web", "rank": 1 }`), new(`{"team":"data","rank":"1"}`),
				drift.Metadata}},
		},
		"another list": {
			func(entry *drift.Entry, _ *image.Image) { entry.Volumes = []string{"/c", "/a"} },
			[]drift.Difference{{"volumes", new("/c\n/a"), new("/a\n/b"), drift.ConfigChanged}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			entry, live := entry(), live()
			test.change(&entry, live)
			if diff := cmp.Diff(test.want, drift.Compare(entry, live, nil).Differences); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCompare_ofAnImageThatIsNotThereSaysNothingElse(t *testing.T) {
	t.Parallel()
	got := drift.Compare(entry(), nil, nil)
	want := drift.Result{Differences: []drift.Difference{{"full_image_name", new("docker.io/library/nginx:1.27.3"), nil,
		drift.MissingUpstream}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

// DemandFlow does not say what its digest is of.
func TestCompare_knowsAnImageByAnyOfItsDigests(t *testing.T) {
	t.Parallel()
	for _, digest := range []string{index, amd64, arm64, amd64Config, arm64Config} {
		entry := entry()
		entry.Digest = digest
		if got := drift.Compare(entry, live(), nil); len(got.Differences) > 0 || len(got.Undecided) > 0 {
			t.Errorf("with the digest %s: differences %v, undecided %v", digest, got.Differences, got.Undecided)
		}
	}
	entry, pulled := entry(), live()
	entry.Digest, pulled.RepoDigests = other, []string{"docker.io/library/nginx@" + other}
	if got := drift.Compare(entry, pulled, nil); len(got.Differences) > 0 {
		t.Errorf("with a digest by which the engine pulled: %v", got.Differences)
	}
}

// The head of an index tells its digest and nothing of its platforms. That the catalogue has another digest may mean
// that it has a platform's.
func TestCompare_neverTakesTheDigestOfAnIndexForOneOfAPlatform(t *testing.T) {
	t.Parallel()
	entry, live := entry(), live()
	entry.Digest, live.Platforms = arm64, nil
	got := drift.Compare(entry, live, nil)
	if len(got.Differences) > 0 || len(got.Undecided) != 1 || slices.Contains(got.Compared, "digest") {
		t.Errorf("differences %v, undecided %v, compared %v", got.Differences, got.Undecided, got.Compared)
	}
	if ignored := drift.Compare(entry, live, []string{"digest"}); len(ignored.Undecided) > 0 {
		t.Errorf("a digest that is ignored is undecided: %v", ignored.Undecided)
	}
}

// Only where the digests of all configurations are known too, another one is another image's.
func TestCompare_leavesADigestOpenThatMayBeOfAConfiguration(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*image.Image){
		"a platform whose configuration was not read": func(live *image.Image) { live.Platforms[1].ConfigDigest = nil },
		"the first platform's": func(live *image.Image) {
			live.Platforms[0].ConfigDigest, live.ConfigDigest = nil, nil
		},
		"a manifest without a platform": func(live *image.Image) { live.Nameless = []string{other} },
	} {
		entry, live := entry(), live()
		entry.Digest = "sha256:7777777777777777777777777777777777777777777777777777777777777777"
		if got := drift.Compare(entry, live, nil); got.Differences == nil || got.Differences[0].Class != drift.MovedTag {
			t.Errorf("with every digest known: %v", got)
		}
		change(live)
		got := drift.Compare(entry, live, nil)
		if len(got.Differences) > 0 || len(got.Undecided) != 1 || got.Undecided[0].Field != "digest" || got.InSync() {
			t.Errorf("%s: differences %v, undecided %v, in sync %t", name, got.Differences, got.Undecided, got.InSync())
		}
	}
	entry, live := entry(), live()
	entry.Digest, live.Nameless = other, []string{other}
	if got := drift.Compare(entry, live, nil); !got.InSync() {
		t.Errorf("by the digest of a manifest without a platform: %v", got)
	}
}

// A signature of one platform says nothing of the others.
func TestCompare_takesASignatureForWhatItIsOf(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		digest  string
		subject *string
		live    *string // of the difference
		inSync  bool
	}{
		"the index, for the index":                             {index, new(index), nil, true},
		"a platform, for the index":                            {index, new(amd64), new("not verified: a signature of " + amd64 + " alone"), false},
		"a platform, for no digest":                            {"", new(amd64), new("not verified: a signature of " + amd64 + " alone"), false},
		"a platform, for that platform":                        {amd64, new(amd64), nil, true},
		"a platform, for its configuration":                    {amd64Config, new(amd64), nil, true},
		"another platform":                                     {arm64, new(amd64), new("not verified: a signature of " + amd64 + " alone"), false},
		"an unknown subject, as an engine's only image has it": {index, nil, nil, true},
	} {
		entry, live := entry(), live()
		entry.Digest, live.Signatures[0].Subject = test.digest, test.subject
		got := drift.Compare(entry, live, nil)
		if got.InSync() != test.inSync || !test.inSync &&
			cmp.Diff(got.Differences, []drift.Difference{{"signature_verified", new("true"), test.live,
				drift.SignatureLost}}) != "" {
			t.Errorf("%s: %v", name, got.Differences)
		}
	}
}

// A platform that was asked for and is gone is a difference, once.
func TestCompare_ofAPlatformThatWentSaysSo(t *testing.T) {
	t.Parallel()
	for _, named := range [][]string{nil, {"linux/amd64", "linux/arm64", "linux/s390x"}} {
		entry, live := entry(), live()
		entry.Missing, entry.BuildPlatforms, live.Catalogue = "linux/s390x", named, nil
		want := []drift.Difference{{"build_platforms", new("linux/s390x"), nil, drift.PlatformRemoved}}
		if diff := cmp.Diff(want, drift.Compare(entry, live, nil).Differences); diff != "" {
			t.Errorf("with %v (-want +got):\n%s", named, diff)
		}
	}
}

// Fields that the catalogue leaves empty are not compared.
func TestCompare_leavesOutWhatTheCatalogueDoesNotSay(t *testing.T) {
	t.Parallel()
	if got := drift.Compare(drift.Entry{}, live(), nil); len(got.Differences)+len(got.Compared) > 0 {
		t.Errorf("differences %v, compared %v", got.Differences, got.Compared)
	}
}

// A source that was not asked, or has no way to know, proves nothing.
func TestCompare_leavesOutWhatTheSourceDoesNotTell(t *testing.T) {
	t.Parallel()
	bare := &image.Image{Source: image.SourceOCI, Digest: new(index)}
	if got := drift.Compare(entry(), bare, nil); len(got.Differences) > 0 || !slices.Equal(got.Compared,
		[]string{"digest"}) {
		t.Errorf("of an image of which the digest is known: differences %v, compared %v", got.Differences, got.Compared)
	}
	silent := live()
	silent.Catalogue.License, silent.Catalogue.Version, silent.Catalogue.Description = nil, nil, nil
	if got := drift.Compare(entry(), silent, nil); len(got.Differences) > 0 || slices.Contains(got.Compared, "license") {
		t.Errorf("of an image without labels: differences %v, compared %v", got.Differences, got.Compared)
	}
	engine := live()
	engine.Source, engine.Platforms = image.SourceDockerEngine, engine.Platforms[:1]
	if got := drift.Compare(entry(), engine, nil); len(got.Differences) > 0 {
		t.Errorf("of an engine that pulled its own platform: %v", got.Differences)
	}
}

func TestCompare_ignoresWhatItIsTold(t *testing.T) {
	t.Parallel()
	live := live()
	live.Digest, live.Platforms, live.Signatures = new(other), live.Platforms[:1], []image.Statement{}
	live.Platforms[0].Digest = new(other)
	live.Catalogue = &image.Catalogue{}
	if got := drift.Compare(entry(), live, drift.Fields()); len(got.Differences)+len(got.Compared) > 0 {
		t.Errorf("differences %v, compared %v", got.Differences, got.Compared)
	}
}
