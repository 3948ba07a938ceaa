package catalogue_test

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

func output(name, value string) statecheck.StateCheck {
	return statecheck.ExpectKnownOutputValue(name, knownvalue.StringExact(value))
}

func TestDataSource_findsOneObjectByAnyOfItsKeys(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	tenant.Run(t, resource.TestStep{
		Config: `
data "demandflow_docker_registry" "by_id"   { id = "` + prodID + `" }
data "demandflow_docker_registry" "by_name" { name = "staging" }
data "demandflow_docker_registry" "by_url"  { url = "REGISTRY.example.com" }
data "demandflow_docker_image" "by_full_name" { full_image_name = "registry.example.com/team/api:1.0" }
data "demandflow_docker_image" "by_name_and_tag" {
  name = "web"
  tag  = "2.1"
}
data "demandflow_docker_image" "in_a_registry" {
  name        = "api"
  tag         = "1.0"
  registry_id = data.demandflow_docker_registry.by_name.id
}
output "by_id"           { value = data.demandflow_docker_registry.by_id.name }
output "by_name"         { value = data.demandflow_docker_registry.by_name.registry_type }
output "by_url"          { value = "${data.demandflow_docker_registry.by_url.id} ${data.demandflow_docker_registry.by_url.url}" }
output "by_full_name"    { value = data.demandflow_docker_image.by_full_name.id }
output "by_name_and_tag" { value = data.demandflow_docker_image.by_name_and_tag.id }
output "in_a_registry"   { value = data.demandflow_docker_image.in_a_registry.status }
output "pinned"          { value = replace(data.demandflow_docker_image.by_full_name.pinned_reference, "/[0-9a-f]{64}/", "HEX") }
`,
		ConfigStateChecks: []statecheck.StateCheck{
			output("by_id", "prod"),
			output("by_name", "Quay.io"),
			output("by_url", prodID+" REGISTRY.example.com"),
			output("by_full_name", "33333333-3333-4333-8333-333333333333"),
			output("by_name_and_tag", "55555555-5555-4555-8555-555555555555"),
			output("in_a_registry", "Deprecated"),
			output("pinned", "registry.example.com/team/api@sha256:HEX"),
		},
	})
}

func TestDataSource_whatIsNotExactlyOneObjectIsAnErrorThatListsCandidates(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	var steps []resource.TestStep
	for _, test := range []struct{ hcl, says string }{
		{`data "demandflow_docker_image" "it" {
  name = "api"
  tag  = "1.0"
}`, `(?s)More than one docker image found.*2 docker images match name "api" and tag "1.0".*3333\S+ Active, created 20.*4444\S+ Deprecated, created 20`},
		{`data "demandflow_docker_image" "it" {
  name = "web"
  tag  = "2.3"
}`, `(?s)No such docker image.*name "web" and tag "2.3".*The nearest are:.*web:2.1`},
		{`data "demandflow_docker_registry" "it" { name = "production" }`,
			`(?s)No such docker registry.*The nearest are:.*prod, https://registry.example.com/ \(id 1111`},
		{`data "demandflow_docker_image" "it" { id = "` + prodID + `" }`,
			`(?s)No such docker image.*has no docker image with the id`},
		{`data "demandflow_docker_image" "it" {}`, `(?s)Invalid look-up of docker image.*exactly one of`},
		{`data "demandflow_docker_image" "it" { id = "" }`, `(?s)Invalid id.*id = "".*It is empty, which finds nothing`},
		{`data "demandflow_docker_registry" "it" { name = "" }`,
			`(?s)Invalid name.*name = "".*It is empty, which finds nothing`},
		{`data "demandflow_docker_image" "it" { name = "web" }`, `(?s)Invalid look-up of docker image.*gives name "web"`},
		{`data "demandflow_docker_registry" "it" {
  name = "prod"
  url  = "registry.example.com"
}`, `(?s)Invalid look-up of docker registry`},
	} {
		steps = append(steps, resource.TestStep{Config: test.hcl, ExpectError: regexp.MustCompile(test.says)})
	}
	tenant.Run(t, steps...)
}

func TestPlural_filtersOrdersAndLimits(t *testing.T) {
	t.Parallel()
	for name, answers := range spellings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := catalogue(t, emulator.Options{Answers: answers})
			tenant.Run(t, resource.TestStep{
				Config: `
data "demandflow_docker_images" "all" {}
data "demandflow_docker_images" "by_name_desc" { order_by = "name_desc" }
data "demandflow_docker_images" "by_status" { order_by = "status_asc" }
data "demandflow_docker_images" "active" { status = "active" }
data "demandflow_docker_images" "web" { name = "web" }
data "demandflow_docker_images" "rc" { tag_regex = "-rc\\d+$" }
data "demandflow_docker_images" "starts_with_a" { name_regex = "^a" }
data "demandflow_docker_images" "prod" { registry_id = "` + prodID + `" }
data "demandflow_docker_images" "arm" { architecture = "ARM64" }
data "demandflow_docker_images" "tier" { labels = { team = "a", tier = "1" } }
data "demandflow_docker_images" "none" { labels = { team = "z" } }
data "demandflow_docker_images" "two" {
  limit    = 2
  order_by = "created_at_desc"
}
data "demandflow_docker_registries" "harbor" { registry_type = "harbor" }
data "demandflow_docker_registries" "all" { order_by = "name_desc" }
locals {
  tags = { for name, found in {
    all = data.demandflow_docker_images.all, by_name_desc = data.demandflow_docker_images.by_name_desc, by_status = data.demandflow_docker_images.by_status,
    active = data.demandflow_docker_images.active, web = data.demandflow_docker_images.web, rc = data.demandflow_docker_images.rc,
    starts_with_a = data.demandflow_docker_images.starts_with_a, prod = data.demandflow_docker_images.prod, arm = data.demandflow_docker_images.arm,
    tier = data.demandflow_docker_images.tier, none = data.demandflow_docker_images.none, two = data.demandflow_docker_images.two,
  } : name => "${join(" ", [for image in found.images : substr(image.id, 0, 1)])} of ${found.total_count}" }
}
output "tags" { value = jsonencode(local.tags) }
output "registries" { value = join(" ", concat(data.demandflow_docker_registries.harbor.registries[*].name, data.demandflow_docker_registries.all.registries[*].name)) }
`,
				ConfigStateChecks: []statecheck.StateCheck{
					output("tags", `{"active":"3 5 of 2","all":"3 4 5 6 of 4","arm":"3 of 1","by_name_desc":"5 6 3 4 of 4","by_status":"3 5 6 4 of 4","none":" of 0",`+
						`"prod":"3 6 of 2","rc":"6 of 1","starts_with_a":"3 4 of 2","tier":"3 of 1","two":"6 5 of 4","web":"5 6 of 2"}`),
					output("registries", "prod staging prod"),
				},
			})
		})
	}
}

func TestPlural_ofAnEmptyTenantIsAnAnswer(t *testing.T) {
	t.Parallel()
	providertest.New(t, emulator.Options{}).Run(t, resource.TestStep{
		Config: `
data "demandflow_docker_images" "all" {}
output "all" { value = "${length(data.demandflow_docker_images.all.images)} ${data.demandflow_docker_images.all.total_count}" }
`,
		ConfigStateChecks: []statecheck.StateCheck{output("all", "0 0")},
	})
}

func TestPlural_badArgumentsAreErrorsOnThem(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	var steps []resource.TestStep
	for argument, says := range map[string]string{
		`name_regex = "("`:     `is not a regular expression`,
		`status = "Activ"`:     `Did you mean "Active"?`,
		`limit = 0`:            `must be at least 1`,
		`order_by = "size"`:    `value must be one of`,
		`registry_id = "prod"`: `"prod" is not an id.`,
		`status = ""`:          `it is empty`,
	} {
		steps = append(steps, resource.TestStep{Config: "data \"demandflow_docker_images\" \"it\" {\n  " + argument + "\n}",
			PlanOnly: true, ExpectError: saying(argument, says)})
	}
	tenant.Run(t, steps...)
}

func TestPlural_aListThatBreaksOffIsAnErrorAndNeverAShortList(t *testing.T) {
	t.Parallel()
	const hcl = `data "demandflow_docker_images" "all" {}`
	for name, fault := range map[string]emulator.Fault{
		"an error item":      {ErrorItem: "shard 3 is down", ErrorAfter: 2},
		"a cut connection":   {Truncate: 300},
		"garbage under 200":  {Status: 200, Body: "<html>please log in</html>"},
		"an array left open": {Status: 200, Body: `[{"_type":"data","id":"x"},`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := catalogue(t, emulator.Options{})
			fault.Path, fault.Times = "/v1/entities/", -1
			tenant.Fail(fault)
			tenant.Run(t, resource.TestStep{Config: hcl, ExpectError: regexp.MustCompile("Cannot list docker images")})
		})
	}
}

func TestWorkloads_runAnImageByItsFullNameWithAndWithoutTheTagField(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	workload := func(name, image, tag string) map[string]any {
		return map[string]any{"entity": entity.K8sWorkload.Code, "name": name, "image": image, "imageTag": tag,
			"workloadType": "1", "status": "7"}
	}
	if _, err := tenant.Seed(
		workload("with-tag", "registry.example.com/team/api:1.0", ""),
		workload("tag-apart", "registry.example.com/team/api", "1.0"),
		workload("other-tag", "registry.example.com/team/api", "1.1"),
		workload("other-registry", "staging.example.com/team/api:1.0", ""),
		workload("longer-name", "registry.example.com/team/api-gateway:1.0", ""),
		workload("unreadable", "registry.example.com/team/API api", ""),
		workload("pinned", "registry.example.com/team/api@"+digestOf(t, tenant, "33333333-3333-4333-8333-333333333333"), ""),
		workload("pinned-and-tagged", "registry.example.com/team/api:1.0@"+
			digestOf(t, tenant, "33333333-3333-4333-8333-333333333333"), ""),
		workload("pinned-to-another", "registry.example.com/team/api@"+
			digestOf(t, tenant, "44444444-4444-4444-8444-444444444444"), ""),
		workload("short", "web:2.1", ""),
		workload("short-pinned", "web@"+digestOf(t, tenant, "55555555-5555-4555-8555-555555555555"), ""),
		workload("long", "docker.io/library/web", "2.1"),
	); err != nil {
		t.Fatal(err)
	}
	tenant.Run(t,
		resource.TestStep{
			Config: `
data "demandflow_docker_image_workloads" "by_id"   { docker_image_id = "33333333-3333-4333-8333-333333333333" }
data "demandflow_docker_image_workloads" "by_name" { full_image_name = "web:2.1" }
data "demandflow_docker_image_workloads" "by_long_name" { full_image_name = "docker.io/library/web:2.1" }
output "by_long_name" { value = join(" ", data.demandflow_docker_image_workloads.by_long_name.workloads[*].name) }
data "demandflow_docker_image_workloads" "by_full_name" { full_image_name = "registry.example.com/team/api:1.0" }
output "by_full_name" { value = join(" ", data.demandflow_docker_image_workloads.by_full_name.workloads[*].name) }
data "demandflow_docker_image_workloads" "none"    { full_image_name = "nobody/runs:this" }
output "by_id"   { value = join(" ", data.demandflow_docker_image_workloads.by_id.workloads[*].name) }
output "by_name" { value = join(" ", data.demandflow_docker_image_workloads.by_name.workloads[*].name) }
output "none"    { value = tostring(data.demandflow_docker_image_workloads.none.total_count) }
output "typed"   { value = "${data.demandflow_docker_image_workloads.by_id.workloads[0].workload_type} ${data.demandflow_docker_image_workloads.by_id.workloads[0].status}" }
`,
			ConfigStateChecks: []statecheck.StateCheck{
				output("by_id", "pinned pinned-and-tagged tag-apart with-tag"), output("by_name", "long short short-pinned"),
				output("by_long_name", "long short short-pinned"),
				output("by_full_name", "pinned pinned-and-tagged tag-apart with-tag"), output("none", "0"),
				output("typed", "Deployment CrashLoopBackOff"),
				statecheck.ExpectKnownValue("data.demandflow_docker_image_workloads.by_id", tfjsonpath.New("full_image_name"),
					knownvalue.StringExact("registry.example.com/team/api:1.0")),
			},
		},
		resource.TestStep{Config: `data "demandflow_docker_image_workloads" "it" {}`, PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)Give exactly one of`)},
		resource.TestStep{Config: `data "demandflow_docker_image_workloads" "it" { full_image_name = "Not An Image" }`,
			PlanOnly: true, ExpectError: regexp.MustCompile(`does not name an image`)},
		resource.TestStep{Config: `# nothing`},
	)
}

func digestOf(t *testing.T, tenant *providertest.Tenant, id string) string {
	t.Helper()
	digest, ok := tenant.Object(id)["imageId"].(string)
	if !ok {
		t.Fatalf("the image %s has no digest", id)
	}
	return digest
}
