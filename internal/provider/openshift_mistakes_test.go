package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// What the configuration says in itself is checked by `terraform validate` already, and the error names the argument.
// Its lines are not quoted, because a token may stand in them.
func TestOpenShift_refusesMalformedSettings(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	for name, test := range map[string]struct{ setting, want string }{
		"a certificate that is none":  {`ca_certificate = "x"`, `BEGIN\s+CERTIFICATE`},
		"an address with a password":  {`host = "https://me:pw@api.example.com:6443"`, `address\s+of\s+an\s+API`},
		"an address without TLS":      {`host = "http://api.example.com:6443"`, `read\s+on\s+the\s+way`},
		"a token with the line's end": {`token = "sha256~made-up\n"`, `white\s+space`},
		"two clusters": {"host = \"api.example.com:6443\"\n    context = \"lab\"",
			`leave\s+out\s+one\s+of\s+them`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runOnCluster(t, resource.TestStep{
				Config:      withCluster(tenant, "{\n    "+test.setting+"\n  }", `data "demandflow_docker_registries" "x" {}`),
				PlanOnly:    true,
				ExpectError: regexp.MustCompile(`(?s)Invalid openshift.*` + test.want),
			})
		})
	}
}

func TestOpenShiftImage_saysWhichArgumentIsToBlame(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	o := clusterImage(t, "registry.example.com/web/frontend:1.4.2", openshifttest.Metadata10)
	api := openshifttest.New(t, o)
	one := func(arguments string) string {
		return "data \"demandflow_openshift_image\" \"x\" {\n" + arguments + "\n}\n"
	}
	many := func(arguments string) string {
		return "data \"demandflow_openshift_images\" \"x\" {\n" + arguments + "\n}\n"
	}
	for name, test := range map[string]struct{ hcl, argument, want string }{
		"a digest that is none":     {one(`name = "sha256:123"`), "name", `64\s+digits`},
		"a digest without its kind": {one(`name = "` + strings.Repeat("a", 64) + `"`), "name", `write\s+it\s+as\s+sha256:`},
		"an address":                {one(`name = "https://registry.example.com/x"`), "name", `leave\s+out\s+the\s+scheme`},
		"a platform that is none":   {one("name = \"nginx\"\nplatform = \"linux\""), "platform", `Not a platform`},
		"a platform it has not": {one("name = \"" + o.Name() + "\"\nplatform = \"linux/riscv64\""), "name|platform",
			`linux/riscv64`},
		"a pattern that is none": {many(`reference = "("`), "reference", `Not a regular expression`},
		"a repository with a tag": {many(`repository = "registry.example.com/x:1"`), "repository",
			`leave\s+out\s+the\s+tag`},
		"an empty repository":  {many(`repository = ""`), "repository", `no\s+repository\s+is\s+named`},
		"a limit of nothing":   {many(`limit = 0`), "limit", `at\s+least\s+1`},
		"something to include": {many(`include = ["layers"]`), "include", `"raw"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runOnCluster(t, resource.TestStep{
				Config: onCluster(tenant, api, test.hcl), PlanOnly: true,
				ExpectError: regexp.MustCompile(`(?is)(` + test.argument + `) *=.*` + test.want + `|` + test.want + `.*(` +
					test.argument + `) *=`),
			})
		})
	}
}
