package catalogue_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// belowLate is an image below a cluster whose id is known late after each change of the turn or the id.
func belowLate(turn int, id string) string {
	return fmt.Sprintf("resource \"terraform_data\" \"cluster\" {\n  input = %q\n  triggers_replace = %d\n}\n", id, turn) +
		below(`{ entity = "K8SCLUSTER", id = terraform_data.cluster.output }`)
}

// A place that is not known yet may be the same, another or none: nothing is deleted on a guess.
func TestParents_knownLateDeleteNothing(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	other := "c" + namespaceID[1:]
	rewritten := "C" + clusterID[1:]
	tenant.Run(t,
		resource.TestStep{Config: belowLate(1, clusterID)},
		resource.TestStep{PreConfig: tenant.ResetRequests, Config: belowLate(2, clusterID), ConfigPlanChecks: updates(image),
			Check: sent(tenant)},
		resource.TestStep{Config: belowLate(3, rewritten), ConfigPlanChecks: updates(image), Check: sent(tenant)},
		resource.TestStep{Config: belowLate(4, "prod"),
			ExpectError: regexp.MustCompile(`(?s)Invalid parents.*"prod"\s+is\s+not\s+an\s+id`)},
		resource.TestStep{Config: belowLate(5, other),
			ExpectError: regexp.MustCompile(`Provider produced inconsistent final plan`)},
		resource.TestStep{Config: belowLate(5, clusterID), ConfigPlanChecks: updates(image), Check: sent(tenant)},
		resource.TestStep{Config: belowLate(6, other),
			ExpectError: regexp.MustCompile(`Provider produced inconsistent final plan`)},
		resource.TestStep{Config: belowLate(6, other), ConfigPlanChecks: replaces(image),
			Check: stands(t, tenant, "|K8SCLUSTER:"+other)},
	)
}

// An apply that has written shows that it is one, and the error is the provider's.
func TestParents_thatTheSameApplyMakesDeleteNothing(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	hcl := registryWith("") + "\n" + below(`{ entity = "DOCKERREGISTRY", id = demandflow_docker_registry.prod.id }`)
	var before string
	tenant.Run(t,
		resource.TestStep{Config: imageWith(`status = "Active"`)},
		resource.TestStep{
			PreConfig: func() { before = onlyImage(t, tenant)["id"].(string) }, Config: hcl,
			ExpectError: regexp.MustCompile(
				`(?s)A new place means a new docker image.*neither\s+changed\s+nor\s+deleted.*Plan\s+and\s+apply\s+again`),
		},
		resource.TestStep{
			PreConfig: func() {
				if now := onlyImage(t, tenant)["id"]; now != before {
					t.Errorf("the image %s has become %s", before, now)
				}
			},
			Config: hcl, ConfigPlanChecks: replaces(image),
		},
	)
}

// Without a refresh the first plan of a known new place replaces, and says how to read Terraform's refusal in an apply.
func TestParents_newOnesReplaceWithoutARefresh(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	held, _ := converse(t, tenant).create(imageType, api(nil))
	run := converse(t, tenant)
	config := api(arguments{"parents": parentsOf("K8SCLUSTER")})
	plan := func(config arguments) *tfprotov6.PlanResourceChangeResponse {
		response, err := run.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
			TypeName: imageType, Config: run.wire(run.object(run.schemas[imageType], config)),
			PriorState: run.wire(held.value), PriorPrivate: held.private,
			ProposedNewState: run.wire(run.proposed(run.schemas[imageType], held.value, config)),
		})
		run.check(err)
		return response
	}
	planned := plan(config)
	mustSay(t, run.warnings(planned.Diagnostics), "became known only in the apply")
	if len(planned.RequiresReplace) != 1 {
		t.Errorf("it replaces for %v", planned.RequiresReplace)
	}
	for _, late := range []any{tftypes.UnknownValue, parentsOf(tftypes.UnknownValue)} {
		planned = plan(api(arguments{"parents": late}))
		if len(planned.RequiresReplace)+len(planned.Diagnostics) > 0 {
			t.Errorf("%v: it replaces for %v and says %v", late, planned.RequiresReplace, planned.Diagnostics)
		}
	}
}
