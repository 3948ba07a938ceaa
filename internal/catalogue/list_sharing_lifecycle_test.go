package catalogue_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// stocked is a tenant with so many images app:0, app:1 …, and their ids.
func stocked(t *testing.T, images int) (*providertest.Tenant, []string) {
	t.Helper()
	tenant := providertest.New(t, emulator.Options{})
	objects := make([]map[string]any, images)
	for n := range objects {
		objects[n] = map[string]any{"entity": entity.DockerImage.Code, "name": "app", "tag": fmt.Sprint(n), "status": "1"}
	}
	ids, err := tenant.Seed(objects...)
	if err != nil {
		t.Fatal(err)
	}
	return tenant, ids
}

// tenAtATime does something for each number below n, as Terraform does with its default parallelism.
func tenAtATime(n int, do func(n int)) {
	numbers := make(chan int, n)
	for number := range n {
		numbers <- number
	}
	close(numbers)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			for number := range numbers {
				do(number)
			}
		})
	}
	all.Wait()
}

// sentLines are a tenant's requests as "POST /v1/query".
func sentLines(tenant *providertest.Tenant) []string {
	var lines []string
	for _, request := range tenant.Requests() {
		lines = append(lines, request.Method+" "+request.Path)
	}
	return lines
}

// Thousands are for the benchmark, which checks the numbers of requests too: here each refresh is answered twice, and
// under the race detector.
func TestListSharing_aRefreshOfManyImagesIsAHandfulOfRequests(t *testing.T) {
	t.Parallel()
	for _, concurrent := range []int{10, 1} {
		t.Run(fmt.Sprintf("%d at a time", concurrent), func(t *testing.T) {
			t.Parallel()
			tenant, ids := stocked(t, 60)
			run := converseWith(t, tenant, arguments{"max_concurrent_requests": concurrent})
			tenAtATime(60, func(n int) {
				held := run.refresh(imageType, holding{value: run.object(run.schemas[imageType], arguments{"id": ids[n]})})
				if tag := held.text("tag"); tag != fmt.Sprint(n) {
					t.Errorf("image %d has the tag %q", n, tag)
				}
			})
			if lines := sentLines(tenant); len(lines) > 10 {
				t.Errorf("%d requests, the first of them %q", len(lines), lines[:10])
			}
		})
	}
}

func TestListSharing_manyLookUpsAreAHandfulOfRequests(t *testing.T) {
	t.Parallel()
	for name, lookUp := range map[string]func(n int) arguments{
		"name and tag":    func(n int) arguments { return arguments{"name": "app", "tag": fmt.Sprint(n)} },
		"full image name": func(n int) arguments { return arguments{"full_image_name": fmt.Sprintf("app:%d", n)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant, ids := stocked(t, 60)
			run := converse(t, tenant)
			known, err := run.server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
			run.check(err)
			schema := known.DataSourceSchemas[imageType]
			// only a plan does
			run.refresh(imageType, holding{value: run.object(run.schemas[imageType], arguments{"id": ids[0]})})
			tenAtATime(60, func(n int) {
				response, err := run.server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
					TypeName: imageType, Config: run.wire(run.object(schema, lookUp(n))),
				})
				run.check(err)
				run.warnings(response.Diagnostics)
				found, err := response.State.Unmarshal(schema.ValueType())
				run.check(err)
				if id := (holding{value: found}).text("id"); id != ids[n] {
					t.Errorf("look-up %d finds %q, want %q", n, id, ids[n])
				}
			})
			if lines := sentLines(tenant); len(lines) > 5 {
				t.Errorf("%d requests, the first of them %q", len(lines), lines[:5])
			}
		})
	}
}

func TestListSharing_aFewOfManyAreNotListedFor(t *testing.T) {
	t.Parallel()
	tenant, ids := stocked(t, 20_000)
	run := converse(t, tenant)
	tenAtATime(10, func(n int) {
		run.refresh(imageType, holding{value: run.object(run.schemas[imageType], arguments{"id": ids[n]})})
	})
	for _, request := range tenant.Requests() {
		if lines, ok := request.Body.([]any); ok && lines[0].(map[string]any)["countOnly"] != true {
			t.Errorf("%s %s has %v", request.Method, request.Path, lines)
		}
	}
	if lines := sentLines(tenant); len(lines) > 15 {
		t.Errorf("%d requests: %q", len(lines), lines)
	}
}

// What was deleted in DemandFlow is missing in the list, and is asked for once more before it counts as gone.
func TestListSharing_whatIsGoneIsPlannedAgainAndNothingElse(t *testing.T) {
	t.Parallel()
	const images = `
		resource "demandflow_docker_image" "app" {
		  count  = 30
		  name   = "app"
		  tag    = count.index
		  status = "Active"
		}`
	tenant := providertest.New(t, emulator.Options{})
	gone := ""
	var checks []plancheck.PlanCheck
	for n := range 30 {
		action := plancheck.ResourceActionNoop
		if n == 17 {
			action = plancheck.ResourceActionCreate
		}
		checks = append(checks, plancheck.ExpectResourceAction(fmt.Sprintf("demandflow_docker_image.app[%d]", n), action))
	}
	tenant.Run(t,
		resource.TestStep{Config: images},
		resource.TestStep{
			PreConfig: func() {
				gone = idOf(t, tenant, "17")
				tenant.Remove(gone)
				tenant.ResetRequests()
			},
			Config: images, PlanOnly: true, ExpectNonEmptyPlan: true,
		},
		resource.TestStep{
			PreConfig: func() {
				lines := sentLines(tenant)
				gets := slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
					return !strings.HasPrefix(line,
						http.MethodGet)
				})
				if !slices.Contains(lines, "GET /v1/objects/"+gone) || len(gets) > 15 {
					t.Errorf("the plan sent %q, want the missing object and few others asked for singly", lines)
				}
			},
			Config:           images,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: checks},
		},
	)
}

// idOf is the id of the image app with a tag.
func idOf(t *testing.T, tenant *providertest.Tenant, tag string) string {
	t.Helper()
	run := converse(t, tenant)
	imported, err := run.server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: imageType,
		ID: "app:" + tag})
	run.check(err)
	run.warnings(imported.Diagnostics)
	return holding{value: run.value(imageType, imported.ImportedResources[0].State)}.text("id")
}
