package openshifttest

import (
	"encoding/json"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// A Form is a form in which a cluster stores an image.
type Form int

const (
	// Whole has the manifest and the configuration, beside the metadata.
	Whole Form = iota
	// Metadata10 has the metadata of version 1.0 alone, as newer clusters serve it.
	Metadata10
	// MetadataPre012 has the metadata of version pre012 alone.
	MetadataPre012
)

// lostInMetadata are the fields of a configuration that OpenShift's type of the metadata does not have.
var lostInMetadata = []string{"Healthcheck", "Shell", "StopSignal", "ArgsEscaped"}

// Describe returns the object of a cluster for an image that was imported from a reference.
func Describe(t testing.TB, img v1.Image, reference string, form Form) Object {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	digest, err := img.Digest()
	must(err)
	manifest, err := img.Manifest()
	must(err)
	rawManifest, err := img.RawManifest()
	must(err)
	rawConfig, err := img.RawConfigFile()
	must(err)
	file, err := img.ConfigFile()
	must(err)
	var layers []any
	size := int64(len(rawConfig))
	for _, layer := range manifest.Layers {
		layers = append(layers, map[string]any{"name": layer.Digest.String(), "size": layer.Size,
			"mediaType": string(layer.MediaType)})
		size += layer.Size
	}
	var config map[string]any
	text, err := json.Marshal(file.Config)
	must(err)
	must(json.Unmarshal(text, &config))
	for _, name := range lostInMetadata {
		delete(config, name)
	}
	values := map[string]any{
		"Id": manifest.Config.Digest.String(), "Created": file.Created.Time,
		"ContainerConfig": map[string]any{"Hostname": "made-up"},
		"DockerVersion":   "1.13.1", "Author": file.Author, "Config": config, "Architecture": file.Architecture, "Size": size,
	}
	version := "1.0"
	if form == MetadataPre012 {
		version = "pre012"
		values = renamed(values)
	}
	values["kind"], values["apiVersion"] = "DockerImage", "image.openshift.io/"+version
	o := Object{
		"kind": "Image", "apiVersion": "image.openshift.io/v1",
		"metadata": map[string]any{
			"name": digest.String(), "uid": "0c1a8a52-4b0f-11f0-9e3a-0242ac120002", "creationTimestamp": "2026-01-03T00:00:00Z",
			"resourceVersion": "17",
			"annotations":     map[string]any{"image.openshift.io/dockerLayersOrder": "ascending"},
		},
		"dockerImageReference": reference, "dockerImageMetadata": values, "dockerImageMetadataVersion": version,
		"dockerImageManifestMediaType": string(manifest.MediaType), "dockerImageLayers": layers,
	}
	if form == Whole {
		o["dockerImageManifest"], o["dockerImageConfig"] = string(rawManifest), string(rawConfig)
	}
	return o
}

// renamed renames the keys of the metadata to those of its older version.
func renamed(values map[string]any) map[string]any {
	names := map[string]string{
		"Id": "id", "Created": "created", "ContainerConfig": "container_config", "DockerVersion": "docker_version",
		"Author": "author", "Config": "config", "Architecture": "architecture", "Size": "size",
	}
	older := map[string]any{}
	for name, value := range values {
		older[names[name]] = value
	}
	return older
}
