package catalogue_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// lag has the next reads of each kind say what was before the last write.
func lag(tenant *providertest.Tenant, reads int) func() {
	return func() {
		for _, code := range []string{entity.DockerImage.Code, entity.DockerRegistry.Code} {
			tenant.Fail(emulator.Fault{Stale: true, Entity: code, Times: reads})
		}
	}
}

var nothingHappens = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	PostApplyPreRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}

func TestStale_anObjectThatWasJustCreatedIsNotPlannedAgain(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: imageInRegistry},
		resource.TestStep{PreConfig: lag(tenant, 3), Config: imageInRegistry, ConfigPlanChecks: nothingHappens},
		resource.TestStep{PreConfig: lag(tenant, 3), Config: "# nothing", Check: nil},
	)
	if objects := len(tenant.Objects(entity.DockerImage.Code)) + len(tenant.Objects(
		entity.DockerRegistry.Code)); objects != 0 {
		t.Errorf("%d objects are left", objects)
	}
}

// By whichever way data sources read what the same apply has made.
func TestStale_dataSourcesFindWhatTheSameApplyHasMade(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"by id":              `data "demandflow_docker_image" "read" { id = demandflow_docker_image.app.id }`,
		"by full image name": `data "demandflow_docker_image" "read" { full_image_name = demandflow_docker_image.app.full_image_name }`,
		"by name and tag": `data "demandflow_docker_image" "read" {
			name = demandflow_docker_image.app.name
			tag  = demandflow_docker_image.app.tag
			depends_on = [demandflow_docker_image.app]
		}`,
		"among many": `data "demandflow_docker_images" "all" { depends_on = [demandflow_docker_image.app] }
			data "demandflow_docker_image" "read" { id = one(data.demandflow_docker_images.all.images).id }`,
		"with its workloads": `data "demandflow_docker_image_workloads" "ran" { docker_image_id = demandflow_docker_image.app.id }
			data "demandflow_docker_image" "read" { full_image_name = data.demandflow_docker_image_workloads.ran.full_image_name }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			lag(tenant, 3)()
			config := imageInRegistry + "\n" + data
			same := resource.TestCheckResourceAttrPair("data.demandflow_docker_image.read", "id", "demandflow_docker_image.app",
				"id")
			tenant.Run(t,
				resource.TestStep{Config: config, Check: same},
				resource.TestStep{
					PreConfig: lag(tenant, 3), Config: strings.Replace(config, `"Active"`+"\n  registry_id", `"Deprecated"`+
						"\n  registry_id", 1),
					Check: resource.ComposeTestCheckFunc(same, resource.TestCheckResourceAttr("data.demandflow_docker_image.read",
						"status", "Deprecated")),
				},
			)
		})
	}
}

// From the third object on a list answers. It lags, and what it says of before is no drift.
func TestStale_aListThatLagsPlansNothing(t *testing.T) {
	t.Parallel()
	config := func(description string) string {
		return fmt.Sprintf(`
			resource "demandflow_docker_registry" "hub" {
			  count         = 6
			  name          = "hub${count.index}"
			  url           = "hub${count.index}.example.com"
			  registry_type = "Docker Hub"
			  status        = "Active"
			  description   = %q
			}`, description)
	}
	tenant := providertest.New(t, emulator.Options{})
	var lists emulator.Fault
	tenant.Run(t,
		resource.TestStep{Config: config("one")},
		resource.TestStep{Config: config("two")},
		resource.TestStep{
			PreConfig: func() {
				lists = emulator.Fault{Stale: true, Path: "/v1/query", Times: -1}
				tenant.Fail(lists)
				tenant.ResetRequests()
			},
			Config: config("two"), ConfigPlanChecks: nothingHappens,
		},
	)
	for _, request := range tenant.Writes() {
		if request.Method == http.MethodPatch {
			t.Errorf("sent %s %v", request.Method, request.Body)
		}
	}
}

// What was read just before the write does not know of the write before.
func TestStale_ourOwnWriteIsNobodyElses(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]emulator.Fault{
		"the read before lags":   {{Stale: true, Method: http.MethodGet, Entity: entity.DockerImage.Code}},
		"all reads before it do": {{Stale: true, Method: http.MethodGet, Entity: entity.DockerImage.Code, Times: 50}},
		"it was not found at first": {{Status: http.StatusNotFound, Method: http.MethodGet,
			Entity: entity.DockerImage.Code}},
		"nor was the one to write":   {{Status: http.StatusNotFound, Method: http.MethodPatch}},
		"the answer to it was never": {{Status: http.StatusBadGateway, Method: http.MethodPatch}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			run := converseWith(t, tenant, arguments{"max_retries": 1})
			held, _ := run.create(imageType, api(arguments{"description": "one"}))
			held, _ = run.apply(imageType, held, api(arguments{"description": "two"}),
				run.plan(imageType, held, api(arguments{"description": "two"})))
			next := converseWith(t, tenant, arguments{"max_retries": 1}) // another run
			config := api(arguments{"description": "three"})
			planned := next.plan(imageType, held, config)
			for _, fault := range faults {
				tenant.Fail(fault)
			}
			made, warnings := next.apply(imageType, held, config, planned)
			if len(warnings) > 0 || made.text("description") != "three" ||
				tenant.Object(held.text("id"))["description"] != "three" {
				t.Errorf("%q is in the state after %q", made.text("description"), warnings)
			}
		})
	}
}

// The refresh believed what lagged for too long: the write that it did not see was this token's user's.
func TestStale_aWriteOfTheSameUserIsNotSomebodyElses(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	run := converse(t, tenant)
	held, _ := run.create(imageType, api(arguments{"description": "one"}))
	two := api(arguments{"description": "two"})
	other := converse(t, tenant) // another run
	other.apply(imageType, held, two, other.plan(imageType, held, two))
	three := api(arguments{"description": "three"})
	_, warnings := run.apply(imageType, held, three, run.plan(imageType, held, three))
	mustSay(t, warnings, "The docker image was changed outside of this run", "by the token's own user")
}

// look reads a data source, as the apply of a run does that asks nothing else of this provider.
func look(t *testing.T, run *conversation, config arguments) holding {
	t.Helper()
	known, err := run.server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	run.check(err)
	schema := known.DataSourceSchemas[imageType]
	response, err := run.server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: imageType,
		Config: run.wire(run.object(schema, config))})
	run.check(err)
	run.warnings(response.Diagnostics)
	found, err := response.State.Unmarshal(schema.ValueType())
	run.check(err)
	return holding{value: found}
}

// A data source of an apply waits for something, a pipeline for instance, that changes an object outside of this
// client.
func TestStale_aListOfBeforeAnswersNoDataSourceOfAnApply(t *testing.T) {
	t.Parallel()
	for name, wanted := range map[string]func(id string) arguments{
		"by id":              func(id string) arguments { return arguments{"id": id} },
		"by name and tag":    func(string) arguments { return arguments{"name": "app", "tag": "9"} },
		"by full image name": func(string) arguments { return arguments{"full_image_name": "app:9"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant, ids := stocked(t, 20)
			run := converse(t, tenant)
			tenAtATime(9, func(n int) { look(t, run, arguments{"name": "app", "tag": fmt.Sprint(n)}) })
			tenant.Edit(ids[9], map[string]any{"status": "2"})
			if status := look(t, run, wanted(ids[9])).text("status"); status != "Deprecated" {
				t.Errorf("the status is %s, as it was before", status)
			}
		})
	}
}

// A run that wrote is an apply, whatever it has refreshed before.
func TestStale_aListOfBeforeAnswersNoDataSourceAfterAWrite(t *testing.T) {
	t.Parallel()
	tenant, ids := stocked(t, 20)
	run := converse(t, tenant)
	held := run.refresh(imageType, holding{value: run.object(run.schemas[imageType], arguments{"id": ids[0]})})
	changed := arguments{"name": "app", "tag": "0", "status": "Deprecated"}
	run.apply(imageType, held, changed, run.plan(imageType, held, changed))
	tenAtATime(9, func(n int) { look(t, run, arguments{"name": "app", "tag": fmt.Sprint(n)}) })
	tenant.Edit(ids[9], map[string]any{"status": "2"})
	if status := look(t, run, arguments{"id": ids[9]}).text("status"); status != "Deprecated" {
		t.Errorf("the status is %s, as it was before", status)
	}
}
