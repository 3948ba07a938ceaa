package provider_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// runFunctions runs steps that use functions alone, so that no block configures the provider: it gets neither token nor
// endpoint.
func runFunctions(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	t.Setenv("DEMANDFLOW_TOKEN", "")
	t.Setenv("DEMANDFLOW_ENDPOINT", "")
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: steps})
}

const zeroDigest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"

func TestFunctions_workWithoutAToken(t *testing.T) {
	runFunctions(t, resource.TestStep{
		Config: `
			locals {
				tags = ["latest", "1.27.3", "v1.27.4"]
			}
			output "parts" {
				value = provider::demandflow::parse_image_reference("nginx:1.27.3")
			}
			output "full" {
				value = provider::demandflow::normalize_image_reference("quay.io/a/b")
			}
			output "pinned" {
				value = provider::demandflow::pin_image_reference("nginx:1.27.3", "` + zeroDigest + `")
			}
			output "is_pinned" {
				value = provider::demandflow::image_reference_is_pinned("nginx:1.27.3")
			}
			output "platform" {
				value = provider::demandflow::parse_platform("linux/arm64")
			}
			output "platform_again" {
				value = provider::demandflow::format_platform(merge(provider::demandflow::parse_platform("linux/arm/v7"), { digest = "beside" }))
			}
			output "matching" {
				value = [for tag in local.tags : tag if provider::demandflow::image_tag_matches(tag, "~> 1.27.0")]
			}`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownOutputValue("parts", knownvalue.ObjectExact(map[string]knownvalue.Check{
				"domain": knownvalue.StringExact("docker.io"), "path": knownvalue.StringExact("library/nginx"),
				"repository": knownvalue.StringExact("docker.io/library/nginx"), "tag": knownvalue.StringExact("1.27.3"),
				"digest":    knownvalue.Null(),
				"familiar":  knownvalue.StringExact("nginx:1.27.3"),
				"canonical": knownvalue.StringExact("docker.io/library/nginx:1.27.3"),
			})),
			statecheck.ExpectKnownOutputValue("full", knownvalue.StringExact("quay.io/a/b:latest")),
			statecheck.ExpectKnownOutputValue("pinned", knownvalue.StringExact("docker.io/library/nginx@"+zeroDigest)),
			statecheck.ExpectKnownOutputValue("is_pinned", knownvalue.Bool(false)),
			statecheck.ExpectKnownOutputValue("platform", knownvalue.ObjectExact(map[string]knownvalue.Check{
				"os": knownvalue.StringExact("linux"), "architecture": knownvalue.StringExact("arm64"),
				"variant": knownvalue.Null(),
			})),
			statecheck.ExpectKnownOutputValue("platform_again", knownvalue.StringExact("linux/arm/v7")),
			statecheck.ExpectKnownOutputValue("matching", knownvalue.ListExact([]knownvalue.Check{
				knownvalue.StringExact("1.27.3"), knownvalue.StringExact("v1.27.4"),
			})),
		},
	})
}

func TestFunctions_ofUnknownArgumentsAreUnknown(t *testing.T) {
	runFunctions(t, resource.TestStep{
		Config: `
			resource "terraform_data" "later" {
				input = "linux"
			}
			output "platform" {
				value = provider::demandflow::format_platform({ os = terraform_data.later.output, architecture = "amd64", variant = null })
			}
			output "reference" {
				value = provider::demandflow::normalize_image_reference(terraform_data.later.output)
			}`,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectUnknownOutputValue("platform"), plancheck.ExpectUnknownOutputValue("reference"),
		}},
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownOutputValue("platform", knownvalue.StringExact("linux/amd64")),
			statecheck.ExpectKnownOutputValue("reference", knownvalue.StringExact("docker.io/library/linux:latest")),
		},
	})
}

// The name of the parameter is in what Terraform prints, so the error needs none.
func TestFunctions_errorsNameTheParameter(t *testing.T) {
	var steps []resource.TestStep
	for _, test := range []struct{ call, want string }{
		{`parse_image_reference("https://quay.io/a")`,
			`Invalid value for "reference" parameter: "https://quay.io/a" is no image reference: invalid reference format; leave out the scheme: whether there is TLS is a setting of the registry.`},
		{`parse_image_reference(null)`, `Invalid value for "reference" parameter: argument must not be null.`},
		{`normalize_image_reference("a b")`, `Invalid value for "reference" parameter: "a b" is no image reference`},
		{`pin_image_reference("nginx", "latest")`,
			`Invalid value for "digest" parameter: "latest" is no digest: invalid checksum digest format; write it as sha256: and 64 digits of 0 to 9 and a to f.`},
		{`image_reference_is_pinned("Nginx")`, `Invalid value for "reference" parameter: "Nginx" is no image reference`},
		{`parse_platform("amd64")`, `Invalid value for "platform" parameter: "amd64" is no platform: write it as os/architecture or os/architecture/variant, such as linux/amd64 or linux/arm/v7.`},
		{`format_platform({ os = "linux", architecture = "arm" })`,
			`Invalid value for "platform" parameter: attribute "variant" is required.`},
		{`format_platform({ os = null, architecture = "arm", variant = null })`,
			`Invalid value for "platform" parameter: os is null: give the platform's operating system, such as linux.`},
		{`image_tag_matches("nginx:1", ">= 1")`,
			`Invalid value for "tag" parameter: "nginx:1" is no tag: give the tag alone, without the image's name or digest.`},
		{`image_tag_matches("1", "newest")`,
			`Invalid value for "semver_constraint" parameter: "newest" is no version constraint: malformed constraint: newest; write it as in >= 1.4, < 2.`},
	} {
		// Terraform breaks lines where a word ends, and draws a line at their left.
		pattern := strings.Join(strings.Fields(regexp.QuoteMeta(test.want)), `[\s│]+`)
		steps = append(steps, resource.TestStep{
			Config:      fmt.Sprintf("output \"result\" {\n  value = provider::demandflow::%s\n}", test.call),
			ExpectError: regexp.MustCompile(pattern),
		})
	}
	runFunctions(t, steps...)
}

// An output of a function's example ends in a comment with its value.
func TestExamples_functionsGiveWhatTheirCommentsSay(t *testing.T) {
	for _, script := range exampleFiles(t, "function.tf") {
		t.Run(exampleName(filepath.Dir(script)), func(t *testing.T) {
			said := outputWithComment.FindAllStringSubmatch(exampleText(t, script), -1)
			if len(said) == 0 || len(said) != strings.Count(exampleText(t, script), "output \"") {
				t.Fatalf("%s has outputs without a comment that says their value", script)
			}
			run := newExampleRun(t, nil, script)
			if err := run.engine.Apply(t.Context(), run.reattach); err != nil {
				t.Fatal(err)
			}
			outputs, err := run.engine.Output(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, output := range said {
				var value any
				if err := json.Unmarshal(outputs[output[1]].Value, &value); err != nil {
					t.Fatalf("%s: %s", output[1], err)
				}
				if fmt.Sprint(value) != output[2] {
					t.Errorf("%s is %v, and the comment says %s", output[1], value, output[2])
				}
			}
		})
	}
}

var outputWithComment = regexp.MustCompile(`(?ms)^output "(\w+)" \{\n(?:  [^\n]*\n)*?  [^\n]* # ([^\n]*)\n\}$`)

// An entry, a live image and the function write the same image in the same way, however the entry's name is written.
func TestPinImageReference_isWhatEntriesAndLiveImagesHave(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newLiveRegistry(t, nil)
	digest := live.push(t, "web/frontend:1.4.2", frontend)
	for id, full := range map[string]string{
		"11111111-1111-4111-8111-111111111111": live.host + "/web/frontend:1.4.2",
		"22222222-2222-4222-8222-222222222222": "nginx:1.27",
		"33333333-3333-4333-8333-333333333333": "docker.io/nginx:1.27",
		"44444444-4444-4444-8444-444444444444": "index.docker.io/library/nginx:1.27",
	} {
		if _, err := tenant.Seed(map[string]any{"entity": entity.DockerImage.Code, "id": id, "name": "image", "tag": "1",
			"status": "1"}); err != nil {
			t.Fatal(err)
		}
		tenant.Edit(id, map[string]any{"fullImageName": full, "imageId": digest})
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: insecure(tenant, live.host, `
			data "demandflow_oci_image" "live" {
				reference = "`+live.host+`/web/frontend:1.4.2"
			}
			data "demandflow_docker_images" "all" {}
			locals {
				entries = { for i in data.demandflow_docker_images.all.images : substr(i.id, 0, 1) => i }
			}
			output "live" {
				value = local.entries["1"].pinned_reference == data.demandflow_oci_image.live.pinned_reference
			}
			output "function" {
				value = alltrue([for i in local.entries : i.pinned_reference == provider::demandflow::pin_image_reference(i.full_image_name, i.digest)])
			}
			output "hub" {
				value = distinct([for key, i in local.entries : split("@", i.pinned_reference)[0] if key != "1"])
			}`),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownOutputValue("live", knownvalue.Bool(true)),
			statecheck.ExpectKnownOutputValue("function", knownvalue.Bool(true)),
			statecheck.ExpectKnownOutputValue("hub",
				knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("docker.io/library/nginx")})),
		},
	}}})
}

// A live image's platform has more attributes than the function takes, and goes in as it is.
func TestFormatPlatform_takesALiveImagesPlatform(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newLiveRegistry(t, nil)
	live.push(t, "web/frontend:1.4.2", frontend)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: insecure(tenant, live.host, `
			data "demandflow_oci_image" "frontend" {
				reference = "`+live.host+`/web/frontend:1.4.2"
			}
			output "same" {
				value = tolist([for p in data.demandflow_oci_image.frontend.platforms : provider::demandflow::format_platform(p)]) == data.demandflow_oci_image.frontend.platforms[*].platform
			}
			output "pinned" {
				value = data.demandflow_oci_image.frontend.pinned_reference == provider::demandflow::pin_image_reference(
					data.demandflow_oci_image.frontend.reference, data.demandflow_oci_image.frontend.digest)
			}`),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownOutputValue("same", knownvalue.Bool(true)),
			statecheck.ExpectKnownOutputValue("pinned", knownvalue.Bool(true)),
		},
	}}})
}
