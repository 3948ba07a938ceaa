package catalogue_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const (
	clusterID   = "c1111111-1111-4111-8111-111111111111"
	namespaceID = "a2222222-2222-4222-8222-222222222222"

	belowCluster   = `{ entity = "K8SCLUSTER", id = "` + clusterID + `" }`
	belowNamespace = `{ entity = "K8SNAMESPACE", id = "` + namespaceID + `" }`
)

// below is an image below parents, given as HCL, the top-most first.
func below(parents ...string) string {
	return imageWith("status = \"Active\"\n  parents = [" + strings.Join(parents, ", ") + "]")
}

// stands checks where DemandFlow has the image, and that this is the key that a create sent, short of the new id.
func stands(t *testing.T, tenant *providertest.Tenant, segments string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		object := onlyImage(t, tenant)
		want := "SUB:" + emulator.DefaultSubscription + segments + "|ENT:"
		if got := object["comboKey"]; got != want+object["id"].(string) {
			return fmt.Errorf("the image stands at %s, want %s{id}", got, want)
		}
		for _, write := range tenant.Writes() {
			if body, _ := write.Body.(map[string]any); write.Method == "POST" && body["comboKey"] == want {
				return nil
			}
		}
		return fmt.Errorf("no create sent the key %s", want)
	}
}

func replaces(address string) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address,
		plancheck.ResourceActionDestroyBeforeCreate)}}
}

const (
	underBoth    = "|K8SCLUSTER:" + clusterID + "|K8SNAMESPACE:" + namespaceID
	underCluster = "|K8SCLUSTER:" + clusterID
)

func TestParents_areInTheKeyInTheirOrderAndAChangeReplaces(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	step := func(hcl, segments string, checks resource.ConfigPlanChecks) resource.TestStep {
		return resource.TestStep{PreConfig: tenant.ResetRequests, Config: hcl, ConfigPlanChecks: checks,
			Check: stands(t, tenant, segments)}
	}
	tenant.Run(t,
		step(below(belowCluster, belowNamespace), underBoth, resource.ConfigPlanChecks{}),
		// another order
		step(below(belowNamespace, belowCluster), "|K8SNAMESPACE:"+namespaceID+"|K8SCLUSTER:"+clusterID, replaces(image)),
		// one less
		step(below(belowCluster), underCluster, replaces(image)),
		// one more
		step(below(belowCluster, belowNamespace), underBoth, replaces(image)),
		// none any more
		step(imageWith(`status = "Active"`), "", replaces(image)),
	)
}

func TestParents_thatStayDoNotReplaceAndNoneIsTheSameAsAnEmptyList(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	more := func(hcl string) string {
		return strings.Replace(hcl, `status = "Active"`, "status = \"Active\"\n  description = \"New.\"", 1)
	}
	tenant.Run(t,
		resource.TestStep{Config: below(belowCluster)},
		resource.TestStep{
			PreConfig: tenant.ResetRequests, Config: more(below(belowCluster)), ConfigPlanChecks: updates(image),
			Check: patched(t, tenant, map[string]any{"description": "New."}),
		},
		resource.TestStep{Config: imageWith(`status = "Active"`), ConfigPlanChecks: replaces(image)},
		resource.TestStep{PreConfig: tenant.ResetRequests, Config: below(), Check: sent(tenant)},
		resource.TestStep{PreConfig: tenant.ResetRequests, Config: imageWith(`status = "Active"`), Check: sent(tenant)},
	)
}

// A parent that is created in the same run is not known in the plan.
func TestParents_mayBeKnownOnlyAfterTheirCreate(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	hcl := registryWith("") + "\n" + below(`{ entity = "DOCKERREGISTRY", id = demandflow_docker_registry.prod.id }`)
	tenant.Run(t, resource.TestStep{
		Config: hcl,
		Check: func(state *terraform.State) error {
			id := tenant.Objects(entity.DockerRegistry.Code)[0]["id"].(string)
			return stands(t, tenant, "|DOCKERREGISTRY:"+id)(state)
		},
	})
}

func TestParents_areReadByAnImport(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	ids, err := tenant.Seed(map[string]any{
		"entity": imageCode, "name": "team/api", "tag": "1.0.0", "status": "1", "comboKey": "SUB:" +
			emulator.DefaultSubscription + underBoth + "|ENT:",
	})
	if err != nil {
		t.Fatal(err)
	}
	parent := func(code, id string) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{"entity": knownvalue.StringExact(code),
			"id": knownvalue.StringExact(id)})
	}
	tenant.Run(t,
		resource.TestStep{Config: below(belowCluster, belowNamespace), ResourceName: image, ImportState: true,
			ImportStateId: ids[0], ImportStatePersist: true},
		resource.TestStep{
			Config: below(belowCluster, belowNamespace), ConfigPlanChecks: emptyPlan,
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(image, tfjsonpath.New("parents"),
				knownvalue.ListExact([]knownvalue.Check{parent("K8SCLUSTER", clusterID), parent("K8SNAMESPACE", namespaceID)}))},
		},
		resource.TestStep{Config: below(belowNamespace), PlanOnly: true, ExpectNonEmptyPlan: true},
		resource.TestStep{Config: below(belowCluster, belowNamespace), ConfigPlanChecks: emptyPlan},
	)
}

// Who never said where an image stands does not mind where it does.
func TestParents_thatWereNeverConfiguredAreLeftAlone(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	ids, err := tenant.Seed(map[string]any{
		"entity": imageCode, "name": "team/api", "tag": "1.0.0", "status": "1", "comboKey": "SUB:" +
			emulator.DefaultSubscription + underCluster + "|ENT:",
	})
	if err != nil {
		t.Fatal(err)
	}
	tenant.Run(t,
		resource.TestStep{Config: imageWith(`status = "Active"`), ResourceName: image, ImportState: true,
			ImportStateId: ids[0], ImportStatePersist: true},
		resource.TestStep{Config: imageWith(`status = "Active"`), ConfigPlanChecks: emptyPlan},
		resource.TestStep{Config: imageWith("status = \"Active\"\n  description = \"New.\""),
			ConfigPlanChecks: updates(image)},
	)
}

func TestParents_thatNoKeyCanHaveAreErrorsInThePlan(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	var steps []resource.TestStep
	for _, test := range []struct{ parents, says string }{
		{`{ entity = "k8scluster", id = "` + clusterID + `" }`,
			`Parent\s+1:\s+"k8scluster"\s+is\s+not\s+the\s+code\s+of\s+an\s+entity`},
		{`{ entity = "", id = "` + clusterID + `" }`, `Parent\s+1:\s+""\s+is\s+not\s+the\s+code`},
		{`{ entity = "K8S|CLUSTER", id = "` + clusterID + `" }`, `Parent\s+1:\s+"K8S\|CLUSTER"\s+is\s+not\s+the\s+code`},
		{belowCluster + `, { entity = "K8SNAMESPACE", id = "prod" }`,
			`Parent\s+2:\s+"prod"\s+is\s+not\s+an\s+id\.\s+Give\s+the\s+parent's\s+UUID`},
		{`{ entity = "K8SCLUSTER", id = "" }`, `Parent\s+1:\s+""\s+is\s+not\s+an\s+id`},
		{`{ entity = "SUB", id = "` + clusterID + `" }`,
			`Parent\s+1:\s+SUB\s+is\s+the\s+tenant,\s+which\s+every\s+key\s+has`},
		{`{ entity = "ENT", id = "` + clusterID + `" }`,
			`Parent\s+1:\s+ENT\s+is\s+the\s+object\s+itself,\s+which\s+every\s+key\s+has`},
		{belowCluster + `, null`, `Parent\s+2\s+is\s+null`},
		{`{ entity = "K8SCLUSTER" }`, `(?i)attribute\s+"id"\s+is\s+required`},
	} {
		steps = append(steps, resource.TestStep{Config: below(test.parents), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)parents.*` + test.says)})
	}
	tenant.Run(t, steps...)
	if writes := tenant.Writes(); len(writes) > 0 {
		t.Errorf("%d writes were sent, want none", len(writes))
	}
}

func TestParents_aUUIDInAnotherCaseIsTheSameAndStaysAsItIsWritten(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	capitals := `{ entity = "K8SNAMESPACE", id = "` + strings.ToUpper(namespaceID) + `" }`
	written := func(id string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue(image,
			tfjsonpath.New("parents").AtSliceIndex(0).AtMapKey("id"), knownvalue.StringExact(id))}
	}
	tenant.Run(t,
		resource.TestStep{Config: below(capitals), ConfigStateChecks: written(strings.ToUpper(namespaceID))},
		resource.TestStep{
			PreConfig: func() { // DemandFlow writes keys anew
				tenant.Edit(onlyImage(t, tenant)["id"].(string), map[string]any{"comboKey": "SUB:" + emulator.DefaultSubscription +
					"|K8SNAMESPACE:" + namespaceID + "|ENT:" + onlyImage(t, tenant)["id"].(string)})
				tenant.ResetRequests()
			},
			Config: below(capitals), ConfigPlanChecks: emptyPlan, ConfigStateChecks: written(strings.ToUpper(namespaceID)),
		},
		resource.TestStep{Config: below(belowNamespace), ConfigPlanChecks: emptyPlan, Check: sent(tenant)},
		resource.TestStep{Config: below(strings.Replace(belowNamespace, "a2222222", "b2222222", 1)),
			ConfigPlanChecks: replaces(image)},
	)
}

// What a replacement loses is said before it happens.
func TestParents_aReplacementIsWarnedOf(t *testing.T) {
	t.Parallel()
	for policy, says := range map[string]string{"": "deletes it for good", "archive": "archives it",
		"abandon": "leaves it where it is"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			config := api(nil)
			if policy != "" {
				config["deletion_policy"] = policy
			}
			held, _ := converse(t, tenant).create(imageType, config)
			run := converse(t, tenant)
			if warnings := run.planWarnings(imageType, held, config); len(warnings) > 0 {
				t.Errorf("a plan without a replacement warns: %q", warnings)
			}
			config["parents"] = []tftypes.Value{tftypes.NewValue(
				tftypes.Object{AttributeTypes: map[string]tftypes.Type{"entity": tftypes.String, "id": tftypes.String}},
				map[string]tftypes.Value{"entity": tftypes.NewValue(tftypes.String, "K8SCLUSTER"),
					"id": tftypes.NewValue(tftypes.String, clusterID)},
			)}
			mustSay(t, run.planWarnings(imageType, held, config), "team/api:1.0.0 (id "+held.text("id")+")", says,
				`apply deletion_policy = "abandon" first`, "prevent_destroy")
		})
	}
}
