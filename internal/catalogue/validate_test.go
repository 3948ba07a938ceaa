package catalogue_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// Values that make no sense, and what a plan says of each, on its attribute and before anything is sent.
var nonsense = []struct{ resource, argument, says string }{
	{"docker_registry", `status = "Activ"`,
		`"Activ" is not a valid option in this tenant. Did you mean "Active"? The options are Active, Inactive, Maintenance, Error.`},
	{"docker_registry", `status = ""`, `It is required, and an empty value counts as none`},
	{"docker_registry", `registry_type = "Habor"`, `Did you mean "Harbor"?`},
	{"docker_registry", `registry_type = "11"`, `"11" is not a valid option in this tenant.`},
	{"docker_registry", `name = ""`, `It is required`},
	{"docker_registry", `name = "\n"`, `It is required`},
	{"docker_registry", `url = "not a url"`, `"not a url" is not a URL (character 4 is a blank or a line break).`},
	{"docker_registry", `url = "https:/harbor.example.com"`,
		`"https:/harbor.example.com" is not a URL ("https:" is followed by one slash at character 7, where two belong).`},
	{"docker_registry", `url = "https://ann:geheim@harbor example.com?key=geheim"`,
		`"https://…@harbor example.com?…" is not a URL (character 26 is a blank`},
	{"docker_registry", `url = "https://harbor.example.com/%zz"`,
		`is not a URL (a % that begins no escape stands at character 28).`},
	{"docker_registry", `notary_url = "https://"`, `"https://" is not a URL (no host follows at character 9).`},
	{"docker_registry", `storage_limit = -1`, `-1 is too small. Give a number of 0 or more.`},
	{"docker_registry", `user_quota = 1e400`, `It is too large`},
	{"docker_registry", `user_quota = -0.5`, `-0.5 is too small.`},
	{"docker_registry", `retention_days = 0`, `0 is too small. Give a number of 1 or more.`},
	{"docker_registry", `retention_count = 1.5`, `1.5 is not a whole number. Give a whole number.`},
	{"docker_registry", `gc_schedule = "every sunday"`, `"every sunday" is not a cron expression`},
	{"docker_registry", `replication_schedule = "61 * * * *"`, `is not a cron expression`},
	{"docker_registry", `gc_schedule = "TZ=0"`, `time zones are not supported`},
	{"docker_registry", `webhooks = "{"`,
		`It is not a JSON document (line 1, character 2: unexpected end of JSON input). Write it with jsonencode`},
	{"docker_registry", `webhooks = "{\n  \"a\": geheim\n}"`,
		`It is not a JSON document (line 2, character 8: invalid character 'g' looking for beginning of value).`},
	{"docker_registry", `credentials_expiry = "tomorrow"`,
		`"tomorrow" is not an RFC 3339 date and time. Write one such as`},
	{"docker_registry", `allowed_users = ["ann", ""]`, `An entry is empty.`},
	{"docker_registry", `trusted_signers = ["a\nb"]`, `An entry has a line break`},
	{"docker_registry", `image_count = 3`,
		`Cannot set value for this attribute as the provider has marked it as read-only`},
	{"docker_image", `name = "Team/API"`, `"Team/API" is not an image name.`},
	{"docker_image", `name = "api:1.0"`,
		`"api:1.0" is not an image name: it has a tag, which is an argument of its own. Give the name alone: "api".`},
	{"docker_image", `name = "localhost:5000/team/api"`,
		`it begins with the host of a registry (localhost:5000). Set registry_id instead, and the name alone: "team/api".`},
	{"docker_image", `name = "ghcr.io/team/api:1.0"`,
		`it begins with the host of a registry, and has a tag. Set registry_id and tag instead, and the name alone: "team/api".`},
	{"docker_image", `name = "api@sha256:11"`,
		`it has a digest, which DemandFlow fills in itself. Give the name alone: "api".`},
	{"docker_image", `tag = "1.0 beta"`, `"1.0 beta" is not a tag. Use up to 128 letters`},
	{"docker_image", `tag = "sha256:11"`,
		`"sha256:11" is not a tag: it is or has a digest, which DemandFlow fills in itself (the attribute digest). Give the tag alone, such as "1.0".`},
	{"docker_image", `tag = "2.1@sha256:11"`, `Give the tag alone: "2.1".`},
	{"docker_image", `registry_id = "prod"`, `"prod" is not an id. Give the UUID of the docker registry`},
	{"docker_image", `git_repo = "somewhere else"`, `"somewhere else" is not a URL (character 10 is a blank`},
	{"docker_image", `build_args = { "A=B" = "c" }`, `has an equals sign in it`},
	{"docker_image", `build_args = { A = "b\nc" }`, `"A" has a line break`},
	{"docker_image", `volumes = ["/a\n/b"]`, `Entry 1 has a line break`},
	{"docker_image", `architecture = [" "]`, `An entry is empty.`},
	{"docker_image", `pull_count = 1`, `Cannot set value for this attribute`},
	{"docker_image", `id = "mine"`, `Cannot set value for this attribute`},
}

func TestValidate_whatMakesNoSenseIsAnErrorOnItsAttributeAtPlan(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	required := map[string][]string{
		"docker_registry": {`name = "prod"`, `url = "registry.example.com"`, `registry_type = "Harbor"`, `status = "Active"`},
		"docker_image":    {`name = "api"`, `tag = "1.0"`, `status = "Active"`},
	}
	var steps []resource.TestStep
	for _, bad := range nonsense {
		attribute, _, _ := strings.Cut(bad.argument, " ")
		hcl := fmt.Sprintf("resource \"demandflow_%s\" \"bad\" {\n", bad.resource)
		for _, line := range required[bad.resource] {
			if !strings.HasPrefix(line, attribute+" ") {
				hcl += "  " + line + "\n"
			}
		}
		hcl += "  " + bad.argument + "\n}\n"
		steps = append(steps, resource.TestStep{Config: hcl, PlanOnly: true, ExpectError: saying(bad.argument, bad.says)})
	}
	tenant.Run(t, steps...)
	if writes := tenant.Writes(); len(writes) != 0 {
		t.Errorf("%d writes were sent, want none: %v", len(writes), writes)
	}
}

// saying matches an error that shows the argument's line and says this, however Terraform breaks the lines.
func saying(argument, text string) *regexp.Regexp {
	words := strings.Fields(text)
	for i := range words {
		words[i] = regexp.QuoteMeta(words[i])
	}
	return regexp.MustCompile("(?s)" + regexp.QuoteMeta(argument) + ".*" + strings.Join(words, `[\s│]+`))
}

// Values that look odd and are right.
func TestValidate_whatIsUnusualButRightIsAccepted(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t, resource.TestStep{Config: `
resource "demandflow_docker_registry" "odd" {
  name                 = "Registry, with punctuation – and umlauts: äöü"
  url                  = "registry.example.com:5000/path"
  registry_type        = "private registry"
  status               = "2"
  storage_limit        = 0
  gc_schedule          = "@daily"
  replication_schedule = "30 0 3 * * MON-FRI"
  notary_url           = "http://localhost:4443"
  webhooks             = "[]"
  webhook_events       = ["anything"]
  token                = "line one\nline two\n"
}

resource "demandflow_docker_image" "odd" {
  name       = "a/b__c/d-e.f"
  tag        = "_1.0_x-Y"
  status     = "scanning"
  git_repo   = "git@github.com:org/repo.git"
  build_args = { EMPTY = "", EQUATION = "a=b=c", "with.dots" = " blanks " }
  dockerfile = "FROM scratch\n\n# ünïcödé\n"
}`})
}
