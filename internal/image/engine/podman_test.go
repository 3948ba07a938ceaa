package engine

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

const (
	idOfPodman     = "sha256:99cd2435cf641dcaec1921b3fb0181275b38d1443b759d19532cf416a2def532"
	indexInPodman  = "sha256:a64f78b538d5c0c5119b7a7a52ebaa9a4f53cbb939d4f155d63b119be73fcdb0"
	digestInPodman = "sha256:445467a6b5f9bb3d9d9f263db0070b89ebacecacbb597a8c4053b3ace9919a91"
	routePodman    = "GET /libpod/images/" + idOfPodman + "/json"
)

// ofPodmans returns a recording of Podman, where an image of several platforms was pulled.
func ofPodmans() *recording {
	return &recording{api: "1.41", podman: true, routes: map[string]string{
		routeMulti:                               "podman-4.3.1-inspect-pulled-index.json",
		"GET /images/" + idOfPodman + "/history": "podman-4.3.1-history.json",
		routePodman:                              "podman-4.3.1-libpod-inspect-pulled-index.json",
	}}
}

func TestPodman_tellsTheRestInItsOwnAPI(t *testing.T) {
	t.Parallel()
	engine := ofPodmans()
	i, err := engine.start(t).Image(t.Context(), multi, Options{Include: []string{IncludeHistory}})
	if err != nil {
		t.Fatal(err)
	}
	platform := i.Platforms[0]
	if text(i.Digest) != indexInPodman || text(platform.Digest) != digestInPodman || text(i.ConfigDigest) != idOfPodman ||
		i.MediaType != nil {
		t.Errorf("digest %s of the index, %s of the platform, %s of the configuration; media type %s",
			text(i.Digest), text(platform.Digest), text(i.ConfigDigest), text(i.MediaType))
	}
	want := &image.Healthcheck{Test: []string{"CMD", "/bin/tool", "check"}, Interval: new("30s"), Timeout: new("3s"),
		StartPeriod: new("1m0s"), Retries: new(int64(4))}
	if diff := cmp.Diff(want, platform.Config.Healthcheck); diff != "" {
		t.Error(diff)
	}
	if i.Catalogue.Healthcheck == nil {
		t.Error("the catalogue object has no health check")
	}
	last := platform.History[2]
	if text(last.Author) != "Ada" || last.EmptyLayer == nil || *last.EmptyLayer || !*platform.History[1].EmptyLayer ||
		text(last.ID) != idOfPodman {
		t.Errorf("%+v", platform.History)
	}
	if asked := strings.Join(engine.asked(), "\n"); !strings.Contains(asked, "GET /v4.3.1/libpod/images/"+idOfPodman+
		"/json") {
		t.Error(asked)
	}
}

func TestPodman_digestIsTheOneThatWasAskedFor(t *testing.T) {
	t.Parallel()
	const repository = "127.0.0.1:5028/lab/multi"
	for _, test := range []struct{ name, digest, mediaType string }{
		{multi, indexInPodman, "null"},
		{repository + "@" + indexInPodman, indexInPodman, "null"},
		{repository + "@" + digestInPodman, digestInPodman, "application/vnd.docker.distribution.manifest.v2+json"},
		{multi + "@" + digestInPodman, digestInPodman, "application/vnd.docker.distribution.manifest.v2+json"},
		{"lab/multi@" + digestInPodman, digestInPodman, "application/vnd.docker.distribution.manifest.v2+json"},
	} {
		engine := ofPodmans()
		engine.routes["GET /images/"+test.name+"/json"] = engine.routes[routeMulti]
		i, err := engine.start(t).Image(t.Context(), test.name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if text(i.Digest) != test.digest || text(i.PinnedReference) != repository+"@"+test.digest ||
			text(i.Platforms[0].Digest) != digestInPodman || text(i.MediaType) != test.mediaType ||
			text(i.ConfigDigest) != idOfPodman {
			t.Errorf("%s: digest %s of type %s, pinned %s, platform %s", test.name, text(i.Digest), text(i.MediaType),
				text(i.PinnedReference), text(i.Platforms[0].Digest))
		}
	}
}

func TestPodman_behindAProxyThatKnowsDockersAPIAlone(t *testing.T) {
	t.Parallel()
	engine := ofPodmans()
	delete(engine.routes, routePodman)
	i, err := engine.start(t).Image(t.Context(), multi, Options{})
	if err != nil {
		t.Fatal(err)
	}
	// Of two digests it cannot be said which is the index's.
	if i.Digest != nil || i.PinnedReference != nil || i.Catalogue == nil || i.Catalogue.Healthcheck != nil {
		t.Errorf("%s, %s, %+v", text(i.Digest), text(i.PinnedReference), i.Catalogue)
	}
}

func TestPodman_whatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	engine := ofPodmans()
	engine.routes[routePodman] = "<html>"
	if _, err := engine.start(t).Image(t.Context(), multi, Options{}); err == nil || !strings.Contains(err.Error(),
		"the answer of its own API cannot be read") {
		t.Error(err)
	}
}
