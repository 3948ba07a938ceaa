package catalogue_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

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

func registryWith(arguments string) string {
	return fmt.Sprintf(`resource "demandflow_docker_registry" "prod" {
  name          = "prod"
  url           = "https://registry.example.com"
  registry_type = "Harbor"
  status        = "Active"
%s
}`, arguments)
}

// wrote checks the bodies of all writes since the log was emptied, in order: of each, the named fields that it carries.
func wrote(tenant *providertest.Tenant, fields string, want ...map[string]any) resource.TestCheckFunc {
	return func(*terraform.State) error {
		got := []map[string]any{}
		for _, write := range tenant.Writes() {
			body, _ := write.Body.(map[string]any)
			sent := map[string]any{}
			for field := range strings.FieldsSeq(fields) {
				if value, ok := body[field]; ok {
					sent[field] = value
				}
			}
			got = append(got, sent)
		}
		if want == nil {
			want = []map[string]any{}
		}
		if jsonOf(got) != jsonOf(want) {
			return fmt.Errorf("writes sent %s, want %s", jsonOf(got), jsonOf(want))
		}
		return nil
	}
}

const allSecrets = "password token signingKey webhookSecret"

// keepsNothing checks that no attribute of the state, and nothing else in it, has the text.
func keepsNothing(secrets ...string) resource.TestCheckFunc {
	return func(state *terraform.State) error {
		text, err := json.Marshal(state)
		if err != nil {
			return err
		}
		for _, secret := range secrets {
			if strings.Contains(string(text), secret) {
				return fmt.Errorf("the state has %q", secret)
			}
		}
		return nil
	}
}

// nullIn checks that attributes are null in the state.
func nullIn(address string, attributes ...string) []statecheck.StateCheck {
	var checks []statecheck.StateCheck
	for _, attribute := range attributes {
		checks = append(checks, statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), knownvalue.Null()))
	}
	return checks
}

func patchedRegistry(tenant *providertest.Tenant, want map[string]any) resource.TestCheckFunc {
	return func(*terraform.State) error {
		writes := tenant.Writes()
		if len(writes) != 1 || writes[0].Method != "PATCH" || jsonOf(writes[0].Body) != jsonOf(want) {
			return fmt.Errorf("writes %+v, want one PATCH with %s", writes, jsonOf(want))
		}
		return nil
	}
}
