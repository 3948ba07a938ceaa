package catalogue_test

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const nothing = `# nothing is left in the configuration`

// options is an enum's form with these options, id and label in turn.
func options(idsAndLabels ...string) map[string]any {
	var list []any
	for i := 0; i < len(idsAndLabels); i += 2 {
		list = append(list, map[string]any{"id": idsAndLabels[i], "text": idsAndLabels[i+1]})
	}
	return map[string]any{"options": list}
}

// sent checks the writes since the log was emptied: method and body of each.
func sent(tenant *providertest.Tenant, want ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		var got []string
		for _, write := range tenant.Writes() {
			got = append(got, write.Method+" "+jsonOf(write.Body))
		}
		if jsonOf(got) != jsonOf(want) {
			return fmt.Errorf("writes %q, want %q", got, want)
		}
		return nil
	}
}

func TestDeletionPolicy_saysWhatADestroyDoes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		hcl, code string
		writes    []string
		status    any // of the object that is left; nil: none is
	}{
		"not set": {imageWith(`status = "Active"`), imageCode, []string{"DELETE null"}, nil},
		"delete": {imageWith("status = \"Active\"\n  deletion_policy = \"delete\""), imageCode,
			[]string{"DELETE null"}, nil},
		"archive an image": {imageWith("status = \"Active\"\n  deletion_policy = \"archive\""), imageCode,
			[]string{`PATCH {"status":"3"}`}, "3"},
		"archive a registry": {registryWith(`deletion_policy = "archive"`), entity.DockerRegistry.Code,
			[]string{`PATCH {"status":"2"}`}, "2"},
		"what is so already": {imageWith("status = \"archived\"\n  deletion_policy = \"archive\""), imageCode, nil, "3"},
		"abandon an image":   {imageWith("status = \"Active\"\n  deletion_policy = \"abandon\""), imageCode, nil, "1"},
		"abandon a registry": {registryWith(`deletion_policy = "abandon"`), entity.DockerRegistry.Code, nil, "1"},
		"delete with its all": {registryWith("deletion_policy = \"delete\"\n  password = \"x\""), entity.DockerRegistry.Code,
			[]string{"DELETE null"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			tenant.Run(t,
				resource.TestStep{Config: test.hcl},
				resource.TestStep{PreConfig: tenant.ResetRequests, Config: nothing, Check: sent(tenant, test.writes...)},
			)
			left := tenant.Objects(test.code)
			switch {
			case test.status == nil && len(left) > 0:
				t.Errorf("DemandFlow still has %v", left)
			case test.status != nil && (len(left) != 1 || left[0]["status"] != test.status):
				t.Errorf("DemandFlow has %v, want one object with status %v", left, test.status)
			}
		})
	}
}

// A change of the policy is Terraform's own business, and the one that was applied last counts.
func TestDeletionPolicy_changesWithoutARequest(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: imageWith(`status = "Active"`)},
		resource.TestStep{
			PreConfig: tenant.ResetRequests, Config: imageWith("status = \"Active\"\n  deletion_policy = \"archive\""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{changesOnly(image, "deletion_policy")}},
			Check:            sent(tenant),
		},
		resource.TestStep{Config: nothing, Check: sent(tenant, `PATCH {"status":"3"}`)},
	)
}

func TestDeletionPolicy_archivesByTheTenantsOwnOption(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options map[string]any
		patch   string
	}{
		"renamed":               {options("1", "Active", "3", "Retired"), `PATCH {"status":"3"}`},
		"of another id":         {options("1", "Active", "3", "Golden", "9", "Archived"), `PATCH {"status":"9"}`},
		"of another id, lower":  {options("9", "archived", "1", "Active", "3", "Golden"), `PATCH {"status":"9"}`},
		"under another's label": {options("1", "Active", "4", "3", "3", "Retired"), `PATCH {"status":"3"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			tenant.EditField(imageCode, "status", test.options)
			tenant.Run(t,
				resource.TestStep{Config: imageWith("status = \"Active\"\n  deletion_policy = \"archive\"")},
				resource.TestStep{PreConfig: tenant.ResetRequests, Config: nothing, Check: sent(tenant, test.patch)},
			)
		})
	}
}

// What is archived already under the tenant's own label is left alone.
func TestDeletionPolicy_knowsTheTenantsLabelOfWhatIsArchived(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.EditField(imageCode, "status", options("1", "Active", "3", "Retired"))
	tenant.Run(t,
		resource.TestStep{Config: imageWith("status = \"Retired\"\n  deletion_policy = \"archive\"")},
		resource.TestStep{PreConfig: tenant.ResetRequests, Config: nothing, Check: sent(tenant)},
	)
}

func TestDeletionPolicy_whatTheTenantCannotArchiveIsAnErrorInThePlan(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.EditField(imageCode, "status", options("1", "Active", "2", "Deprecated"))
	tenant.Run(t,
		resource.TestStep{
			Config: imageWith("status = \"Active\"\n  deletion_policy = \"archive\""), PlanOnly: true,
			ExpectError: regexp.MustCompile(
				`(?s)Invalid deletion_policy.*no\s+option\s+Archived\s+\(id\s+3\)\s+of\s+the\s+field\s+"status".*The\s+options\s+are\s+Active,\s+Deprecated\.`),
		},
		resource.TestStep{
			Config: imageWith("status = \"Active\"\n  deletion_policy = \"vanish\""), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)deletion_policy.*"delete"\s+"archive"\s+"abandon".*"vanish"`),
		},
	)
}

// The option goes after the apply: the destroy sends no guess, and says how to go on.
func TestDeletionPolicy_anOptionThatIsGoneStopsTheDestroy(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	archive := imageWith("status = \"Active\"\n  deletion_policy = \"archive\"")
	tenant.Run(t,
		resource.TestStep{Config: archive},
		resource.TestStep{
			PreConfig: func() {
				tenant.EditField(imageCode, "status", options("1", "Active", "2", "Deprecated"))
				tenant.ResetRequests()
			},
			Config: nothing,
			ExpectError: regexp.MustCompile(
				`(?s)Cannot delete docker image.*no\s+option\s+Archived.*Apply\s+another\s+deletion_policy\s+\(delete,\s+abandon\)\s+first`),
		},
		resource.TestStep{Config: imageWith("status = \"Active\"\n  deletion_policy = \"abandon\""), Check: sent(tenant)},
		resource.TestStep{Config: nothing, Check: sent(tenant)},
	)
}

func TestDeletionPolicy_archivingWhatIsGoneAlreadyIsSuccess(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: imageWith("status = \"Active\"\n  deletion_policy = \"archive\"")},
		resource.TestStep{
			PreConfig: func() {
				tenant.Fail(emulator.Fault{Method: "PATCH", Status: http.StatusNotFound,
					Body: `{"error":"Not Found","message":"gone"}`})
			},
			Config: nothing,
		},
	)
}

func TestDeletionPolicy_aRefusedArchiveKeepsTheStateAndSaysSo(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: imageWith("status = \"Active\"\n  deletion_policy = \"archive\"")},
		resource.TestStep{
			PreConfig: func() {
				tenant.Fail(emulator.Fault{Method: "PATCH", Status: http.StatusForbidden,
					Body: `{"error":"Forbidden","message":"images are frozen"}`})
			},
			Config:      nothing,
			ExpectError: regexp.MustCompile(`(?s)Cannot delete docker image.*403.*images\s+are\s+frozen`),
		},
		resource.TestStep{Config: nothing}, // and again, in peace
	)
	if status := onlyImage(t, tenant)["status"]; status != "3" {
		t.Errorf("the image has the status %v, want 3", status)
	}
}

// A rule of the tenant's may keep the status, and an answer may be a success that is none.
func TestDeletionPolicy_anArchiveThatDoesNotShowKeepsTheState(t *testing.T) {
	t.Parallel()
	frozen := true
	tenant := providertest.New(t, emulator.Options{Keep: func(field string, value any) any {
		if frozen && field == "status" {
			return "1"
		}
		return value
	}})
	refused := emulator.Fault{Method: "PATCH", Status: http.StatusOK, Body: `{"error":"Forbidden","message":"not yours"}`}
	tenant.Run(t,
		resource.TestStep{Config: imageWith("status = \"Active\"\n  deletion_policy = \"archive\"")},
		resource.TestStep{
			Config:      nothing,
			ExpectError: regexp.MustCompile(`(?s)Cannot delete docker image.*change\s+of\s+status.*is\s+not\s+archived`),
		},
		resource.TestStep{
			PreConfig:   func() { frozen = false; tenant.Fail(refused) },
			Config:      nothing,
			ExpectError: regexp.MustCompile(`(?s)Cannot delete docker image.*Forbidden:\s+not\s+yours`),
		},
		resource.TestStep{Config: nothing}, // and again, in peace
	)
	if status := onlyImage(t, tenant)["status"]; status != "3" {
		t.Errorf("the image has the status %v, want 3", status)
	}
}

func TestDeletionPolicy_aDeleteThatDeletedNothingKeepsTheState(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: imageWith(`status = "Active"`)},
		resource.TestStep{
			PreConfig: func() {
				tenant.Fail(emulator.Fault{Method: "DELETE", Status: http.StatusOK,
					Body: `{"error":"Forbidden","message":"not yours"}`})
			},
			Config:      nothing,
			ExpectError: regexp.MustCompile(`(?s)Cannot delete docker image.*still\s+there.*not\s+yours`),
		},
		resource.TestStep{Config: nothing},
	)
}

// A destroy's output says "destroyed" whatever happened.
func TestDeletionPolicy_whatADestroyLeavesIsSaidInAWarning(t *testing.T) {
	t.Parallel()
	for policy, says := range map[string]string{"archive": "was archived", "abandon": "was left as it is", "delete": ""} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			run := converse(t, providertest.New(t, emulator.Options{}))
			held, _ := run.create(imageType, api(arguments{"deletion_policy": policy}))
			none := run.wire(run.none(imageType).value)
			warnings := run.warnings(run.applied(held, none, none, held.private))
			if says == "" {
				if len(warnings) > 0 {
					t.Errorf("a delete warns: %q", warnings)
				}
				return
			}
			mustSay(t, warnings, "docker image team/api:1.0.0 (id "+held.text("id")+") "+says, "no longer in the state")
		})
	}
}

// Nothing was archived where nothing was left to archive.
func TestDeletionPolicy_whatIsGoneAlreadyIsNotSaidToBeArchived(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	run := converse(t, tenant)
	held, _ := run.create(imageType, api(arguments{"deletion_policy": "archive"}))
	tenant.Remove(held.text("id"))
	none := run.wire(run.none(imageType).value)
	if warnings := run.warnings(run.applied(held, none, none, held.private)); len(warnings) > 0 {
		t.Errorf("it warns: %q", warnings)
	}
}
