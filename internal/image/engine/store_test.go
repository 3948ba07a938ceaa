package engine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// pinnedTo returns a client of a recording that DOCKER_API_VERSION keeps at a version of the API.
func pinnedTo(t *testing.T, r *recording, version string) *Client {
	t.Helper()
	c := r.start(t)
	c.getenv = func(name string) string {
		return map[string]string{"DOCKER_API_VERSION": version}[name]
	}
	return c
}

const (
	routeInfo      = "GET /info"
	infoContainerd = `{"DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]]}`
	// inspectOld is what a new engine with the containerd store answers to an API before 1.48.
	inspectOld = `{"Id":"` + idOfIndex + `","RepoTags":["app:1"],"RepoDigests":["app@` + idOfIndex + `"],
		"Created":"2024-02-01T10:00:00Z","Config":{"Cmd":["/run"]},"Architecture":"amd64","Os":"linux","Size":140,
		"GraphDriver":{"Name":"overlayfs","Data":null},"RootFS":{"Type":"layers","Layers":["` + digestOfAmd64 + `"]},
		"Metadata":{"LastTagTime":"0001-01-01T00:00:00Z"}}`
)

func TestStore_isKnownWhicheverAPIANewEngineIsReadWith(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.40", "1.41", "1.42", "1.43", "1.44", "1.47"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			r := &recording{api: "1.52", routes: map[string]string{
				"GET /images/app:1/json": inspectOld,
				routeList: `[{"Id":"` + idOfIndex + `","RepoTags":["app:1"],"RepoDigests":["app@` + idOfIndex +
					`"],"Created":1700000000,"Size":240,"SharedSize":-1,"Containers":-1}]`,
			}}
			c := pinnedTo(t, r, version)
			i, err := c.Image(t.Context(), "app:1", Options{})
			if err != nil {
				t.Fatal(err)
			}
			if text(i.Engine.Store) != storeContainerd || text(i.Digest) != idOfIndex || i.ConfigDigest != nil ||
				i.Engine.GraphDriver != nil || i.Platforms[0].ConfigDigest != nil || i.Platforms[0].Digest != nil {
				t.Errorf("store %s, digest %s, config %s", text(i.Engine.Store), text(i.Digest), text(i.ConfigDigest))
			}
			if i.Size == nil || *i.Size != 140 || i.Engine.Size != nil {
				t.Errorf("the size is that of one platform, and that of all is not known: %v, %v", i.Size, i.Engine.Size)
			}
			images, err := c.Images(t.Context(), ListOptions{})
			if err != nil {
				t.Fatal(err)
			}
			listed := images[0]
			if text(listed.Engine.Store) != storeContainerd || text(listed.Digest) != idOfIndex ||
				listed.ConfigDigest != nil || listed.Size != nil || *listed.Engine.Size != 240 {
				t.Errorf("in the list: %+v %+v", listed, listed.Engine)
			}
			if asked := r.asked(); len(asked) != 2 {
				t.Errorf("asked %q", asked)
			}
		})
	}
}

func TestStore_ofAnImageWithoutNamesIsTheEngines(t *testing.T) {
	t.Parallel()
	const nameless = `{"Id":"` + idOfConfig + `","RepoTags":[],"RepoDigests":[],"Architecture":"amd64","Os":"linux",
		"RootFS":{"Type":"layers"},"Metadata":{},"Size":5,"GraphDriver":`
	for _, test := range []struct {
		name, api, pin, driver, info string
		podman                       bool
		store, config                string
		size                         bool // of all platforms is known
		requests                     int
	}{
		{"an engine before the containerd store", "1.41", "", `{"Name":"x"}}`, "", false, storeGraphDriver, idOfConfig, true, 1},
		{"Podman", "1.44", "1.42", `{"Name":"overlay"}}`, "", true, storeGraphDriver, idOfConfig, true, 1},
		{"since API 1.48 it has a descriptor", "1.52", "", `{"Name":"x"}}`, "", false, storeGraphDriver, idOfConfig, true, 1},
		{"a driver of the containerd store alone", "1.52", "1.41", `{"Name":"overlayfs"}}`, "", false, storeContainerd, "null",
			false, 1},
		{"a driver with directories", "1.44", "", `{"Name":"overlay2","Data":{"UpperDir":"/u"}}}`, "", false, storeGraphDriver,
			idOfConfig, true, 1},
		{"a driver of both", "1.44", "", `{"Name":"btrfs"}}`, infoContainerd, false, storeContainerd, "null", false, 2},
		{"an old API of a new engine", "1.52", "1.41", `{"Name":"vfs"}}`, `{"DriverStatus":[]}`, false, storeGraphDriver,
			idOfConfig, true, 2},
		{"nobody says", "1.44", "", `{"Name":"vfs"}}`, "", false, "null", "null", false, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := &recording{api: test.api, podman: test.podman, routes: map[string]string{
				"GET /images/" + idOfConfig + "/json": nameless + test.driver,
			}}
			if test.info != "" {
				r.routes[routeInfo] = test.info
			}
			i, err := pinnedTo(t, r, test.pin).Image(t.Context(), idOfConfig, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if text(i.Engine.Store) != test.store || text(i.ConfigDigest) != test.config ||
				(i.Engine.Size != nil) != test.size || i.Size == nil {
				t.Errorf("store %s, config %s, size %v of %v", text(i.Engine.Store), text(i.ConfigDigest), i.Size, i.Engine.Size)
			}
			asked := 0
			for _, request := range r.asked() {
				if !strings.Contains(request, "/libpod/") {
					asked++
				}
			}
			if asked != test.requests {
				t.Errorf("%d requests: %q", asked, r.asked())
			}
		})
	}
}

func TestStore_theEngineIsDescribedOnceForAllNamelessImages(t *testing.T) {
	t.Parallel()
	var rows []string
	for number := range 30 {
		rows = append(rows, fmt.Sprintf(`{"Id":"sha256:%064x","RepoTags":[],"RepoDigests":[],"Created":%d,"Size":5}`, number,
			1700000000+number))
	}
	for info, store := range map[int]string{http.StatusOK: storeGraphDriver, http.StatusForbidden: "null",
		http.StatusInternalServerError: "null"} {
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Api-Version", "1.44")
			switch {
			case strings.HasSuffix(r.URL.Path, "/images/json"):
				fmt.Fprintf(w, "[%s]", strings.Join(rows, ","))
			case strings.HasSuffix(r.URL.Path, "/info"):
				asked++
				w.WriteHeader(info)
				fmt.Fprint(w, `{"Driver":"overlay2","DriverStatus":[]}`)
			}
		}))
		c := at(t, server.URL)
		for range 2 {
			images, err := c.Images(t.Context(), ListOptions{})
			if err != nil || len(images) != 30 {
				t.Fatalf("%d: %d images, %v", info, len(images), err)
			}
			for _, i := range images {
				if text(i.Engine.Store) != store || i.Digest != nil || (i.ConfigDigest != nil) != (store == storeGraphDriver) {
					t.Errorf("%d: store %s, config %s", info, text(i.Engine.Store), text(i.ConfigDigest))
				}
			}
		}
		if server.Close(); asked != 1 {
			t.Errorf("%d: described %d times", info, asked)
		}
	}
}

func TestStore_anInterruptedDescriptionIsNotAnUnknownStore(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	interrupted := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.44")
		switch {
		case strings.HasSuffix(r.URL.Path, "/images/json"):
			fmt.Fprint(w, `[{"Id":"`+idOfConfig+`","Created":1,"Size":5}]`)
		case strings.HasSuffix(r.URL.Path, "/info") && interrupted:
			cancel()
			<-r.Context().Done()
		default:
			fmt.Fprint(w, infoContainerd)
		}
	}))
	defer server.Close()
	c := at(t, server.URL)
	if _, err := c.Images(ctx, ListOptions{}); err == nil || !strings.Contains(err.Error(), "it was interrupted") {
		t.Error(err)
	}
	interrupted = false
	images, err := c.Images(t.Context(), ListOptions{})
	if err != nil || text(images[0].Engine.Store) != storeContainerd {
		t.Errorf("%v, %v", images, err)
	}
}

// What is no image for the engine's own platform is listed by the containerd store with its digest alone.
func TestImages_aDigestAloneIsNoName(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.41", "1.44", "1.47", "1.52"} {
		r := &recording{api: "1.52", routes: map[string]string{routeList: `[{"Id":"` + idOfIndex +
			`","RepoTags":["app:1"],"RepoDigests":["` + idOfIndex + `"],"Size":9,"SharedSize":-1,"Containers":-1,"Labels":null` +
			map[bool]string{true: `,"Descriptor":{"digest":"` + idOfIndex + `"}`}[version == "1.52"] + `}]`}}
		images, err := pinnedTo(t, r, version).Images(t.Context(), ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		i := images[0]
		if len(i.Tags) != 1 || i.RepoDigests != nil || text(i.Engine.Store) != storeContainerd ||
			text(i.Digest) != idOfIndex || i.ConfigDigest != nil || i.Size != nil ||
			text(i.PinnedReference) != "docker.io/library/app@"+idOfIndex {
			t.Errorf("%s: %+v %+v", version, i, i.Engine)
		}
	}
}

func TestImage_withoutAPlatformIsItsFactsAndATrueWord(t *testing.T) {
	t.Parallel()
	const (
		head     = `{"Id":"` + idOfIndex + `","RepoTags":["app:1"],"RepoDigests":["app@` + idOfIndex + `"],"Size":9,"Metadata":{},"RootFS":{}`
		index    = `,"Descriptor":{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"` + idOfIndex + `"}`
		manifest = `,"Descriptor":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"` + idOfIndex + `"}`
		foreign  = `{"ID":"` + digestOfAmd64 + `","Available":true,"Kind":"image","Size":{"Content":3,"Total":9},` +
			`"Descriptor":{"platform":{"os":"linux","architecture":"riscv64"}},"ImageData":{"Platform":{"os":"linux","architecture":"riscv64"}}}`
		artifact = `{"ID":"` + idOfIndex + `","Available":true,"Kind":"unknown","Size":{"Content":9,"Total":9},"Descriptor":{}}`
	)
	for _, test := range []struct {
		name, api, answer, platform, word, refusal string
	}{
		{"a foreign platform alone, before its content is reported", "1.44", head + `}`, "null",
			"which of them, this version of the API does not say. That needs API 1.48 (Docker 28), and this engine speaks 1.44.",
			"the engine reports no platform of it, so not linux/arm64"},
		{"a foreign platform alone, before it can be inspected", "1.48", head + index + `,"Manifests":[` + foreign + `]}`,
			"linux/riscv64", "The engine has docker.io/library/app:1 for linux/riscv64, but it can only inspect its own platform",
			"The platforms that it is there for: linux/riscv64"},
		{"a foreign manifest without an index", "1.48", head + manifest + `,"Manifests":[` + foreign + `]}`, "linux/riscv64",
			"for linux/riscv64, but it can only inspect its own platform", "The platforms that it is there for: linux/riscv64"},
		{"an artifact", "1.52", head + manifest + `,"Manifests":[` + artifact + `]}`, "null",
			"it is no container image, but another artifact", "it is no container image"},
		{"an empty index", "1.52", head + index + `,"Manifests":[]}`, "null", "its index has no image for any platform",
			"its index has no image"},
		{"an index without manifests", "1.52", head + index + `}`, "null", "its index has no image for any platform",
			"its index has no image"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := &recording{api: test.api, routes: map[string]string{"GET /images/app:1/json": test.answer}}
			c := r.start(t)
			var said []string
			i, err := c.Image(t.Context(), "app:1", Options{Warn: func(w image.Warning) { said = append(said, w.Detail) }})
			if err != nil {
				t.Fatal(err)
			}
			if text(i.Platform) != test.platform || text(i.Digest) != idOfIndex || i.ConfigDigest != nil ||
				i.Catalogue != nil || text(i.Engine.Store) != storeContainerd {
				t.Errorf("platform %s, digest %s, config %s", text(i.Platform), text(i.Digest), text(i.ConfigDigest))
			}
			if (i.Engine.Size == nil) != (test.api == "1.44") {
				t.Errorf("size of all %v", i.Engine.Size)
			}
			if len(said) != 1 || !strings.Contains(said[0], test.word) {
				t.Errorf("%q, want %s", said, test.word)
			}
			_, err = c.Image(t.Context(), "app:1", Options{Platform: "linux/arm64"})
			if !errors.Is(err, image.ErrNoPlatform) || errors.Is(err, image.ErrNotFound) ||
				!strings.Contains(err.Error(), test.refusal) {
				t.Errorf("%v, want %s", err, test.refusal)
			}
		})
	}
}

func TestImage_aForeignManifestWithoutAnIndexIsRead(t *testing.T) {
	t.Parallel()
	platform := `{"architecture":"riscv64","os":"linux"}`
	manifest := `"Descriptor":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"` + idOfIndex + `"}`
	head := `{"Id":"` + idOfIndex + `","RepoTags":["app:1"],"Size":9,"Metadata":{},` + manifest
	r := &recording{api: "1.52", routes: map[string]string{
		"GET /images/app:1/json": head + `,"RootFS":{},"Manifests":[{"ID":"` + idOfIndex +
			`","Available":true,"Kind":"image","Size":{"Total":9},"Descriptor":{},"ImageData":{"Platform":` + platform + `}}]}`,
		"GET /images/" + idOfIndex + "/json?platform=" + platform: head + `,"Os":"linux","Architecture":"riscv64",` +
			`"Config":{"Entrypoint":["/run"]},"RootFS":{"Type":"layers"}}`,
	}}
	i, err := r.start(t).Image(t.Context(), "app:1", Options{})
	if err != nil || text(i.Platform) != "linux/riscv64" || i.Catalogue == nil || text(i.Catalogue.Entrypoint) != `["/run"]` ||
		len(i.Platforms) != 1 {
		t.Errorf("%+v, %v", i, err)
	}
}
