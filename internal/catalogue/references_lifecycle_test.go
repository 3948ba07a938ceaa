package catalogue_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const nobodysID = "77777777-7777-4777-8777-777777777777"

func inRegistry(id string) string {
	return imageWith(fmt.Sprintf("status = \"Active\"\nregistry_id = %q", id))
}

// DemandFlow takes any id; an image of a registry that is not there has no name that anybody could pull.
func TestReferences_thatNameNothingOrSomethingElseAreErrorsOfThePlan(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	for name, test := range map[string]struct{ id, says string }{
		"nothing": {nobodysID, `Invalid registry_id.*The tenant has no docker registry with the id "` + nobodysID +
			`"`},
		"another entity": {"33333333-3333-4333-8333-333333333333",
			`Invalid registry_id.*is the id of a docker image, not of a docker registry`},
	} {
		t.Run(name, func(t *testing.T) {
			says := regexp.MustCompile(`(?s)` + strings.ReplaceAll(test.says, " ", `\s+`))
			tenant.Run(t,
				resource.TestStep{Config: inRegistry(test.id), PlanOnly: true, ExpectError: says}, // a create
				resource.TestStep{Config: inRegistry(prodID)},
				resource.TestStep{Config: inRegistry(test.id), PlanOnly: true, ExpectError: says}, // a change
			)
		})
	}
}

// DemandFlow answers 403 for another tenant's object, and for what the token may not read.
func TestReferences_toAnotherTenantsObjectAreErrorsWhereRegistriesMayBeRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rights emulator.Rights
		says   string
	}{
		"they may be read": {emulator.Rights{},
			`(?s)The\s+tenant\s+has\s+no\s+docker\s+registry\s+with\s+the\s+id.*be\s+of\s+another\s+tenant`},
		"they may not be read": {emulator.Rights{Deny: []string{entity.DockerRegistry.Code}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			tenant.AddToken(emulator.DefaultSubscription, emulator.DefaultToken, test.rights)
			// as it is answered for another tenant's
			tenant.Fail(emulator.Fault{Method: "GET", Path: "/v1/objects/" + nobodysID, Times: -1, Status: 403})
			step := resource.TestStep{Config: inRegistry(nobodysID), PlanOnly: true, ExpectNonEmptyPlan: true}
			if test.says != "" {
				step.ExpectError = regexp.MustCompile(test.says)
			}
			tenant.Run(t, step)
		})
	}
}

// Clusters, namespaces and vendors are entities that a tenant may keep to itself.
func TestReferences_toWhatMayNotBeReadAreLeftAlone(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t, resource.TestStep{Config: imageWith(fmt.Sprintf("status = \"Active\"\nvendor_id = "+
		"%q\ntarget_cluster_id = %q", nobodysID, nobodysID))})
}

func TestReferences_areAskedForOnceAndNotAgainWhereNothingChanges(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	run := converse(t, tenant)
	image := func(n int) arguments { return api(arguments{"tag": fmt.Sprint(n), "registry_id": prodID}) }
	asked := func() (reads int) {
		for _, request := range tenant.Requests() {
			if strings.HasSuffix(request.Path, prodID) {
				reads++
			}
		}
		return reads
	}
	tenAtATime(20, func(n int) { run.plan(imageType, run.none(imageType), image(n)) })
	if asked() != 1 {
		t.Errorf("the registry of 20 planned images was read %d times", asked())
	}
	held, _ := run.create(imageType, image(1))
	another := converse(t, tenant)
	tenant.ResetRequests()
	changed := with(image(1), arguments{"description": "Changed."})
	another.plan(imageType, held, changed)
	if asked() != 0 {
		t.Errorf("a registry_id that stays was read %d times", asked())
	}
}

// A mistyped parent would replace an object that there is by one that stands nowhere.
func TestReferences_parentsThatNameNothingOrSomethingElseAreErrorsOfThePlan(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	parent := func(code, id string) string {
		return below(fmt.Sprintf("{ entity = %q, id = %q }", code, id))
	}
	for id, says := range map[string]string{
		nobodysID: `Invalid parents.*Parent 1: The tenant has no docker registry with the id "` + nobodysID + `"`,
		"33333333-3333-4333-8333-333333333333": `Invalid parents.*Parent 1:.*is the id of a docker image, not of a docker ` +
			`registry`,
	} {
		t.Run(id, func(t *testing.T) {
			says := regexp.MustCompile(`(?s)` + strings.ReplaceAll(says, " ", `\s+`))
			tenant.Run(t,
				resource.TestStep{Config: parent("DOCKERREGISTRY", id), PlanOnly: true, ExpectError: says}, // a create
				resource.TestStep{Config: parent("DOCKERREGISTRY", prodID)},
				resource.TestStep{Config: parent("DOCKERREGISTRY", id), PlanOnly: true, ExpectError: says}, // a change
				// an entity that the token may not ask for
				resource.TestStep{Config: parent("K8SCLUSTER", nobodysID), PlanOnly: true, ExpectNonEmptyPlan: true},
			)
		})
	}
}
