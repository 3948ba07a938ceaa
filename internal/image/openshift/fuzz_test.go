package openshift

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// seed adds the objects under testdata to a fuzz target.
func seed(f *testing.F, add func(text []byte)) {
	f.Helper()
	paths, err := filepath.Glob("testdata/*.json")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no objects to begin with: %v", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		add(text)
	}
}

// Whatever a cluster has, it is described or refused, and never a platform that is an attestation, or a digest that is
// none.
func FuzzDescribe(f *testing.F) {
	seed(f, func(text []byte) { f.Add(text) })
	f.Add([]byte(`{"metadata": {"name": "x"}, "dockerImageManifest": "{\"schemaVersion\": 2, \"manifests\": [{}]}", "dockerImageConfig": "{\"os\": \"linux\"}"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		o := &object{}
		if json.Unmarshal(text, o) != nil {
			return
		}
		result, err := (&reading{raw: true, warn: func(image.Warning) {}}).describe(o)
		if err != nil && len(result.Platforms) > 0 {
			t.Errorf("half of the facts pass for all of them: %v, %v", err, result.Platforms)
		}
		result.Complete("")
		if result.Digest != nil && !strings.Contains(*result.Digest, ":") {
			t.Errorf("%q is no digest", *result.Digest)
		}
		for _, platform := range result.Platforms {
			if platform.OS == "unknown" && len(o.DockerImageManifests) > 0 {
				t.Errorf("an attestation is a platform: %+v", platform)
			}
		}
	})
}

// A page is read to its end, or there is an error.
func FuzzReadPage(f *testing.F) {
	seed(f, func(text []byte) {
		f.Add([]byte(`{"kind": "ImageList", "metadata": {"continue": "next"}, "items": [` + string(text) + `]}`))
		f.Add([]byte(`{"items": [` + string(text) + `, ` + string(text) + `], "metadata": {}}`))
	})
	f.Fuzz(func(t *testing.T, text []byte) {
		count := 0
		_, enough, err := readPage(strings.NewReader(string(text)), func(o *object) bool {
			count++
			return count < 3
		})
		if enough != (count == 3) {
			t.Errorf("%d images, and enough is %t", count, enough)
		}
		if err == nil && !enough {
			var page struct {
				Items []json.RawMessage `json:"items"`
			}
			// Keys that come twice, or in another case, are read differently, and the same.
			if json.Unmarshal(text, &page) == nil && strings.Count(strings.ToLower(string(text)), "items") == 1 &&
				len(page.Items) != count && !strings.Contains(string(text), `\u`) {
				t.Errorf("%d of %d images", count, len(page.Items))
			}
		}
	})
}

func FuzzParseRequest(f *testing.F) {
	for _, text := range []string{"", "sha256:" + strings.Repeat("a", 64), "quay.io/demo/ship:1",
		"quay.io/demo/ship:1@sha256:" + strings.Repeat("a", 64), "sha256:1", "a@b", "ship:1", "Ship_1", ".."} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		request, err := parseRequest(text)
		if err != nil {
			return
		}
		if (request.digest == "") == (request.named == nil && request.object == "") {
			t.Errorf("%q is wanted by %q, %q and %v", text, request.digest, request.object, request.named)
		}
		if request.object != "" && (url.PathEscape(request.object) != request.object || request.object != text) {
			t.Errorf("%q becomes another part of an address: %q", text, request.object)
		}
		if request.digest != "" && request.digest.Validate() != nil {
			t.Errorf("%q is taken for the digest %q", text, request.digest)
		}
	})
}
