package catalogue_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A person writes a field that the plan does not name, and one that it does, just before the PATCH lands.
func TestConcurrentEdit_overwritesNothingThatThePlanDidNotName(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	bolder := regexp.MustCompile(`The API\.`).ReplaceAllString(plainImage, "A bolder API.")
	theirs := map[string]any{"maintainer": "Ann", "status": "2", "description": "Theirs."}
	tenant.Run(t,
		resource.TestStep{Config: plainImage},
		resource.TestStep{
			PreConfig: func() {
				tenant.ResetRequests()
				tenant.Fail(emulator.Fault{Method: "PATCH", Conflict: theirs})
			},
			Config: bolder,
			Check: resource.ComposeTestCheckFunc(
				patched(t, tenant, map[string]any{"description": "A bolder API."}),
				stored(t, tenant, "description", "A bolder API."),
				stored(t, tenant, "maintainer", "Ann"), // theirs alone
				stored(t, tenant, "status", "2"),       // theirs until the next plan
			),
			ExpectNonEmptyPlan: true, // the status is the configuration's, and the plan after the apply says so
		},
		resource.TestStep{
			PreConfig: tenant.ResetRequests,
			Config:    bolder,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{changesOnly(image, "status",
				"updated_at", "object_version")}},
			Check: resource.ComposeTestCheckFunc(
				patched(t, tenant, map[string]any{"status": "1"}),
				stored(t, tenant, "maintainer", "Ann"),
			),
		},
	)
}

// The same between the plan and the apply, where the run can still see who it was.
func TestConcurrentEdit_isAWarningThatNamesThePersonAndTheFields(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	run := converse(t, tenant)
	before, _ := run.create(imageType, api(nil))
	change := api(arguments{"description": "New."})
	planned := run.plan(imageType, before, change)
	editImage(t, tenant, map[string]any{"maintainer": "Ann"})()
	person := onlyImage(t, tenant)["updatedId"].(string)
	tenant.ResetRequests()
	after, warnings := run.apply(imageType, before, change, planned)
	mustSay(t, warnings, "Another user changed the docker image", "the person with id "+person,
		"They changed: maintainer.")
	if diff := cmp.Diff([]string{"GET", "PATCH"}, methods(tenant)); diff != "" {
		t.Errorf("requests of the update (-want +got):\n%s", diff)
	}

	// Alone at the catalogue again, there is nothing to warn of.
	after = run.refresh(imageType, after)
	change = api(arguments{"description": "Newer."})
	if _, warnings = run.apply(imageType, after, change, run.plan(imageType, after, change)); len(warnings) > 0 {
		t.Errorf("an update that nobody disturbed warns: %q", warnings)
	}
	if err := stored(t, tenant, "maintainer", "Ann")(&terraform.State{}); err != nil {
		t.Error(err)
	}
}

// DemandFlow carried the update out, and its answer got lost on the way: the second attempt finds its own write.
func TestConcurrentEdit_aLostAnswerOfOurOwnIsNobodysElse(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	run := converseWith(t, tenant, arguments{"max_retries": 1})
	before, _ := run.create(imageType, api(nil))
	change := api(arguments{"description": "New."})
	planned := run.plan(imageType, before, change)
	tenant.Fail(emulator.Fault{Method: "PATCH", Commit: true, Status: 503, Header: http.Header{"Retry-After": {"0"}}})
	_, warnings := run.apply(imageType, before, change, planned)
	if len(warnings) > 0 {
		t.Errorf("it warns: %q", warnings)
	}
}

// Two import blocks have one id, and both update the object: the second one finds this run's own write.
func TestConcurrentEdit_ofTwoBlocksWithOneObjectBlamesNobodyElse(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	made, _ := converse(t, tenant).create(imageType, api(nil))
	for name, theirs := range map[string]bool{"alone": false, "beside a person's": true} {
		t.Run(name, func(t *testing.T) {
			run := converse(t, tenant)
			one := run.refresh(imageType, made)
			first, second := api(arguments{"description": name}), api(arguments{"maintainer": name})
			planned := [2]holding{run.plan(imageType, one, first), run.plan(imageType, one, second)}
			if _, warnings := run.apply(imageType, one, first, planned[0]); len(warnings) > 0 {
				t.Errorf("the first update warns: %q", warnings)
			}
			if theirs {
				editImage(t, tenant, map[string]any{"license": "MIT"})()
			}
			_, warnings := run.apply(imageType, one, second, planned[1])
			mustSay(t, warnings[:1], "Two blocks have the same docker image", made.text("id"), "removed block")
			if blames := len(warnings) > 1; blames != theirs {
				t.Errorf("it warns: %q", warnings)
			}
		})
	}
}

// A colleague rotates the password in the form, between the plan and the apply of another one.
func TestConcurrentEdit_ofAWriteOnlySecretIsNotWavedThrough(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	run := converse(t, tenant)
	before, _ := run.create(registryType, harbor(arguments{"password_wo": "first", "password_wo_version": 1}))
	change := harbor(arguments{"password_wo": "second", "password_wo_version": 2})
	planned := run.plan(registryType, before, change)
	tenant.Edit(before.text("id"), map[string]any{"password": "canary-theirs"})
	_, warnings := run.apply(registryType, before, change, planned)
	mustSay(t, warnings, "Another user changed the docker registry", "They may also have changed: password.")
	if strings.Contains(warnings[0], "canary") || strings.Contains(warnings[0], "nothing needs to be done") {
		t.Errorf("the warning says\n%s", warnings[0])
	}
}

func methods(tenant *providertest.Tenant) []string {
	var methods []string
	for _, request := range tenant.Requests() {
		methods = append(methods, request.Method)
	}
	return methods
}
