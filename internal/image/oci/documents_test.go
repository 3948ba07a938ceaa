package oci

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// documents is a registry of documents that a test writes word for word: manifests by tag and digest, and blobs. It
// takes every repository for the same one.
type documents struct {
	*served
	stored map[string]document
}

type document struct{ mediaType, text string }

func serveDocuments(t *testing.T) *documents {
	t.Helper()
	d := &documents{serve(t), map[string]document{}}
	d.behave(nil)
	return d
}

// behave is that of the registry under it, before the documents.
func (d *documents) behave(how func(http.ResponseWriter, *http.Request) bool) {
	d.served.behave(func(w http.ResponseWriter, r *http.Request) bool {
		if how != nil && how(w, r) {
			return true
		}
		if strings.Contains(r.URL.Path, "/referrers/") {
			http.NotFound(w, r) // as most registries answer whose API has no such route
			return true
		}
		found, ok := d.stored[path.Base(r.URL.Path)]
		if !ok {
			return refuse(w, http.StatusNotFound, "MANIFEST_UNKNOWN", "")
		}
		w.Header().Set("Content-Type", found.mediaType)
		_, _ = w.Write([]byte(found.text))
		return true
	})
}

// put stores a document under its digest, and under names.
func (d *documents) put(t *testing.T, mediaType string, content any, names ...string) ocispec.Descriptor {
	t.Helper()
	text, ok := content.(string)
	if !ok {
		encoded, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		text = string(encoded)
	}
	described := ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromString(text), Size: int64(len(text))}
	for _, name := range append(names, described.Digest.String(), digest.SHA512.FromString(text).String()) {
		d.stored[name] = document{mediaType, text}
	}
	return described
}

// image stores an image whose configuration names a platform, and whose command is its name.
func (d *documents) image(t *testing.T, name, platform string) ocispec.Descriptor {
	t.Helper()
	config := dockerspec.DockerOCIImage{}
	config.Config.Cmd = []string{name}
	if platform != "" {
		config.Platform = *onPlatform(platform)
	}
	return d.put(t, ocispec.MediaTypeImageManifest, ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest,
		Config: d.put(t, ocispec.MediaTypeImageConfig, config), Layers: []ocispec.Descriptor{},
	})
}

// index stores an index, which may have a tag.
func (d *documents) index(t *testing.T, tag string, entries ...ocispec.Descriptor) ocispec.Descriptor {
	t.Helper()
	return d.put(t, ocispec.MediaTypeImageIndex, ocispec.Index{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex, Manifests: entries,
	}, tag)
}

// attachment stores an artifact that refers to a manifest, with one layer.
func (d *documents) attachment(t *testing.T, subject ocispec.Descriptor, artifactType, configType string,
	content ocispec.Descriptor) ocispec.Descriptor {
	t.Helper()
	config := d.put(t, configType, "{}")
	return d.put(t, ocispec.MediaTypeImageManifest, ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest,
		ArtifactType: artifactType, Config: config, Layers: []ocispec.Descriptor{content}, Subject: &subject,
	})
}

// onPlatform returns a platform as an index has it.
func onPlatform(text string) *ocispec.Platform {
	parts := append(strings.Split(text, "/"), "", "")
	return &ocispec.Platform{OS: parts[0], Architecture: parts[1], Variant: parts[2]}
}

// on returns an entry with its platform.
func on(platform string, entry ocispec.Descriptor) ocispec.Descriptor {
	entry.Platform = onPlatform(platform)
	return entry
}

// typed returns an entry with an artifact type.
func typed(artifactType string, entry ocispec.Descriptor) ocispec.Descriptor {
	entry.ArtifactType = artifactType
	return entry
}

// attesting returns an entry as BuildKit marks its attestations.
func attesting(entry ocispec.Descriptor) ocispec.Descriptor {
	entry.Annotations = map[string]string{image.AnnotationReferenceType: "attestation-manifest"}
	return on("unknown/unknown", entry)
}

// command returns the command of the chosen platform, which is the image's name here.
func command(i *image.Image) string {
	if i == nil || i.Catalogue == nil {
		return "(none)"
	}
	return text(i.Catalogue.Cmd)
}

// asJSON returns a document that surely can be encoded.
func asJSON(content any) string {
	text, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// answerOf returns an answer of a registry with a Link header.
func answerOf(t *testing.T, r *reader, at *url.URL, links []string) *http.Response {
	t.Helper()
	address := &url.URL{Scheme: r.scheme(), Host: r.host(), Path: at.Path, RawQuery: at.RawQuery}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Response{Request: request, Header: http.Header{"Link": links}}
}
