package openshift_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
)

// Wherever a cluster keeps the configuration, a value that is malformed hides no other one, and is named.
func TestImage_isReadWithoutWhatItsConfigurationHasWrong(t *testing.T) {
	t.Parallel()
	const config = `{"User":1000,"Cmd":"run it","Entrypoint":["/x",null],"Volumes":["/a"]}`
	for name, fields := range map[string]map[string]any{
		"its own text": {"dockerImageConfig": `{"os":"linux","architecture":"amd64","config":` + config + `}`},
		"metadata": {"dockerImageConfig": "", "dockerImageMetadata": map[string]any{"Architecture": "amd64",
			"Config": map[string]any{"User": 1000, "Cmd": "run it", "Entrypoint": []any{"/x", nil}, "Volumes": []any{"/a"}}}},
		"schema 1": {"dockerImageConfig": "", "dockerImageManifest": `{"schemaVersion":1,"architecture":"amd64","history":[` +
			`{"v1Compatibility":"{\"container_config\":{\"Cmd\":\"make it\"},\"config\":` +
			strings.ReplaceAll(config, `"`, `\"`) + `}"}]}`},
	} {
		o := object(t, "list-amd64")
		maps.Copy(o, fields)
		client := newClient(t, openshifttest.New(t, o))
		var warnings []image.Warning
		warn := func(w image.Warning) { warnings = append(warnings, w) }
		found := read(t, client, ofAMD64, openshift.Options{Warn: warn})
		if *found.Catalogue.Cmd != `["run it"]` || *found.Catalogue.Entrypoint != `["/x",""]` || found.Catalogue.User != nil ||
			!slices.Equal(found.Unread, []string{"config.User", "config.Volumes"}) {
			t.Errorf("%s: %+v, unread %q", name, found.Catalogue, found.Unread)
		}
		if _, err := client.Images(t.Context(), openshift.ListOptions{Warn: warn}); err != nil || len(warnings) != 2 ||
			!strings.Contains(warnings[1].Detail, "The configuration of the image "+ofAMD64) ||
			!strings.Contains(warnings[0].Detail, "config.User, config.Volumes") {
			t.Errorf("%s: %v, warnings %v", name, err, warnings)
		}
	}
}
