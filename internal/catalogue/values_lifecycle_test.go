package catalogue_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// Values that mean nothing in several ways, and what DemandFlow makes of values. After each apply there is nothing to
// plan, which Tenant.Run sees to.

func TestEmptyValues_areSetChangedAndRemovedHoweverDemandFlowSpellsWhatIsUnset(t *testing.T) {
	t.Parallel()
	steps := []string{
		`description = ""
  architecture = []
  build_args   = {}
  volumes      = []
  env          = ""`,
		`description = "x"
  architecture = ["amd64"]
  build_args   = { A = "" }
  volumes      = ["/v"]
  env          = "{}"
  auto_tag     = true`,
		`description = null
  architecture = null
  build_args   = {}
  volumes      = []
  env          = ""
  auto_tag     = false`,
		``,
		`description = ""
  auto_tag     = null`,
		`description = "x"
  architecture = ["amd64"]`,
		`architecture = []`,
	}
	for _, unset := range []emulator.Unset{emulator.Absent, emulator.Null, emulator.Empty} {
		word, _ := unset.MarshalText()
		t.Run(string(word), func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{Answers: emulator.Answers{Unset: unset}})
			var apply []resource.TestStep
			for _, arguments := range steps {
				apply = append(apply, resource.TestStep{Config: imageWith("status = \"Active\"\n  " + arguments)})
			}
			apply = append(apply, resource.TestStep{Config: imageWith("status = \"Active\"\n  " + steps[len(steps)-1]),
				Check: func(*terraform.State) error {
					for _, field := range []string{"description", "architecture", "buildArgs", "volumes", "env"} {
						if value, ok := onlyImage(t, tenant)[field]; ok && fmt.Sprint(value) != "[]" {
							return fmt.Errorf("DemandFlow has %v in %s", value, field)
						}
					}
					return nil
				}})
			tenant.Run(t, apply...)
		})
	}
}

// Terraform composes what it reads. A server that keeps the letters and their accents apart has changed nothing.
func TestTexts_thatDemandFlowKeepsDecomposedPlanNothing(t *testing.T) {
	t.Parallel()
	decompose := strings.NewReplacer("é", "e\u0301", "ü", "u\u0308").Replace
	tenant := providertest.New(t, emulator.Options{Answers: emulator.Answers{Text: decompose}})
	described := func(text string) string {
		return imageWith(fmt.Sprintf("status = \"Active\"\n  description = %q\n  maintainer = %q\n  volumes = [%q]\n  "+
			"build_args = { CITY = %q }", text, text, "/"+text, text))
	}
	tenant.Run(t,
		resource.TestStep{Config: described("Café München"), ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(image, tfjsonpath.New("description"), knownvalue.StringExact("Café München")),
		}},
		resource.TestStep{Config: described("Café Zürich")},
		resource.TestStep{PreConfig: tenant.ResetRequests, Config: described(decompose("Café Zürich")),
			ConfigPlanChecks: emptyPlan, Check: sent(tenant)},
	)
}

// Fields that nobody set are DemandFlow's to fill, when an object is made and when Terraform gives a field up.
func TestDefaults_thatDemandFlowAddsPlanNothing(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.SetDefaults(entity.DockerImage.Code, map[string]any{"os": "1", "scanEnabled": false, "architecture": []any{"1"},
		"description": "An image.", "labels": "{}"})
	tenant.Run(t,
		resource.TestStep{Config: imageWith(`status = "Active"`)},
		resource.TestStep{Config: imageWith("status = \"Active\"\n  description = \"x\"\n  os = \"windows\"\n  " +
			"scan_enabled = true\n  architecture = [\"arm64\"]")},
		resource.TestStep{Config: imageWith(`status = "Active"`)},
		resource.TestStep{Config: imageWith(`status = "Active"`), ConfigPlanChecks: emptyPlan,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(image, tfjsonpath.New("description"), knownvalue.StringExact("An image.")),
				statecheck.ExpectKnownValue(image, tfjsonpath.New("os"), knownvalue.StringExact("linux")),
			}},
	)
}

// A create is settled by what DemandFlow has, whatever its answer looks like.
func TestCreate_whateverTheAnswerLooksLikeMakesOneObject(t *testing.T) {
	t.Parallel()
	location := func(id string) http.Header { return http.Header{"Location": {"/v1/objects/" + id}} }
	for name, reply := range map[string]func(id, object string) emulator.Reply{
		"a location alone": func(id, _ string) emulator.Reply {
			return emulator.Reply{Status: http.StatusCreated, Header: location(id)}
		},
		"an array": func(_, object string) emulator.Reply {
			return emulator.Reply{Status: http.StatusCreated, Body: "[" + object + "]"}
		},
		"a wrapper": func(_, object string) emulator.Reply {
			return emulator.Reply{Status: http.StatusCreated, Body: `{"data":` + object + `}`}
		},
		"a byte order mark": func(_, object string) emulator.Reply {
			return emulator.Reply{Status: http.StatusCreated, Body: "\ufeff" + object}
		},
		"200": func(_, object string) emulator.Reply { return emulator.Reply{Status: http.StatusOK, Body: object} },
		"202": func(_, object string) emulator.Reply {
			return emulator.Reply{Status: http.StatusAccepted, Body: object}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			tenant.Fail(emulator.Fault{Method: http.MethodPost, Path: "/v1/objects", Reply: reply})
			tenant.Run(t,
				resource.TestStep{Config: imageWith(`status = "Active"`)},
				resource.TestStep{Config: imageWith(`status = "Active"`), ConfigPlanChecks: emptyPlan, Check: wrote(tenant, "tag",
					map[string]any{"tag": "1.0.0"})},
			)
		})
	}
}

// What is unknown in a plan may turn out to be nothing.
func TestUnknowns_mayTurnOutToBeNothing(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	late := func(input string) string {
		return fmt.Sprintf(`
resource "terraform_data" "late" {
  input = %q
}
`, input) + imageWith(`status = "Active"
  description  = terraform_data.late.output == "y" ? null : "x"
  build_args   = terraform_data.late.output == "y" ? null : { A = "1" }
  labels       = terraform_data.late.output == "y" ? "" : "{}"
  architecture = terraform_data.late.output == "y" ? [] : ["amd64"]
  volumes      = terraform_data.late.output == "y" ? [] : ["/v"]
  auto_tag     = terraform_data.late.output == "y" ? null : true`)
	}
	tenant.Run(t,
		resource.TestStep{Config: imageWith("status = \"Active\"\n  description = \"x\"")},
		resource.TestStep{Config: late("y")},
		resource.TestStep{Config: late("n")},
		resource.TestStep{Config: late("y")},
	)
}
