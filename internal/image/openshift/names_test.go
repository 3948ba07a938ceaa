package openshift_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
)

// called returns an object of another name.
func called(t *testing.T, name string) openshifttest.Object {
	t.Helper()
	o := object(t, "list-amd64")
	o["metadata"].(map[string]any)["name"] = name
	return o
}

func TestImage_isReadByAnyNameThatTheListGives(t *testing.T) {
	t.Parallel()
	names := []string{"ship", "ship.v1", "ship:1.0", "Ship_1", "ship-2026.01.02", "md5:0011"}
	objects := []openshifttest.Object{object(t, "schema1")}
	for _, name := range names {
		objects = append(objects, called(t, name))
	}
	api := openshifttest.New(t, objects...)
	client := newClient(t, api)
	listed, err := client.Images(t.Context(), openshift.ListOptions{})
	if err != nil || len(listed) != len(objects) {
		t.Fatalf("%d images, %v", len(listed), err)
	}
	for _, one := range listed {
		before := len(api.Requests())
		found := read(t, client, one.OpenShift.Name, openshift.Options{})
		if found.OpenShift.Name != one.OpenShift.Name || len(api.Requests())-before != 1 {
			t.Errorf("%s: %s in %d requests", one.OpenShift.Name, found.OpenShift.Name, len(api.Requests())-before)
		}
		if slices.Contains(names, one.OpenShift.Name) && (found.Digest != nil || found.Catalogue == nil) {
			t.Errorf("%s: a name that is no digest gives %v", one.OpenShift.Name, found.Digest)
		}
	}
}

func TestImage_ofANameThatMayBeAPullSpecIsLookedForAsOne(t *testing.T) {
	t.Parallel()
	o := object(t, "schema1")
	o["dockerImageReference"] = "docker.io/library/ship:0.1"
	client := newClient(t, openshifttest.New(t, o))
	if found := read(t, client, "ship:0.1", openshift.Options{}); *found.Digest != ofSchema1 {
		t.Errorf("the pull spec gives %s", *found.Digest)
	}
	for _, name := range []string{"ship:0.2", "Ship"} {
		if _, err := client.Image(t.Context(), name, openshift.Options{}); !errors.Is(err, image.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"../secrets", "a/../b", ".", "..", "ship?x=1", "ship%2f", "ship#x", " ship"} {
		if err := openshift.CheckName(name); err == nil {
			t.Errorf("%q is a name", name)
		}
	}
}

// index returns an object with a manifest that is an index of entries.
func index(t *testing.T, entries ...map[string]any) openshifttest.Object {
	t.Helper()
	o := object(t, "list")
	delete(o, "dockerImageManifests")
	text, err := json.Marshal(map[string]any{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
		"manifests": entries})
	if err != nil {
		t.Fatal(err)
	}
	o["dockerImageManifest"] = string(text)
	return o
}

func TestImage_aManifestWithoutAPlatformIsNamelessAndNoAttestation(t *testing.T) {
	t.Parallel()
	const five = "sha256:5555555555555555555555555555555555555555555555555555555555555555"
	entry := func(digest string, more map[string]any) map[string]any {
		e := map[string]any{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": 4}
		maps.Copy(e, more)
		return e
	}
	amd64 := entry(ofAMD64, map[string]any{"platform": map[string]any{"os": "linux", "architecture": "amd64"}})
	own := func(manifest map[string]any) openshifttest.Object {
		o := object(t, "list")
		o["dockerImageManifests"] = []any{map[string]any{"digest": ofAMD64, "os": "linux", "architecture": "amd64"}, manifest}
		return o
	}
	unknown := map[string]any{"os": "unknown", "architecture": "unknown"}
	for name, test := range map[string]struct {
		object       openshifttest.Object
		nameless     bool
		attestations int
	}{
		"no platform":             {index(t, amd64, entry(five, nil)), true, 0},
		"an empty platform":       {index(t, amd64, entry(five, map[string]any{"platform": map[string]any{}})), true, 0},
		"half a platform":         {index(t, amd64, entry(five, map[string]any{"platform": map[string]any{"os": "linux"}})), true, 0},
		"the platform unknown":    {index(t, amd64, entry(five, map[string]any{"platform": unknown})), false, 1},
		"an annotation of it":     {index(t, amd64, entry(five, map[string]any{"annotations": map[string]any{"vnd.docker.reference.type": "attestation-manifest"}})), false, 1},
		"another artifact":        {index(t, amd64, entry(five, map[string]any{"artifactType": "application/x"})), false, 1},
		"OCI's type of images":    {index(t, amd64, entry(five, map[string]any{"artifactType": "application/vnd.oci.image.config.v1+json"})), true, 0},
		"Docker's type of images": {index(t, amd64, entry(five, map[string]any{"artifactType": "application/vnd.docker.container.image.v1+json"})), true, 0},
		"the object's own list":   {own(map[string]any{"digest": five, "os": "", "architecture": ""}), true, 0},
		"the own list's unknown":  {own(map[string]any{"digest": five, "os": "unknown", "architecture": "unknown"}), false, 1},
	} {
		client := newClient(t, openshifttest.New(t, test.object, object(t, "list-amd64")))
		var said []string
		found := read(t, client, ofList, openshift.Options{Warn: func(w image.Warning) { said = append(said, w.Summary) }})
		want := []string(nil)
		if test.nameless {
			want = []string{five}
		}
		if !slices.Equal(found.Nameless, want) || len(found.Attestations) != test.attestations || len(found.Platforms) != 1 {
			t.Errorf("%s: nameless %q, attestations %+v", name, found.Nameless, found.Attestations)
		}
		if slices.Contains(said, "Image for an unknown platform") != test.nameless {
			t.Errorf("%s: warnings %q", name, said)
		}
		images, err := client.Images(t.Context(), openshift.ListOptions{Limit: 1})
		if err != nil || !slices.Equal(images[0].Nameless, want) {
			t.Errorf("%s in a list: %v, %v", name, images[0].Nameless, err)
		}
	}
}

func TestImage_withoutAConfigurationKeepsItsLayers(t *testing.T) {
	t.Parallel()
	const (
		schema2  = "application/vnd.docker.distribution.manifest.v2+json"
		manifest = `{"schemaVersion": 2, "config": {"mediaType": %q, "digest": "` + ofNone + `", "size": 2}, "layers": [
			{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "digest": "` + ofSigned + `", "size": 7}]}`
	)
	plain := func(mediaType string, change func(openshifttest.Object)) openshifttest.Object {
		o := object(t, "list-amd64")
		delete(o, "dockerImageMetadata")
		o["dockerImageManifestMediaType"] = mediaType
		change(o)
		return o
	}
	raw := func(configType string) func(openshifttest.Object) {
		return func(o openshifttest.Object) {
			o["dockerImageManifest"] = strings.Replace(manifest, "%q", `"`+configType+`"`, 1)
		}
	}
	for name, test := range map[string]struct {
		object openshifttest.Object
		layers int
		size   int64
		config string
	}{
		"the object's own list": {plain(schema2, func(openshifttest.Object) {}), 2, 300, "null"},
		"its manifest":          {plain(schema2, raw("application/vnd.docker.container.image.v1+json")), 1, 7, ofNone},
		"metadata of nothing": {plain(schema2, func(o openshifttest.Object) {
			o["dockerImageMetadata"] = map[string]any{"kind": "DockerImage", "Id": ofNone}
		}), 2, 300, ofNone},
		"OCI":              {plain("application/vnd.oci.image.manifest.v1+json", func(openshifttest.Object) {}), 2, 300, "null"},
		"another artifact": {plain(schema2, raw("application/vnd.cncf.helm.config.v1+json")), 0, 0, "null"},
		"layers of another kind": {plain("application/vnd.oci.image.manifest.v1+json", func(o openshifttest.Object) {
			o["dockerImageLayers"] = []any{map[string]any{"name": ofSigned, "size": 7, "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip"}}
		}), 0, 0, "null"},
	} {
		client := newClient(t, openshifttest.New(t, test.object))
		found := read(t, client, ofAMD64, openshift.Options{})
		if test.layers == 0 {
			if len(found.Platforms) != 0 {
				t.Errorf("%s: %+v", name, found.Platforms)
			}
			continue
		}
		if len(found.Platforms) != 1 || len(found.Platforms[0].Layers) != test.layers || *found.Size != test.size ||
			found.Platform != nil || found.Catalogue != nil || found.OpenShift.FactsFrom != nil ||
			*found.Platforms[0].Digest != ofAMD64 {
			t.Errorf("%s: %+v, size %v, platform %v", name, found.Platforms, found.Size, found.Platform)
		}
		config := "null"
		if found.ConfigDigest != nil {
			config = *found.ConfigDigest
		}
		if config != test.config {
			t.Errorf("%s: configuration %s, want %s", name, config, test.config)
		}
		if _, err := client.Image(t.Context(), ofAMD64, openshift.Options{Platform: "linux/arm64"}); err == nil ||
			!strings.Contains(err.Error(), "it is not there for linux/arm64, or for any platform that the cluster knows of") {
			t.Errorf("%s for a platform: %v", name, err)
		}
	}
}

// crane index append writes the type of the configuration as that of each entry.
func TestImage_ofAnIndexWhoseEntriesHaveATypeHasThemAll(t *testing.T) {
	t.Parallel()
	typed := func(digest, artifactType string) map[string]any {
		return map[string]any{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": 4,
			"artifactType": artifactType}
	}
	o := index(t, typed(ofAMD64, "application/vnd.oci.image.config.v1+json"), typed(ofARM64, "application/spdx+json"),
		typed(ofNone, "application/vnd.in-toto+json"), typed(ofSigned, "application/vnd.example.chart"))
	found := read(t, newClient(t, openshifttest.New(t, o)), ofList, openshift.Options{})
	want := []image.Statement{
		{Kind: "sbom", Digest: new(ofARM64), ArtifactType: new("application/spdx+json")},
		{Kind: "attestation", Digest: new(ofNone), ArtifactType: new("application/vnd.in-toto+json")},
		{Kind: "artifact", Digest: new(ofSigned), ArtifactType: new("application/vnd.example.chart")},
	}
	if difference := cmp.Diff(want, found.Attestations); difference != "" || !slices.Equal(found.Nameless,
		[]string{ofAMD64}) {
		t.Errorf("nameless %q, artifacts, want (-) and got (+):\n%s", found.Nameless, difference)
	}
}

// What is null has a reason.
func TestImage_withoutAConfigurationWarnsOnce(t *testing.T) {
	t.Parallel()
	bare := func(o openshifttest.Object) {
		o["dockerImageConfig"], o["dockerImageManifest"] = "", ""
		delete(o, "dockerImageMetadata")
	}
	unknown, artifact := []string{"Configuration is not known"}, []string{"Not a container image"}
	for name, test := range map[string]struct {
		image  string
		change func(list, part openshifttest.Object)
		want   []string
	}{
		"a platform":           {ofAMD64, func(_, part openshifttest.Object) { bare(part) }, unknown},
		"a platform of a list": {ofList, func(_, part openshifttest.Object) { bare(part) }, unknown},
		"a chart": {ofAMD64, func(_, part openshifttest.Object) {
			bare(part)
			part["dockerImageConfig"] = `{"name": "chart"}`
		}, artifact},
		"nothing but its name": {ofAMD64, func(_, part openshifttest.Object) {
			bare(part)
			part["dockerImageLayers"] = nil
		}, artifact},
		"a name of its own": {"build-7", func(_, part openshifttest.Object) {
			bare(part)
			part["metadata"].(map[string]any)["name"] = "build-7"
		}, unknown},
		"all that there can be": {ofList, func(_, _ openshifttest.Object) {}, nil},
	} {
		list, part := object(t, "list"), object(t, "list-amd64")
		test.change(list, part)
		var said []string
		found := read(t, newClient(t, openshifttest.New(t, list, part)), test.image,
			openshift.Options{Warn: func(w image.Warning) { said = append(said, w.Summary) }})
		if !slices.Equal(said, test.want) || (found.Catalogue == nil) != (test.want != nil) {
			t.Errorf("%s: warnings %q, want %q, catalogue %+v", name, said, test.want, found.Catalogue)
		}
	}
}
