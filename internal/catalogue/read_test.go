package catalogue

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

func str(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func strs(typ tftypes.Type, entries ...string) tftypes.Value {
	elements := make([]tftypes.Value, len(entries))
	for i, entry := range entries {
		elements[i] = str(entry)
	}
	return tftypes.NewValue(typ, elements)
}

func TestRead_whatNobodyUnderstandsIsNullAndNamed(t *testing.T) {
	table := newTable(&entity.DockerRegistry)
	state, unreadable := table.readFields(demandflow.Object{
		"id": "x", "storageLimit": "plenty", "dryRun": "perhaps", "credentialsExpiry": "soon", "lastGC": json.Number("1e300"),
	}, nil)
	if got := strings.Join(unreadable, "\n"); len(unreadable) != 4 ||
		!strings.Contains(got, `storage_limit (storageLimit): "plenty" is not a number`) {
		t.Errorf("unreadable values:\n%s", got)
	}
	if !state["storage_limit"].IsNull() || !state["dry_run"].IsNull() {
		t.Error("an unreadable value is not null")
	}
}

func TestRead_aSecretEntersStateOnlyWhereTheConfigurationPutOne(t *testing.T) {
	table := newTable(&entity.DockerRegistry)
	object := demandflow.Object{"id": "x", "password": "theirs"}
	if state, _ := table.readFields(object, nil); !state["password"].IsNull() {
		t.Error("an import reads the password")
	}
	prior := empty(table)
	if state, _ := table.readFields(object, prior); !state["password"].IsNull() {
		t.Error("a refresh reads a password that was never configured")
	}
	prior["password"] = str("ours")
	if state, _ := table.readFields(object, prior); !state["password"].IsNull() {
		t.Error("drift of a configured password goes unseen, or brings the password into the state")
	}
	for _, hidden := range []any{nil, "", "********", "••••"} {
		if state, _ := table.readFields(demandflow.Object{"id": "x", "password": hidden},
			prior); field.Text(state["password"]) != "ours" {
			t.Errorf("a password that the answer hides as %q counts as cleared", hidden)
		}
	}
}

// A key in a file ends with a line end, which DemandFlow may trim; but one that got into a password can be taken out
// again.
func TestRead_aSecretKeepsTheLineEndThatDemandFlowTrims(t *testing.T) {
	table := newTable(&entity.DockerRegistry)
	state := full(table)
	state["signing_key"] = str("key\n")
	if read, _ := table.readFields(demandflow.Object{"id": "x", "signingKey": "key"},
		state); field.Text(read["signing_key"]) != "key\n" {
		t.Errorf("the refresh makes %s of the key", read["signing_key"])
	}
	config := configOf(table, state)
	config["signing_key"] = str("key")
	if sent := table.changes(table.planFields(config, state, nil, false), state); sent["signingKey"] != "key" {
		t.Errorf("a line end that is taken out of the configuration sends %v", sent)
	}
}

func TestDerived_digestAndPinnedReference(t *testing.T) {
	const hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for name, test := range map[string]struct{ id, full, digest, pinned string }{
		"bare":           {hex, "r.io/team/api:1", "sha256:" + hex, "r.io/team/api@sha256:" + hex},
		"with algorithm": {"sha256:" + hex, "r.io:5000/api:1", "sha256:" + hex, "r.io:5000/api@sha256:" + hex},
		"in capitals": {"SHA256:" + strings.ToUpper(hex), "api:1", "sha256:" + hex, "docker.io/library/api@sha256:" +
			hex},
		"Docker Hub's":      {hex, "docker.io/nginx:1.27", "sha256:" + hex, "docker.io/library/nginx@sha256:" + hex},
		"Docker Hub's, old": {hex, "index.docker.io/team/api:1", "sha256:" + hex, "docker.io/team/api@sha256:" + hex},
		"no digest":         {"", "api:1", "", ""},
		"not a digest":      {"latest", "api:1", "", ""},
		"name not readable": {hex, "R/API:1", "sha256:" + hex, ""},
	} {
		t.Run(name, func(t *testing.T) {
			state, _ := newTable(&entity.DockerImage).readFields(demandflow.Object{"id": "x", "imageId": test.id,
				"fullImageName": test.full}, nil)
			if field.Text(state["digest"]) != test.digest || field.Text(state["pinned_reference"]) != test.pinned {
				t.Errorf("digest %s, pinned_reference %s", state["digest"], state["pinned_reference"])
			}
		})
	}
}
