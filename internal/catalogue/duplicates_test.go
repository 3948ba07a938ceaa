package catalogue_test

import (
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const (
	imageType    = "demandflow_docker_image"
	registryType = "demandflow_docker_registry"
)

// api and harbor are resources with what is required and no more.
func api(more arguments) arguments {
	return with(arguments{"name": "team/api", "tag": "1.0.0", "status": "Active"}, more)
}

func harbor(more arguments) arguments {
	return with(arguments{"name": "harbor", "url": "https://harbor.example.com", "registry_type": "Harbor",
		"status": "Active"}, more)
}

func with(config, more arguments) arguments {
	maps.Copy(config, more)
	return config
}

// mustSay checks that there is one warning, and that it says all of this.
func mustSay(t *testing.T, warnings []string, parts ...string) {
	t.Helper()
	if len(warnings) != 1 {
		t.Fatalf("%d warnings, want one: %q", len(warnings), warnings)
	}
	for _, part := range parts {
		if !strings.Contains(warnings[0], part) {
			t.Errorf("the warning does not say %q:\n%s", part, warnings[0])
		}
	}
}

func TestTwins_oneThatThisRunMadeIsNamedInAWarningAndCostsNoRequest(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	run := converse(t, tenant)
	first, warnings := run.create(imageType, api(nil))
	if len(warnings) > 0 {
		t.Errorf("a create without twins warns: %q", warnings)
	}
	tenant.ResetRequests()
	second, warnings := run.create(imageType, api(arguments{"description": "Another."}))
	mustSay(t, warnings, "Another docker image has this name", "team/api:1.0.0 and no registry_id", "id "+first.text("id")+
		", Active, created 20", "import it instead of creating it")
	if requests := tenant.Requests(); len(requests) != 1 || requests[0].Method != "POST" {
		t.Errorf("the create sent %+v, want its POST alone", requests)
	}
	_, warnings = run.create(imageType, api(nil))
	mustSay(t, warnings, first.text("id"), second.text("id"))
	if _, warnings = run.create(imageType, api(arguments{"tag": "1.0.1"})); len(warnings) > 0 {
		t.Errorf("another tag warns: %q", warnings)
	}
}

// seedHarbor puts a registry into the tenant that no run has made.
func seedHarbor(t *testing.T, tenant *providertest.Tenant, status string) (id string) {
	t.Helper()
	ids, err := tenant.Seed(map[string]any{"entity": entity.DockerRegistry.Code, "name": "harbor", "url": "x",
		"registryType": "2", "status": status})
	if err != nil {
		t.Fatal(err)
	}
	return ids[0]
}

// A run that ended between a create and its state leaves an object that only a look finds.
func TestTwins_oneThatNobodyHasReadIsNamedWithTheBlockThatTakesItOver(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	id := seedHarbor(t, tenant, "1")
	_, warnings := converse(t, tenant).create(registryType, harbor(nil))
	mustSay(t, warnings, "Another docker registry has this name", "with the name harbor:", "id "+id+", Active, created 20",
		"  import {\n    to = demandflow_docker_registry.NAME\n    id = \""+id+"\"\n  }")
	if strings.Contains(warnings[0], "archive") {
		t.Errorf("it speaks of archiving:\n%s", warnings[0])
	}
}

func TestTwins_oneThatIsArchivedIsSaidToBeSo(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.EditField(entity.DockerRegistry.Code, "status", map[string]any{"options": []any{
		map[string]any{"id": "1", "text": "Active"}, map[string]any{"id": "9", "text": "Inactive"},
	}})
	id := seedHarbor(t, tenant, "9")
	_, warnings := converse(t, tenant).create(registryType, harbor(nil))
	mustSay(t, warnings, "id "+id+", Inactive, created 20", `probably left by a destroy with deletion_policy = "archive"`)
}

// As Terraform plans: ten at a time.
func TestTwins_ofManyPlannedCreatesAreAskedForAHandfulOfTimes(t *testing.T) {
	t.Parallel()
	tenant, _ := stocked(t, 30)
	run := converse(t, tenant)
	var warned atomic.Int32
	tenAtATime(60, func(n int) {
		warned.Add(int32(len(run.planWarnings(imageType, run.none(imageType),
			api(arguments{"name": "app", "tag": fmt.Sprint(n)})))))
	})
	if warned.Load() != 30 {
		t.Errorf("%d warnings, want 30", warned.Load())
	}
	if lines := sentLines(tenant); len(lines) > 4 {
		t.Errorf("%d requests for 60 creates: %q", len(lines), lines)
	}
}

func TestTwins_whereDemandFlowRefusesAQueryNothingIsSaid(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	seedHarbor(t, tenant, "1")
	tenant.Fail(emulator.Fault{Path: "/v1/query", Times: -1, Status: 403})
	run := converseWith(t, tenant, arguments{"subscription_id": emulator.DefaultSubscription})
	if _, warnings := run.create(registryType, harbor(nil)); len(warnings) > 0 {
		t.Errorf("it warns: %q", warnings)
	}
}

func TestTwins_twoOfOnePlanAreNamedInAWarningOfTheSecond(t *testing.T) {
	t.Parallel()
	run := converse(t, catalogue(t, emulator.Options{}))
	plan := func(more arguments) []string { return run.planWarnings(imageType, run.none(imageType), api(more)) }
	if warnings := plan(nil); len(warnings) > 0 {
		t.Errorf("the first warns: %q", warnings)
	}
	mustSay(t, plan(arguments{"description": "Another."}), "Another planned docker image has this name",
		"team/api:1.0.0 and no registry_id", "count and for_each")
	for name, more := range map[string]arguments{
		"another tag":              {"tag": "1.0.1"},
		"a registry":               {"registry_id": prodID},
		"a registry nobody knows":  {"registry_id": tftypes.UnknownValue},
		"another such":             {"registry_id": tftypes.UnknownValue},
		"a name that nobody knows": {"name": tftypes.UnknownValue},
	} {
		if warnings := plan(more); len(warnings) > 0 {
			t.Errorf("%s warns: %q", name, warnings)
		}
	}
}

// Nothing is asked for: what the run has read, and what it plans, is compared.
func TestTwins_aNewNameThatAnotherHasIsNamedInAWarning(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	run := converse(t, tenant)
	first, _ := run.create(imageType, api(nil))
	second, _ := run.create(imageType, api(arguments{"tag": "2.0.0"}))
	before := len(sentLines(tenant))
	renamed := func(state holding, tag string) []string {
		return run.planWarnings(imageType, state, api(arguments{"tag": tag}))
	}
	if warnings := renamed(second, "2.0.0"); len(warnings) > 0 {
		t.Errorf("what keeps its name warns: %q", warnings)
	}
	mustSay(t, renamed(second, "1.0.0"), "Another docker image has this name", "id "+first.text("id"),
		"If this plan renames or deletes that object")
	if warnings := renamed(first, "3.0.0"); len(warnings) > 0 {
		t.Errorf("a free name warns: %q", warnings)
	}
	mustSay(t, run.planWarnings(imageType, run.none(imageType), api(arguments{"tag": "3.0.0"})),
		"Another planned docker image has this name", "Terraform gives more than one docker image the name team/api:3.0.0")
	if warnings := renamed(second, "1.0.0"); len(warnings) > 0 {
		t.Errorf("a name that the plan takes from another one warns: %q", warnings)
	}
	for _, warning := range run.planWarnings(imageType, run.none(imageType), api(nil)) {
		if strings.Contains(warning, "import {") {
			t.Errorf("it says to import what the plan renames: %s", warning)
		}
	}
	if after := len(sentLines(tenant)); after > before+1 { // of the create
		t.Errorf("%d requests", after-before)
	}
}

// The same name and tag in two registries are two images.
func TestTwins_inAnotherRegistryAreNone(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	const images = `
resource "demandflow_docker_registry" "a" {
  name          = "a"
  url           = "https://a.example.com"
  registry_type = "Harbor"
  status        = "Active"
}
resource "demandflow_docker_image" "in_a" {
  name        = "api"
  tag         = "1.0"
  status      = "Active"
  registry_id = demandflow_docker_registry.a.id
}`
	tenant.Run(t, resource.TestStep{Config: images})
	run := converse(t, tenant)
	plan := func(registry any) []string {
		return run.planWarnings(imageType, run.none(imageType), arguments{"name": "api", "tag": "1.0", "status": "Active",
			"registry_id": registry})
	}
	if warnings := plan(nil); len(warnings) > 0 {
		t.Errorf("without a registry it warns: %q", warnings)
	}
	mustSay(t, plan(prodID), "api:1.0 and the registry_id "+prodID, "33333333-")
}

// A plan of a replacement ends with a plan of a create, and the object that goes is no twin of the one that comes.
func TestTwins_whatIsReplacedIsNone(t *testing.T) {
	t.Parallel()
	for _, written := range []bool{true, false} {
		run := converse(t, providertest.New(t, emulator.Options{}))
		held, _ := run.create(imageType, api(nil))
		if !written { // as after an import: nothing is known of what the configuration owns
			held.private = nil
		}
		held = run.refresh(imageType, held)
		moved := api(arguments{"parents": []tftypes.Value{tftypes.NewValue(
			tftypes.Object{AttributeTypes: map[string]tftypes.Type{"entity": tftypes.String, "id": tftypes.String}},
			map[string]tftypes.Value{"entity": tftypes.NewValue(tftypes.String, "K8SCLUSTER"),
				"id": tftypes.NewValue(tftypes.String, clusterID)},
		)}})
		replaced := run.none(imageType)
		replaced.private = run.plan(imageType, held, moved).private
		if warnings := run.planWarnings(imageType, replaced, moved); len(warnings) > 0 {
			t.Errorf("written by Terraform %t: the create of a replacement warns: %q", written, warnings)
		}
	}
}

// What a destroy leaves in DemandFlow is no twin of what takes its place in the same run.
func TestTwins_whatIsArchivedInTheSameRunIsNone(t *testing.T) {
	t.Parallel()
	run := converse(t, providertest.New(t, emulator.Options{}))
	held, _ := run.create(imageType, api(arguments{"deletion_policy": "archive"}))
	none := run.wire(run.none(imageType).value)
	mustSay(t, run.warnings(run.applied(held, none, none, held.private)), "The docker image is still in DemandFlow",
		"archived")
	if warnings := run.planWarnings(imageType, run.none(imageType), api(nil)); len(warnings) > 0 {
		t.Errorf("it warns: %q", warnings)
	}
}
