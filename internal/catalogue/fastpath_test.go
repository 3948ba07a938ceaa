package catalogue_test

import (
	"maps"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/fastpath"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// That an answer of the fast path is the framework's, every test of this package sees: internal/providertest asks both.
// Here is when there is one, and when there must be none.

// Everything that a plan asks of instances which do not change, by a real engine.
func TestFastPath_aPlanWithoutChangesNeverReachesTheFramework(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	var mutex sync.Mutex
	var runs []*providertest.BothWays // of the provider, the last plan's only
	factories := map[string]func() (tfprotov6.ProviderServer, error){"demandflow": func() (tfprotov6.ProviderServer,
		error) {
		run, err := providertest.Serve()
		mutex.Lock()
		defer mutex.Unlock()
		runs = append(runs, run)
		return run, err
	}}
	config := tenant.Config(`
resource "demandflow_docker_registry" "harbor" {
  name            = "Harbor"
  url             = "https://harbor.example.com"
  registry_type   = "harbor"
  status          = "ACTIVE"
  deletion_policy = "abandon"
}
resource "demandflow_docker_image" "api" {
  count           = 3
  name            = "team/api-${count.index}"
  tag             = "1.0.0"
  status          = "Active"
  registry_id     = demandflow_docker_registry.harbor.id
  architecture    = ["arm64", "amd64"]
  env             = jsonencode({ LANG = "C.UTF-8" })
}
data "demandflow_docker_image" "api" {
  count = 4
  name  = "team/api-${count.index % 3}"
  tag   = demandflow_docker_image.api[count.index % 3].tag
}`)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
		{Config: config},
		{Config: config, PlanOnly: true, PreConfig: func() {
			mutex.Lock()
			defer mutex.Unlock()
			runs = nil
		}},
	}})
	for _, call := range []string{"ValidateResourceConfig", "UpgradeResourceState", "ReadResource", "PlanResourceChange",
		"ValidateDataResourceConfig", "ReadDataSource"} {
		byResource, byFramework := 0, 0
		for _, run := range runs {
			answered, late := run.Answered(call)
			if call == "PlanResourceChange" && answered == 0 {
				continue // the destroy at the end of the test, for which nothing is proposed
			}
			byResource, byFramework = byResource+answered, byFramework+late
		}
		if byResource < 4 || byFramework > 0 {
			t.Errorf("%s: %d answers are the fast path's and %d the framework's, want the fast path's for 4 instances", call,
				byResource,
				byFramework)
		}
	}
}

// planRequest is what Terraform asks of an instance.
func (c *conversation) planRequest(typ string, prior holding, config arguments) *tfprotov6.PlanResourceChangeRequest {
	c.Helper()
	return &tfprotov6.PlanResourceChangeRequest{
		TypeName: typ, Config: c.wire(c.object(c.schemas[typ], config)), PriorState: c.wire(prior.value),
		PriorPrivate:     prior.private,
		ProposedNewState: c.wire(c.proposed(c.schemas[typ], prior.value, config)),
	}
}

// In each of these cases the plan says something, although in some of them the state that Terraform proposes is the one
// it has.
func TestFastPath_aPlanThatSaysSomethingIsTheFrameworks(t *testing.T) {
	t.Parallel()
	described := arguments{"description": "The API.",
		"custom_fields": map[string]tftypes.Value{"team": tftypes.NewValue(tftypes.String, `"blue"`)}}
	for name, test := range map[string]struct {
		config  arguments // in place of api(described)
		private []byte    // in place of what was kept
		since   func(*providertest.Tenant)
	}{
		"parents are added": {config: api(with(maps.Clone(described),
			arguments{"parents": parentsOf("K8SCLUSTER")}))},
		"what is kept cannot be read":          {private: []byte(`{"owned_fields":"bm90IEpTT04="}`)},
		"what is kept is not a list of fields": {private: []byte(`{"owned_fields":"e30="}`)},
		"the framework keeps something too":    {private: []byte(`{".import_before_read":"dHJ1ZQ==","owned_fields":"W10="}`)},
		"the tenant has taken a field away": {since: func(tenant *providertest.Tenant) {
			tenant.EditField(imageCode,
				"description", nil)
		}},
		"the tenant has made a field required": {since: func(tenant *providertest.Tenant) {
			tenant.EditField(imageCode, "license", map[string]any{"required": true})
		}},
		"the tenant has taken an option away": {since: func(tenant *providertest.Tenant) {
			tenant.EditField(imageCode, "status", map[string]any{"options": []any{map[string]any{"id": "17", "text": "Live"}}})
		}},
		"the tenant has taken a field of its own": {since: func(tenant *providertest.Tenant) {
			tenant.EditField(imageCode,
				"team", nil)
		}},
		"the definition cannot be read": {since: func(tenant *providertest.Tenant) {
			tenant.Fail(emulator.Fault{Entity: "DEFINITION", Status: http.StatusInternalServerError, Times: -1})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			tenant.EditField(imageCode, "team", map[string]any{"type": "text", "name": "Team"})
			config := api(maps.Clone(described))
			run := converse(t, tenant)
			held, _ := run.create(imageType, config)
			if run.server.PlanFast(t.Context(), run.planRequest(imageType, held, config)) == nil {
				t.Fatal("the plan without a change is the framework's")
			}
			if test.since != nil {
				test.since(tenant)
				run = converse(t, tenant) // a definition is read once in a run
			}
			if test.config != nil {
				config = test.config
			}
			if test.private != nil {
				held.private = test.private
			}
			if run.server.PlanFast(t.Context(), run.planRequest(imageType, held, config)) != nil {
				t.Error("the plan is answered by the fast path")
			}
		})
	}
}

func parentsOf(code any) []tftypes.Value {
	typ := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"entity": tftypes.String, "id": tftypes.String}}
	return []tftypes.Value{tftypes.NewValue(typ, map[string]tftypes.Value{
		"entity": tftypes.NewValue(tftypes.String, code), "id": tftypes.NewValue(tftypes.String,
			"00000000-0000-4000-8000-000000000001"),
	})}
}

// The provider's own word for a secret that is in the state is a warning, which only the framework gives.
func TestFastPath_aConfigurationThatNeedsAWordIsTheFrameworks(t *testing.T) {
	t.Parallel()
	run := converse(t, providertest.New(t, emulator.Options{}))
	engineKnowsWriteOnly := true
	valid := func(typ string, config arguments) bool {
		return run.server.ValidateFast(&tfprotov6.ValidateResourceConfigRequest{TypeName: typ,
			Config: run.wire(run.object(run.schemas[typ], config)),
			ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{
				WriteOnlyAttributesAllowed: engineKnowsWriteOnly,
			}}) != nil
	}
	for name, config := range map[string]arguments{
		"a deletion policy":   harbor(arguments{"deletion_policy": "archive"}),
		"an unknown value":    harbor(arguments{"description": tftypes.UnknownValue}),
		"a write-only secret": harbor(arguments{"password_wo": "swordfish", "password_wo_version": 1}),
		"an unknown secret":   harbor(arguments{"password": tftypes.UnknownValue}),
		"parents":             harbor(arguments{"parents": parentsOf("K8SCLUSTER")}),
		"timeouts":            harbor(arguments{"timeouts": timeoutsOf(run, "read", "1m")}),
	} {
		if !valid(registryType, config) {
			t.Errorf("%s: the framework's to validate", name)
		}
	}
	for name, config := range map[string]arguments{
		"a value that makes no sense":   harbor(arguments{"url": "not a URL"}),
		"a required argument not set":   harbor(arguments{"status": nil}),
		"a read-only attribute set":     harbor(arguments{"id": "00000000-0000-4000-8000-000000000001"}),
		"a plain secret":                harbor(arguments{"password": "swordfish"}),
		"a version without a secret":    harbor(arguments{"password_wo_version": 1.5}),
		"a version that is a fraction":  harbor(arguments{"password_wo": "swordfish", "password_wo_version": 1.5}),
		"a version beyond all measure":  harbor(arguments{"password_wo": "swordfish", "password_wo_version": 1e20}),
		"a deletion policy that is not": harbor(arguments{"deletion_policy": "keep"}),
		"parents that make no sense":    harbor(arguments{"parents": parentsOf("cluster")}),
		"unknown parents":               harbor(arguments{"parents": tftypes.UnknownValue}),
		"a parent without an entity":    harbor(arguments{"parents": parentsOf(nil)}),
		"a time that is none":           harbor(arguments{"timeouts": timeoutsOf(run, "read", "soon")}),
		"a time that leaves none":       harbor(arguments{"timeouts": timeoutsOf(run, "read", "0s")}),
	} {
		if valid(registryType, config) {
			t.Errorf("%s: validated by the fast path", name)
		}
	}
	engineKnowsWriteOnly = false
	if valid(registryType, harbor(arguments{"password_wo": "swordfish", "password_wo_version": 1})) {
		t.Error("a write-only secret is validated by the fast path for an engine that does not know of them")
	}
	if !valid(registryType, harbor(arguments{"password": "swordfish"})) {
		t.Error("a plain secret is the framework's to validate, although the engine has no other")
	}
}

// DemandFlow is asked once, whether the fast path answers or the framework.
func TestFastPath_aReadThatSaysSomethingIsTheFrameworksAndReadsOnce(t *testing.T) {
	t.Parallel()
	const elsewhere = "99999999-0000-4000-8000-000000000001"
	for name, test := range map[string]struct {
		since    func(*testing.T, *providertest.Tenant, string)
		identity string // the tenant in it
		private  []byte
	}{
		"the object is gone": {since: func(_ *testing.T, tenant *providertest.Tenant, id string) { tenant.Remove(id) }},
		"a value cannot be understood": {since: func(_ *testing.T, tenant *providertest.Tenant, id string) {
			tenant.Edit(id, map[string]any{"size": "huge"})
		}},
		"DemandFlow fails": {since: func(_ *testing.T, tenant *providertest.Tenant, id string) {
			tenant.Fail(emulator.Fault{Path: "/v1/objects/" + id, Status: http.StatusForbidden, Times: -1})
		}},
		"the identity is another tenant's": {identity: elsewhere},
		"it was just imported":             {private: []byte(`{".import_before_read":"dHJ1ZQ==","owned_fields":"W10="}`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var later atomic.Int64
			tenant := providertest.New(t, emulator.Options{Now: func() time.Time {
				return time.Now().Add(time.Duration(
					later.Load()))
			}})
			run := converse(t, tenant)
			config := api(arguments{"description": "The API."})
			held, _ := run.create(imageType, config)
			id := held.text("id")
			later.Store(int64(time.Hour)) // what is young and missing is asked for again
			if test.since != nil {
				test.since(t, tenant, id)
			}
			if test.private != nil {
				held.private = test.private
			}
			request := &tfprotov6.ReadResourceRequest{TypeName: imageType, CurrentState: run.wire(held.value),
				Private: held.private}
			if test.identity != "" {
				identity := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String,
					"subscription_id": tftypes.String}}
				request.CurrentIdentity = &tfprotov6.ResourceIdentityData{IdentityData: run.wire(tftypes.NewValue(identity,
					map[string]tftypes.Value{
						"id": tftypes.NewValue(tftypes.String, id), "subscription_id": tftypes.NewValue(tftypes.String, test.identity),
					}))}
			}
			tenant.ResetRequests()
			_, err := run.server.Server.ReadResource(t.Context(), request) // as the provider serves it
			run.check(err)
			reads := 0
			for _, sent := range tenant.Requests() {
				if strings.HasSuffix(sent.Path, id) {
					reads++
				}
			}
			if reads != 1 {
				t.Errorf("%d requests read the object, want 1", reads)
			}
			if run.server.ReadFast(fastpath.Remembering(t.Context()), request) != nil {
				t.Error("the read is answered by the fast path")
			}
		})
	}
}
