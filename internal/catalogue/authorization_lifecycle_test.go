package catalogue_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

func TestDefinition_thatFailsOtherwiseStopsThePlan(t *testing.T) {
	t.Parallel()
	body := func(definition string) string {
		return `{"id":"DOCKERIMAGE","entity":"DEFINITION","definition":` + definition + `}`
	}
	for name, test := range map[string]struct {
		status int
		body   string
		says   string
	}{
		"a fault of the server":    {http.StatusInternalServerError, "", "500"},
		"a token that is not read": {http.StatusUnauthorized, "", "401"},
		"a page of a proxy":        {http.StatusForbidden, "<html><h1>Access denied</h1></html>", "403.*This is a web page"},
		"no form": {http.StatusOK, body(`"{}"`),
			"DOCKERIMAGE is there, and cannot be understood: the definition has no field"},
		"no JSON": {http.StatusOK, body(`"<form/>"`), "is not a JSON document"},
		"other options": {http.StatusOK,
			body(`"{\"fields\":[{\"id\":\"status\",\"type\":\"indexedSelect\",\"options\":{\"7\":\"Active\"}}]}"`),
			`the field "status" \(indexedSelect\) at fields\[0\]: its options are an object with the keys 7, not a list`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			tenant.Fail(emulator.Fault{Method: http.MethodGet, Entity: entity.DefinitionCode, Times: -1, Status: test.status,
				Body: test.body})
			says := regexp.MustCompile(`(?s)Cannot read the definition of docker images.*` + strings.ReplaceAll(test.says, " ",
				`\s+`))
			tenant.Run(t, resource.TestStep{Config: plainImage, PlanOnly: true, ExpectError: says})
			if writes := tenant.Writes(); len(writes) > 0 {
				t.Errorf("%d writes were sent", len(writes))
			}
		})
	}
}

// A plan of creates alone reads nothing that would fail; a green one with a token that nothing accepts would be found
// out by its apply.
func TestAuthorization_isProvedAtThePlanOfACreate(t *testing.T) {
	t.Parallel()
	denyAll := emulator.Rights{Deny: []string{entity.DefinitionCode, "PPL", entity.DockerImage.Code,
		entity.DockerRegistry.Code}}
	for name, test := range map[string]struct {
		prepare func(*providertest.Tenant)
		says    string // "" where the plan is green
	}{
		"a token that was revoked": {func(tenant *providertest.Tenant) { tenant.RevokeToken(emulator.DefaultToken) },
			`DemandFlow does not accept the token.*403.*revoked`},
		"one that may read nothing": {func(tenant *providertest.Tenant) {
			tenant.AddToken(emulator.DefaultSubscription, emulator.DefaultToken, denyAll)
		}, ""},
		"one that may do anything": {func(*providertest.Tenant) {}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			test.prepare(tenant)
			many := `resource "demandflow_docker_image" "api" {
  count  = 5
  name   = "team/api"
  tag    = count.index
  status = "Active"
}`
			step := resource.TestStep{Config: many, PlanOnly: true, ExpectNonEmptyPlan: true}
			if test.says != "" {
				step.ExpectError = regexp.MustCompile(`(?s)` + test.says)
			}
			tenant.Run(t, step)
			if requests := tenant.Requests(); len(requests) > 12 { // of a handful of runs
				t.Errorf("%d requests", len(requests))
			}
		})
	}
}

func TestAuthorization_aSubscriptionThatIsNotTheTokensIsAnErrorOfThePlan(t *testing.T) {
	t.Parallel()
	for name, rights := range map[string]emulator.Rights{
		"the definition shows it": {}, "a person shows it": {Deny: []string{entity.DefinitionCode}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			tenant.AddToken(emulator.DefaultSubscription, emulator.DefaultToken, rights)
			config := fmt.Sprintf("provider \"demandflow\" {\n  endpoint = %q\n  token = %q\n  subscription_id = "+
				"\"99999999-0000-4000-8000-0000000000df\"\n}\n%s", tenant.URL, emulator.DefaultToken, plainImage)
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(),
				Steps: []resource.TestStep{
					{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)Wrong subscription_id.*99999999-.*` +
						emulator.DefaultSubscription)},
				}})
		})
	}
}
