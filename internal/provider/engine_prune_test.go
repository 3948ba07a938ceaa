package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A variable that is empty is no reason to remove everything. The provider is asked itself, so that this holds on engines
// without actions, too.
func TestEnginePrune_refusesAFilterThatChoosesNothing(t *testing.T) {
	t.Parallel()
	server, err := providertest.Factories()["demandflow"]()
	if err != nil {
		t.Fatal(err)
	}
	actions, ok := server.(tfprotov6.ActionServer)
	if !ok {
		t.Fatal("the provider has no actions")
	}
	none := []tftypes.Value{}
	blank := []tftypes.Value{tftypes.NewValue(tftypes.String, "")}
	for _, test := range []struct {
		argument string
		value    any
		refused  bool
	}{
		{"until", "", true},
		{"until", " ", true},
		{"until", "24h", false},
		{"until", nil, false},
		{"until", tftypes.UnknownValue, false},
		{"labels", none, true},
		{"labels", blank, true},
		{"labels", nil, false},
		{"labels", tftypes.UnknownValue, false},
		{"not_labels", none, true},
		{"not_labels", blank, true},
		{"not_labels", []tftypes.Value{tftypes.NewValue(tftypes.String, "keep")}, false},
	} {
		set := tftypes.Set{ElementType: tftypes.String}
		types := map[string]tftypes.Type{"dangling": tftypes.Bool, "all": tftypes.Bool, "until": tftypes.String, "labels": set, "not_labels": set}
		values := map[string]tftypes.Value{}
		for name, kind := range types {
			values[name] = tftypes.NewValue(kind, nil)
		}
		values["all"] = tftypes.NewValue(tftypes.Bool, true)
		values[test.argument] = tftypes.NewValue(types[test.argument], test.value)
		object := tftypes.Object{AttributeTypes: types}
		config, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, values))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := actions.ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: "demandflow_docker_engine_prune", Config: &config})
		if err != nil {
			t.Fatal(err)
		}
		there := slices.ContainsFunc(answer.Diagnostics, func(d *tfprotov6.Diagnostic) bool {
			return strings.Contains(d.Attribute.String(), `"`+test.argument+`"`)
		})
		if there != test.refused || len(answer.Diagnostics) > 0 != test.refused {
			t.Errorf("%s = %v: %+v", test.argument, test.value, answer.Diagnostics)
		}
	}
}
