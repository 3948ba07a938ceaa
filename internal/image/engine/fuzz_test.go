package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/distribution/reference"
	api "github.com/moby/moby/api/types/image"
	"github.com/opencontainers/go-digest"
)

// recorded seeds a fuzz target with the recorded answers.
func recorded(f *testing.F, pattern string) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(files) == 0 {
		f.Fatal(pattern, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
}

// Whatever an engine answers to an inspection, the shape keeps its promises.
func FuzzInspection(f *testing.F) {
	recorded(f, "*inspect*.json")
	f.Fuzz(func(t *testing.T, answer []byte) {
		if !json.Valid(answer) {
			return
		}
		for _, version := range []string{"1.41", "1.56"} {
			engine := &recording{api: version, podman: version == "1.41", routes: map[string]string{
				routeLab: string(answer) + "\n", "GET /info": "{}", "GET /libpod/images/" + idOfConfig + "/json": string(answer) +
					"\n",
			}}
			i, err := engine.direct(t).Image(t.Context(), lab, Options{})
			if err != nil {
				continue
			}
			if i.Platform == nil || i.Catalogue == nil || i.Engine == nil || i.Reference == "" {
				t.Errorf("neither an image nor an error: %+v", i)
			}
			if i.PinnedReference != nil && i.Digest == nil {
				t.Errorf("pinned to %s without a digest", *i.PinnedReference)
			}
			for _, name := range append(i.Tags, i.RepoDigests...) {
				if _, err := reference.ParseNormalizedNamed(name); err != nil {
					t.Errorf("%q is no name: %v", name, err)
				}
			}
		}
	})
}

// Whatever an engine lists, the same list comes out in the same order.
func FuzzSummaries(f *testing.F) {
	recorded(f, "*images-list*.json")
	f.Fuzz(func(t *testing.T, answer []byte) {
		var items []api.Summary
		if json.Unmarshal(answer, &items) != nil {
			return
		}
		engine := &recording{api: "1.56", routes: map[string]string{routeList: string(answer) + "\n"}}
		c := engine.direct(t)
		first, err := c.Images(t.Context(), ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if len(first) != len(items) {
			t.Errorf("%d images of %d", len(first), len(items))
		}
	})
}

func FuzzHost(f *testing.F) {
	for _, host := range []string{"unix:///var/run/docker.sock", "tcp://[::1]", "https://ada:secret@engine:1/x?y#z",
		"ssh://x", "npipe:////./pipe/x", "tcp://"} {
		f.Add(host, true)
		f.Add(host, false)
	}
	f.Fuzz(func(t *testing.T, host string, encrypted bool) {
		written, err := parseHost(host, encrypted)
		if err != nil {
			return
		}
		again, err := parseHost(written, encrypted)
		if err != nil || again != written {
			t.Errorf("%q is %q, and that is %q: %v", host, written, again, err)
		}
		if !strings.HasPrefix(written, "unix://") && !strings.HasPrefix(written, "npipe://") &&
			strings.Contains(written, "@") && !strings.Contains(host, "/") {
			t.Errorf("%q keeps a password", written)
		}
	})
}

func FuzzContext(f *testing.F) {
	f.Add([]byte(`{"Name":"lab","Endpoints":{"docker":{"Host":"unix:///x","SkipTLSVerify":true}}}`))
	f.Add([]byte(`{"Endpoints":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		host, _, err := inEnvironment(t, Config{}, map[string]string{
			"DOCKER_CONFIG": dockerConfig(t, "lab", map[string]string{"lab": string(text)}),
		}).readContext("lab")
		if (host == "") != (err != nil) {
			t.Errorf("%q and %v", host, err)
		}
	})
}

// A name from an engine is taken as a whole or not at all, and spelling it twice changes nothing.
func FuzzNames(f *testing.F) {
	f.Add("nginx:1", "nginx@"+idOfIndex, "nginx")
	f.Add("<none>:<none>", "<none>@<none>", idOfConfig)
	f.Fuzz(func(t *testing.T, tag, digested, asked string) {
		tags, digests := names([]string{tag}, []string{digested})
		again, digestsAgain := names(tags, digests)
		if strings.Join(again, " ") != strings.Join(tags, " ") || strings.Join(digestsAgain, " ") != strings.Join(digests,
			" ") {
			t.Errorf("%q %q, then %q %q", tags, digests, again, digestsAgain)
		}
		if full := called(asked, idOfConfig, tags, digests); full == "" {
			t.Errorf("%q has no name", asked)
		} else if name, d := repoDigest(full, digests); name != "" && digest.Digest(d).Validate() != nil {
			t.Errorf("%q is the digest of %q", d, name)
		}
	})
}
