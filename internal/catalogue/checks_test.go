package catalogue_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// patched checks that the log holds one write, a PATCH with this body.
func patched(t *testing.T, tenant *providertest.Tenant, want map[string]any) resource.TestCheckFunc {
	return func(*terraform.State) error {
		t.Helper()
		writes := tenant.Writes()
		if len(writes) != 1 || writes[0].Method != "PATCH" {
			return fmt.Errorf("the log has %d writes, want one PATCH: %v", len(writes), writes)
		}
		if diff := cmp.Diff(jsonOf(want), jsonOf(writes[0].Body)); diff != "" {
			return fmt.Errorf("PATCH (-want +got):\n%s", diff)
		}
		return nil
	}
}

func jsonOf(v any) string {
	document, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(document)
}

// changesOnly checks that a plan of an update changes these attributes of a resource and no others.
func changesOnly(address string, attributes ...string) plancheck.PlanCheck {
	return planCheck(func(req plancheck.CheckPlanRequest) error {
		for _, change := range req.Plan.ResourceChanges {
			if change.Address != address {
				continue
			}
			before, after := change.Change.Before.(map[string]any), change.Change.After.(map[string]any)
			unknown, _ := change.Change.AfterUnknown.(map[string]any)
			var got []string
			for name := range before {
				if unknown[name] == true || !reflect.DeepEqual(before[name], after[name]) {
					got = append(got, name)
				}
			}
			slices.Sort(got)
			slices.Sort(attributes)
			if diff := cmp.Diff(attributes, got); diff != "" {
				return fmt.Errorf("attributes of %s that the plan changes (-want +got):\n%s", address, diff)
			}
			return nil
		}
		return fmt.Errorf("the plan does not speak of %s", address)
	})
}

type planCheck func(plancheck.CheckPlanRequest) error

func (check planCheck) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = check(req)
}
