package catalogue_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const imageInRegistry = `
resource "demandflow_docker_registry" "hub" {
  name          = "hub"
  url           = "hub.example.com"
  registry_type = "Docker Hub"
  status        = "Active"
}
resource "demandflow_docker_image" "app" {
  name        = "team/app"
  tag         = "1.0"
  status      = "Active"
  registry_id = demandflow_docker_registry.hub.id
}`

// gateways are what answers 404 in DemandFlow's place.
var gateways = map[string]emulator.Fault{
	"Envoy":         {Empty: true},
	"nginx ingress": {Body: "default backend - 404"},
	"Go":            {Body: "404 page not found\n"},
	"Kong":          {Body: `{"message":"no Route matched with those values"}`},
	"AWS":           {Body: `{"message":"Not Found"}`, Header: http.Header{"Content-Type": nil}},
	"Nest":          {Body: `{"statusCode":404,"message":"Cannot GET /v1/objects","error":"Not Found"}`},
	"HTML as JSON":  {Body: "<html>no such site</html>", Header: http.Header{"Content-Type": {"application/json"}}},
}

// A gateway's 404 drops nothing from the state, whether it answers everything or only what is asked for one object.
func TestGone_a404ThatIsNotDemandFlowsKeepsTheState(t *testing.T) {
	t.Parallel()
	for name, fault := range gateways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			fault.Status, fault.Times = http.StatusNotFound, -1
			images := fault
			images.Method, images.Entity = http.MethodGet, entity.DockerImage.Code
			deletes := fault
			deletes.Method = http.MethodDelete
			endpoint := `(?s)check\s+the\s+endpoint.*` + regexp.QuoteMeta(tenant.URL)
			tenant.Run(t,
				resource.TestStep{Config: imageInRegistry},
				resource.TestStep{PreConfig: func() { tenant.Fail(fault) }, Config: imageInRegistry,
					ExpectError: regexp.MustCompile(endpoint)},
				resource.TestStep{
					PreConfig: func() { tenant.ClearFaults(); tenant.Fail(images) }, Config: imageInRegistry,
					ExpectError: regexp.MustCompile(`(?s)Cannot read docker image.*` + endpoint),
				},
				resource.TestStep{
					PreConfig: func() { tenant.ClearFaults(); tenant.Fail(deletes) }, Config: "# nothing",
					ExpectError: regexp.MustCompile(`(?s)Cannot delete docker.*` + endpoint),
				},
				resource.TestStep{PreConfig: tenant.ClearFaults, Config: imageInRegistry, ConfigPlanChecks: emptyPlan},
			)
		})
	}
}

// DemandFlow's own 404 to everything: from another path below the endpoint, or from a DemandFlow that is not itself.
func TestGone_whereNothingElseIsThereTheStateIsKept(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"everything is missing":        {},
		"every single object is":       {Path: "/v1/objects"},
		"and nothing but images is of": {Entity: entity.DockerImage.Code},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			fault.Status, fault.Times = http.StatusNotFound, -1
			deletes := fault
			if fault.Entity != "" { // the tenant is there, and may have lost one image
				deletes.Entity = ""
			}
			config := strings.Replace(imageInRegistry, `tag         = "1.0"`, `count = 2
  tag = count.index`, 1)
			tenant.Run(t,
				resource.TestStep{Config: config},
				resource.TestStep{
					PreConfig: func() { tenant.Fail(fault) }, Config: config,
					ExpectError: regexp.MustCompile(`(?s)Cannot read docker.*Check\s+the\s+endpoint\s+\(` +
						regexp.QuoteMeta(tenant.URL) + `.*Nothing was\s+removed from the state`),
				},
				resource.TestStep{
					PreConfig: func() { tenant.ClearFaults(); tenant.Fail(deletes) }, Config: "# nothing",
					ExpectError: regexp.MustCompile(`Cannot`),
				},
				resource.TestStep{PreConfig: tenant.ClearFaults, Config: config, ConfigPlanChecks: emptyPlan},
			)
		})
	}
}

// at is a configuration for another endpoint than the tenant's.
func at(url, config string) string {
	return fmt.Sprintf("provider \"demandflow\" {\n  endpoint = %q\n  token = %q\n  max_retries = 1\n}\n%s", url,
		emulator.DefaultToken, config)
}

func TestGone_anEndpointWithAnotherPathKeepsTheState(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	step := func(suffix, fails string) resource.TestStep {
		step := resource.TestStep{Config: at(tenant.URL+suffix, imageInRegistry), ConfigPlanChecks: emptyPlan}
		if fails != "" {
			step = resource.TestStep{Config: step.Config, ExpectError: regexp.MustCompile(fails)}
		}
		return step
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{
		{Config: at(tenant.URL, imageInRegistry)},
		step("/foo", `(?s)Cannot read docker.*Check\s+the\s+endpoint\s+\(`+regexp.QuoteMeta(tenant.URL)+`/foo\)`),
		step("/v1", ""), step("/v1/", ""), step("/", ""),
	}})
}

// Another DemandFlow knows none of the objects, and answers as the right one would.
func TestGone_anotherTenantKeepsTheState(t *testing.T) {
	t.Parallel()
	const other = "99999999-0000-4000-8000-000000000001"
	for name, rights := range map[string]emulator.Rights{
		"that shows its definitions": {},
		"that hides them":            {Deny: []string{entity.DefinitionCode}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant, elsewhere := providertest.New(t, emulator.Options{}),
				providertest.New(t, emulator.Options{Subscription: other})
			elsewhere.AddToken(other, emulator.DefaultToken, rights)
			fails := regexp.MustCompile(`(?s)Cannot (read|delete) docker.*another tenant.*` + emulator.DefaultSubscription +
				`.*` + other + `.*` + regexp.QuoteMeta(elsewhere.URL))
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(),
				Steps: []resource.TestStep{
					{Config: at(tenant.URL, imageInRegistry)},
					{Config: at(elsewhere.URL, imageInRegistry), ExpectError: fails},
					{Config: at(elsewhere.URL, "# nothing"), Destroy: true, ExpectError: fails},
					{Config: at(tenant.URL, imageInRegistry), ConfigPlanChecks: emptyPlan},
				}})
		})
	}
}

// A destroy without a refresh asks for nothing but the deletes.
func TestGone_aDeleteNeedsTheRightTenantToo(t *testing.T) {
	t.Parallel()
	const other = "99999999-0000-4000-8000-000000000001"
	for _, policy := range []string{"delete", "archive"} {
		tenant, elsewhere := providertest.New(t, emulator.Options{}),
			providertest.New(t, emulator.Options{Subscription: other})
		held, _ := converse(t, tenant).create(imageType, api(arguments{"deletion_policy": policy}))
		run := converse(t, elsewhere)
		none := run.wire(run.none(imageType).value)
		diagnostics := run.applied(held, none, none, held.private)
		if len(diagnostics) != 1 || diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError ||
			!strings.Contains(diagnostics[0].Detail, "another tenant") {
			t.Errorf("%s: %v", policy, diagnostics)
		}
	}
}

func TestGone_aTenantThatWasEmptiedIsAnError(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: imageInRegistry},
		resource.TestStep{
			PreConfig: func() {
				for _, e := range entity.All() {
					for _, object := range tenant.Objects(e.Code) {
						tenant.Remove(object["id"].(string))
					}
				}
			},
			Config: imageInRegistry,
			ExpectError: regexp.MustCompile(
				`(?s)Cannot read docker.*no\s+docker\s+registries\s+and\s+docker\s+images\s+at\s+all.*` +
					regexp.QuoteMeta(tenant.URL) + `.*terraform state rm`),
		},
		resource.TestStep{Config: `# nothing`, Destroy: true, ExpectError: regexp.MustCompile(`images\s+at\s+all`)},
		resource.TestStep{ // with another object in the tenant, those of the state are gone for certain
			PreConfig: func() {
				if _, err := tenant.Seed(map[string]any{"entity": entity.DockerImage.Code, "name": "other", "tag": "1",
					"status": "1"}); err != nil {
					t.Error(err)
				}
			},
			Config: `# nothing`,
		},
	)
}

// Who reads "will be created" learns why, whatever the token may read.
func TestGone_whatIsDroppedFromTheStateIsSaidInAWarning(t *testing.T) {
	t.Parallel()
	for name, rights := range map[string]emulator.Rights{
		"a token that may read everything": {},
		"one that may read no definitions": {Deny: []string{entity.DefinitionCode}},
		"one that may read no people":      {Deny: []string{entity.DefinitionCode, "PPL"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			if _, err := tenant.Seed(map[string]any{"entity": entity.DockerImage.Code, "name": "other", "tag": "1",
				"status": "1"}); err != nil {
				t.Fatal(err)
			}
			tenant.AddToken(emulator.DefaultSubscription, emulator.DefaultToken, rights)
			held, _ := converseWith(t, tenant, arguments{"subscription_id": emulator.DefaultSubscription}).create(imageType,
				api(nil))
			tenant.Remove(held.text("id"))
			run := converse(t, tenant)
			response, err := run.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: imageType,
				CurrentState: run.wire(held.value), Private: held.private})
			run.check(err)
			mustSay(t, run.warnings(response.Diagnostics), "The docker image is gone", "team/api:1.0.0 (id "+held.text("id")+")",
				"404 Not Found", "removed from the state")
			if !run.value(imageType, response.NewState).IsNull() {
				t.Error("the image is still in the state")
			}
		})
	}
}

// A token that may read nothing but what is gone cannot show that the rest is there.
func TestGone_whereTheTokenShowsNothingOfTheTenantTheStateIsKept(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.AddToken(emulator.DefaultSubscription, emulator.DefaultToken,
		emulator.Rights{Deny: []string{entity.DefinitionCode, "PPL"}})
	held, _ := converseWith(t, tenant, arguments{"subscription_id": emulator.DefaultSubscription}).create(imageType,
		api(nil))
	tenant.Remove(held.text("id"))
	run := converse(t, tenant)
	response, err := run.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: imageType,
		CurrentState: run.wire(held.value), Private: held.private})
	run.check(err)
	if len(response.Diagnostics) != 1 || response.Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError ||
		!strings.Contains(response.Diagnostics[0].Detail, "terraform state rm") {
		t.Errorf("got %v", response.Diagnostics)
	}
}

// Data sources drop nothing, and must not blame the id for what the endpoint does.
func TestGone_aLookUpBlamesTheEndpointWhereNothingElseIsThere(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	byID := `data "demandflow_docker_image" "one" { id = "00000000-0000-4000-8000-00000000000a" }`
	all := `data "demandflow_docker_images" "all" {}`
	// 200 and an empty body to everything
	nothing := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(nothing.Close)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{
		{Config: at(tenant.URL, byID), ExpectError: regexp.MustCompile(
			`(?s)No such docker image.*may\s+have\s+been\s+deleted`)},
		{Config: at(tenant.URL+"/foo", byID),
			ExpectError: regexp.MustCompile(`(?s)Cannot read docker image.*Check\s+the\s+endpoint`)},
		{Config: at(tenant.URL+"/foo", all),
			ExpectError: regexp.MustCompile(`(?s)Cannot list docker images.*check\s+the\s+endpoint`)},
		{Config: at(nothing.URL, all), ExpectError: regexp.MustCompile(`Cannot`)},
		{Config: at(tenant.URL, all)},
	}})
}

func TestGone_aCreateAtAnotherPathSaysSo(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Fail(emulator.Fault{Method: http.MethodPost, Path: "/v1/objects", Status: http.StatusNotFound})
	tenant.Run(t, resource.TestStep{Config: plainImage,
		ExpectError: regexp.MustCompile(`(?s)Cannot create docker image.*check\s+the\s+endpoint`)})
}
