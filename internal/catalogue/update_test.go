package catalogue

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// The state that Terraform planned with: version 7, and a custom field beside the built-in ones.
var readAtSeven = demandflow.Object{
	"id": "image-1", "_df_version": json.Number("7"), "updatedId": "me", "name": "api", "tag": "1.0", "status": "1", "description": "The API.", "costCenter": "CC-1",
}

// changed is an object with other values; nil takes a field out.
func changed(object demandflow.Object, changes demandflow.Object) demandflow.Object {
	object = maps.Clone(object)
	for name, value := range changes {
		if object[name] = value; value == nil {
			delete(object, name)
		}
	}
	return object
}

// concurrentEditOf runs an update that sets the tag to 2.0, against what the object was just before it and after it.
func concurrentEditOf(changes demandflow.Object, before, after demandflow.Object) diag.Diagnostics {
	table := newTable(&entity.DockerImage)
	state, _ := table.read(readAtSeven, nil)
	state[customFieldsArgument] = tftypes.NewValue(customFieldsType, map[string]tftypes.Value{"costCenter": tftypes.NewValue(tftypes.String, ` "CC-1"`)})
	return table.warnOfConcurrentEdit(changes, state, before, after)
}

func version(n string) demandflow.Object { return demandflow.Object{"_df_version": json.Number(n)} }

func TestConcurrentEdit_isToldByTheVersionAndNamesWhoAndWhat(t *testing.T) {
	t.Parallel()
	tag := demandflow.Object{"tag": "2.0"}
	for name, test := range map[string]struct {
		sent, before, after demandflow.Object // before and after: what differs from the state
		says                []string          // none: no warning
		saysNot             []string
	}{
		"nobody":                             {tag, nil, changed(version("8"), tag), nil, nil},
		"a write that changed nothing":       {tag, nil, nil, nil, nil}, // the version stands still
		"no version before":                  {tag, demandflow.Object{"_df_version": nil}, version("9"), nil, nil},
		"no version after":                   {tag, version("8"), demandflow.Object{"_df_version": nil}, nil, nil},
		"a version that is no number":        {tag, version("8"), demandflow.Object{"_df_version": "nine"}, nil, nil},
		"metrics and bookkeeping move alone": {tag, demandflow.Object{"pullCount": json.Number("9")}, demandflow.Object{"_df_version": json.Number("8"), "pullCount": json.Number("10"), "updatedId": "me"}, nil, nil},
		"after the refresh, another field": {
			tag, demandflow.Object{"_df_version": json.Number("8"), "updatedId": "ann", "description": "Hers."},
			demandflow.Object{"_df_version": json.Number("9"), "updatedId": "me", "tag": "2.0", "description": "Hers."},
			[]string{"image-1 was written 1 more time(s)", "the person with id ann", "They changed: description.", "left that as it is"},
			[]string{"overwritten", "plan's value now stands", "somebody else", "tag"},
		},
		"after the refresh, the field that the plan sets": {
			tag, demandflow.Object{"_df_version": json.Number("8"), "updatedId": "ann", "tag": "3.0"},
			demandflow.Object{"_df_version": json.Number("9"), "tag": "2.0"},
			[]string{"the person with id ann", "They also changed what this plan sets, and the plan's value now stands: tag."},
			[]string{"They changed:"},
		},
		"between the look and the write": {
			tag, nil, demandflow.Object{"_df_version": json.Number("9"), "tag": "2.0", "maintainer": "Bob", "description": nil},
			[]string{"1 more time(s)", "somebody else (DemandFlow shows only the last writer", "They changed: description, maintainer."},
			[]string{"person with id", "plan's value now stands"},
		},
		"several writes": {
			tag, demandflow.Object{"_df_version": json.Number("10"), "updatedId": "ann"}, version("11"),
			[]string{"3 more time(s)", "the person with id ann", "No field of the plan or of the state differs"}, nil,
		},
		"another spelling of the same": {
			tag, demandflow.Object{"_df_version": json.Number("8"), "updatedId": "ann"}, demandflow.Object{"_df_version": json.Number("9"), "status": json.Number("1"), "maintainer": ""},
			[]string{"No field of the plan or of the state differs"}, []string{"status", "maintainer"},
		},
		"a custom field": {
			tag, version("8"), demandflow.Object{"_df_version": json.Number("9"), "costCenter": "CC-2"},
			[]string{"They changed: custom_fields.costCenter."}, []string{"No field"},
		},
		"a custom field that the plan sets": {
			demandflow.Object{"costCenter": "CC-9"}, demandflow.Object{"_df_version": json.Number("8"), "updatedId": "ann", "costCenter": "CC-2"},
			demandflow.Object{"_df_version": json.Number("9"), "costCenter": "CC-9"},
			[]string{"plan's value now stands: custom_fields.costCenter."}, []string{"They changed:", "No field"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diags := concurrentEditOf(test.sent, changed(readAtSeven, test.before), changed(readAtSeven, test.after))
			if len(test.says) == 0 {
				if len(diags) > 0 {
					t.Errorf("it warns: %s", diags[0].Detail())
				}
				return
			}
			if len(diags) != 1 || diags.HasError() || diags[0].Summary() != "Somebody else changed the docker image" {
				t.Fatalf("got %v, want one warning", diags)
			}
			for _, part := range test.says {
				if !strings.Contains(diags[0].Detail(), part) {
					t.Errorf("it does not say %q:\n%s", part, diags[0].Detail())
				}
			}
			for _, part := range test.saysNot {
				if strings.Contains(diags[0].Detail(), part) {
					t.Errorf("it says %q:\n%s", part, diags[0].Detail())
				}
			}
		})
	}
}

// A registry's secret may have moved, too; a warning that compared it would have to be trusted not to show it.
func TestConcurrentEdit_saysNothingOfSecrets(t *testing.T) {
	t.Parallel()
	table := newTable(&entity.DockerRegistry)
	object := demandflow.Object{"id": "r", "_df_version": json.Number("1"), "name": "harbor", "password": "before"}
	state, _ := table.read(object, nil)
	state["password"] = tftypes.NewValue(tftypes.String, "before")
	after := changed(object, demandflow.Object{"_df_version": json.Number("3"), "password": "behind-the-back", "name": "other"})
	diags := table.warnOfConcurrentEdit(demandflow.Object{"url": "x"}, state, object, after)
	if len(diags) != 1 || !strings.Contains(diags[0].Detail(), "They changed: name.") || strings.Contains(diags[0].Detail(), "password") || strings.Contains(diags[0].Detail(), "behind") {
		t.Errorf("got %v", diags)
	}
}
