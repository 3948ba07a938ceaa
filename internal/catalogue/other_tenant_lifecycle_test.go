package catalogue_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// switchedTenants is a server that has one tenant answer, and from some request on another.
type switchedTenants struct {
	*httptest.Server
	tenant, other *providertest.Tenant
	left          atomic.Int64 // requests until the other tenant answers
}

const never = 1 << 40

func switched(t *testing.T) *switchedTenants {
	t.Helper()
	s := &switchedTenants{
		tenant: providertest.New(t, emulator.Options{}),
		other:  providertest.New(t, emulator.Options{Subscription: otherSubscription}),
	}
	s.left.Store(never)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.left.Add(-1) < 0 {
			s.other.ServeHTTP(w, r)
			return
		}
		s.tenant.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// after has the other tenant answer after some requests of a step.
func (s *switchedTenants) after(requests int64, step resource.TestStep) resource.TestStep {
	step.PreConfig = func() { s.left.Store(requests) }
	return step
}

func (s *switchedTenants) run(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	for i := range steps {
		if !steps[i].RefreshState {
			steps[i].Config = at(s.URL, steps[i].Config)
		}
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: steps})
}

func (s *switchedTenants) seedOther(t *testing.T) {
	t.Helper()
	for _, name := range []string{"one", "two"} {
		if _, err := s.other.Seed(map[string]any{
			"entity": entity.DockerRegistry.Code, "name": name, "url": "https://r.example.com", "registryType": "1",
			"status": "1",
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// Wherever in a run the other tenant begins to answer: nothing is dropped, and nothing of it is taken.
func TestOtherTenant_dropsNothingFromTheState(t *testing.T) {
	t.Parallel()
	for first := range int64(6) {
		for _, stocked := range []bool{true, false} {
			t.Run(fmt.Sprintf("after %d requests, with objects: %t", first, stocked), func(t *testing.T) {
				t.Parallel()
				s := switched(t)
				if stocked {
					s.seedOther(t)
				}
				s.run(t,
					resource.TestStep{Config: imageInRegistry},
					s.after(first, resource.TestStep{RefreshState: true,
						ExpectError: regexp.MustCompile(otherSubscription + `|Cannot read`)}),
					s.after(never, resource.TestStep{Config: imageInRegistry, ConfigPlanChecks: emptyPlan}),
				)
			})
		}
	}
}

// What a delete or an archive finds missing in another tenant is still there.
func TestOtherTenant_isNotBelievedThatAnObjectIsGone(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"archive", "delete"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			s := switched(t)
			config := `
resource "demandflow_docker_registry" "hub" {
  name            = "hub"
  url             = "hub.example.com"
  registry_type   = "Docker Hub"
  status          = "Active"
  deletion_policy = "` + policy + `"
}`
			s.run(t,
				resource.TestStep{Config: config},
				s.after(2, resource.TestStep{Config: "# nothing",
					ExpectError: regexp.MustCompile(`(?s)another\s+tenant|of\s+the\s+subscription`)}),
				s.after(never, resource.TestStep{Config: config, ConfigPlanChecks: emptyPlan}),
			)
		})
	}
}

// An object of another tenant is no data: a plan would destroy what a for_each has no key for any more.
func TestOtherTenant_givesDataSourcesNothing(t *testing.T) {
	t.Parallel()
	config := `
resource "demandflow_docker_registry" "hub" {
  name          = "hub"
  url           = "hub.example.com"
  registry_type = "Docker Hub"
  status        = "Active"
}
data "demandflow_docker_registries" "all" {
  order_by = demandflow_docker_registry.hub.id == "" ? null : "name_asc"
}
`
	for first := range int64(4) {
		t.Run(fmt.Sprintf("after %d requests", first), func(t *testing.T) {
			t.Parallel()
			s := switched(t)
			s.seedOther(t)
			s.run(t,
				resource.TestStep{Config: config},
				s.after(first, resource.TestStep{Config: config,
					ExpectError: regexp.MustCompile(`(?s)(of\s+the\s+subscription|token\s+is\s+of).*` + otherSubscription)}),
				s.after(never, resource.TestStep{Config: config, ConfigPlanChecks: emptyPlan}),
			)
		})
	}
}

// A list without an object is counted before it is believed.
func TestList_thatIsEmptyThoughTheTenantHasObjectsIsAnError(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"an empty list": {Status: 200, Body: "[]"}, "nothing": {Status: 200, Empty: true}, "204": {Status: 204, Empty: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := catalogue(t, emulator.Options{})
			fault.Path, fault.Times = "/v1/entities", -1
			const list = `
data "demandflow_docker_registries" "all" {}
`
			tenant.Run(t,
				resource.TestStep{PreConfig: func() { tenant.Fail(fault) }, Config: list,
					ExpectError: regexp.MustCompile(`(?s)the\s+list\s+is\s+empty,\s+and\s+by\s+a\s+count\s+the\s+tenant\s+has\s+2`)},
				resource.TestStep{PreConfig: tenant.ClearFaults, Config: list},
			)
		})
	}
}
