package provider_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine/enginetest"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A variable that is empty is no reason to remove everything. The provider is asked itself, so that this holds on
// engines without actions, too.
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
		{"until", "7d", true},
		{"until", "24h", false},
		{"until", nil, false},
		{"until", tftypes.UnknownValue, false},
		{"labels", none, true},
		{"labels", blank, true},
		{"labels", nil, false},
		{"labels", tftypes.UnknownValue, false},
		{"not_labels", none, true},
		{"not_labels", blank, true},
		{"not_labels", []tftypes.Value{tftypes.NewValue(tftypes.String, "stage!=ci")}, true},
		{"not_labels", []tftypes.Value{tftypes.NewValue(tftypes.String, "keep")}, false},
	} {
		set := tftypes.Set{ElementType: tftypes.String}
		types := map[string]tftypes.Type{"dangling": tftypes.Bool, "all": tftypes.Bool, "until": tftypes.String,
			"labels": set, "not_labels": set}
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
		answer, err := actions.ValidateActionConfig(t.Context(),
			&tfprotov6.ValidateActionConfigRequest{ActionType: "demandflow_docker_engine_prune", Config: &config})
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

// The engine in memory would remove "keep" and "pinned" by itself, as Docker before 29 and Podman do: each has only one
// of the labels.
func TestEnginePrune_removesWhatItIsToldAndNoMore(t *testing.T) {
	t.Parallel()
	providertest.Needs(t, providertest.Actions)
	for _, podman := range []string{"", "4.3.1"} {
		tenant, e := providertest.New(t, emulator.Options{}), &enginetest.Memory{Podman: podman}
		old := time.Now().Add(-48 * time.Hour)
		e.Add(&enginetest.MemoryImage{Created: old})
		for name, label := range map[string]string{"plain": "other", "keep": "keep", "pinned": "pinned"} {
			e.Add(&enginetest.MemoryImage{Tags: []string{"demo.local/" + name + ":1"}, Labels: map[string]string{label: "",
				"team": "web"}, Created: old})
		}
		e.Add(&enginetest.MemoryImage{Tags: []string{"demo.local/new:1"}, Labels: map[string]string{"team": "web"},
			Created: time.Now()})
		host := strings.Replace(e.Start(t), "http://", "tcp://", 1)
		pruneWith := func(config string) string {
			return (&recordedEngine{host: host}).reading(tenant, `
action "demandflow_docker_engine_prune" "x" {
  config {
`+config+`
  }
}
resource "terraform_data" "x" {
  input = `+fmt.Sprintf("%q", config)+`
  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.demandflow_docker_engine_prune.x]
    }
  }
}
`)
		}
		left := func(names ...string) resource.TestCheckFunc {
			return func(*terraform.State) error {
				got := e.Left()
				slices.Sort(got)
				for index, name := range names {
					names[index] = "demo.local/" + name + ":1"
				}
				if !slices.Equal(got, names) {
					return fmt.Errorf("left are %q, not %q", got, names)
				}
				return nil
			}
		}
		resource.UnitTest(t, resource.TestCase{
			ProtoV6ProviderFactories: providertest.Factories(),
			Steps: []resource.TestStep{
				{Config: pruneWith("dangling = false"),
					ExpectError: regexp.MustCompile(`(?s)Refused to prune all images.*all = true`)},
				{Config: pruneWith("dangling = true\n    all = true"), ExpectError: regexp.MustCompile(`Contradictory arguments`)},
				{Config: pruneWith("all = true\n    until = \"\""),
					ExpectError: regexp.MustCompile(`(?s)Not a filter.*until.*chooses nothing`)},
				{Config: pruneWith("all = true\n    labels = []"), ExpectError: regexp.MustCompile(`(?s)No label.*labels`)},
				{Config: pruneWith("all = true\n    not_labels = []"), ExpectError: regexp.MustCompile(`(?s)No label.*not_labels`)},
				{Config: pruneWith(""), Check: left("keep", "new", "pinned", "plain")},
				{
					Config: pruneWith("all        = true\n    until      = \"24h\"\n    labels     = [\"team=web\", \"other\"]\n    " +
						"not_labels = [\"keep\", \"pinned\"]"),
					Check: left("keep", "new", "pinned"),
				},
				{Config: pruneWith("all        = true\n    not_labels = [\"keep\", \"pinned\"]"), Check: left("keep", "pinned")},
			},
		})
	}
}
