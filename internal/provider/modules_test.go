package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// The modules are for copying, so they have their own tests, in the engines' language for tests. Here these run as they
// do by hand: the built provider, the emulator, `init` and `test`.

const modulesDir = examplesDir + "/modules"

// modules are the names of all modules.
func modules(t *testing.T) []string {
	t.Helper()
	modules, err := os.ReadDir(modulesDir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, module := range modules {
		names = append(names, module.Name())
	}
	return names
}

// catalogueModules are all that write into the catalogue, which is all but verified-image.
func catalogueModules(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(modules(t), func(name string) bool { return name == filepath.Base(verifiedImage) })
}

// tenantWithHarbor is a tenant that has the registry which images are said to be in.
func tenantWithHarbor(t *testing.T) *providertest.Tenant {
	t.Helper()
	tenant := providertest.New(t, emulator.Options{})
	harbor := map[string]any{"entity": entity.DockerRegistry.Code, "id": harborID, "name": "harbor",
		"url": "https://harbor.example.com", "registryType": "1", "status": "1"}
	if _, err := tenant.Seed(harbor); err != nil {
		t.Fatal(err)
	}
	return tenant
}

// newModuleWorkspace is a workspace with all modules, of which one may use another, and one of them initialized.
func newModuleWorkspace(t *testing.T, tenant *providertest.Tenant, module string) *workspace {
	t.Helper()
	w := newWorkspace(t, tenant.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
	if err := os.CopyFS(filepath.Join(w.dir(), "modules"), os.DirFS(modulesDir)); err != nil {
		t.Fatal(err)
	}
	// Somebody may have run it in place.
	for _, left := range []string{".terraform", ".terraform.lock.hcl"} {
		if err := os.RemoveAll(filepath.Join(w.dir(), "modules", module, left)); err != nil {
			t.Fatal(err)
		}
	}
	w.folder = filepath.Join("modules", module)
	w.mustRun(t, "init")
	return w
}

func TestModules_passTheirOwnTests(t *testing.T) {
	t.Parallel()
	for _, module := range modules(t) {
		t.Run(module, func(t *testing.T) {
			t.Parallel()
			tenant := tenantWithHarbor(t)
			w := newModuleWorkspace(t, tenant, module)
			if module == filepath.Base(verifiedImage) {
				serveVerifiedImages(t, w)
			}
			printed := w.mustRun(t, "test", "-no-color")

			runs := len(regexp.MustCompile(`(?m)^run "`).FindAllString(moduleText(t, module, "tests", "*.tftest.hcl"), -1))
			if want := fmt.Sprintf("Success! %d passed, 0 failed.", runs); !strings.Contains(printed, want) {
				t.Errorf("the tests should end with %q:\n%s", want, printed)
			}
			for _, e := range entity.All() {
				left := slices.DeleteFunc(tenant.Objects(e.Code),
					func(object map[string]any) bool { return object["id"] == harborID })
				if len(left) > 0 {
					t.Errorf("the tests leave %d of %s behind", len(left), e.Plural)
				}
			}
			if strings.Contains(printed, "made-up") {
				t.Errorf("a secret is printed:\n%s", printed)
			}
		})
	}
}

// A rule that no test breaks may be one that cannot be broken.
func TestModules_breakEachRuleOnce(t *testing.T) {
	t.Parallel()
	for _, module := range modules(t) {
		tests := moduleText(t, module, "tests", "*.tftest.hcl")
		variables := moduleText(t, module, "*.tf")
		for _, block := range regexp.MustCompile(`(?ms)^variable "(\w+)" \{.*?^\}`).FindAllStringSubmatch(variables, -1) {
			rules := strings.Count(block[0], "\n  validation {")
			if broken := strings.Count(tests, "expect_failures = [var."+block[1]+"]"); broken != rules {
				t.Errorf("%s: the variable %s has %d rules, and %d tests break one", module, block[1], rules, broken)
			}
		}
	}
}

// A rule's error says what is wrong.
func TestModules_sayWhatIsWrong(t *testing.T) {
	t.Parallel()
	type mistake struct{ variables, says string }
	for module, test := range map[string]struct {
		right    string
		mistakes []mistake
	}{
		"registry": {"name = \"Harbor\"\nurl = \"harbor.example.com\"\ntype = \"Harbor\"", []mistake{
			{`name = " "`, "The registry has no name"},
			{`url = "https://robot:made-up@harbor.example.com"`,
				"without a user, a query or a scheme other than https and http."},
			{`url = "https://harbor.example.com/v2?project=web"`, "is its host, with a port and a path if it has them"},
			{`namespace = "Platform"`, `"Platform" cannot be part of an image's name`},
			{`auth = { allowed_users = ["ann", "bob"], blocked_users = ["bob"] }`,
				"These users are both allowed and blocked: bob."},
			{`auth = "Token"`, "auth is not an object. It takes enabled, type, username"},
			{`retention = {}`, "does not say what is kept: give days, count or both, or a policy."},
			{`retention = { count = 1.5 }`, "keeps a whole number of days and of tags, at least 1."},
			{`retention = { count = "many" }`, "keeps a whole number of days and of tags, at least 1."},
			{`replication = { targets = [] }`, "replication has no targets"},
			{`webhooks = { endpoints = {}, auth = "none" }`, "webhooks has no endpoints"},
			{`webhooks = { endpoints = { a = "https://a.example.com", b = "http://b.example.com" }, auth = "none" }`,
				"would be shown in plans: mend b."},
			{`webhooks = { endpoints = { a = "https://a.example.com?token=x" } }`, "would be shown in plans: mend a."},
			{`webhooks = { endpoints = null }`, "webhooks has no endpoints"},
			{`storage = { limit = "plenty" }`, `Inappropriate value for attribute "storage_limit"`},
			{"secrets = { webhook = \"made-up\" }\nsecret_versions = { webhook = 1 }",
				"There is a secret for webhooks and no webhooks"},
			{"secrets = { token = \"made-up\" }\nsecret_versions = { token = 1.5 }", "A version is a whole number"},
			{"secrets = { token = \"\" }\nsecret_versions = { token = 1 }", "A secret is empty"},
			{`deletion_policy = "forget"`, `"forget" is none of them`},
			{`secrets = { token = "made-up" }`, "each secret needs a version, such as password = 1"},
			{`secret_versions = { token = 1 }`, "no version is without its secret"},
		}},
		"image-set": {"registry = { id = \"" + harborID +
			"\", host = \"harbor.example.com\" }\nimages = { web = { reference = \"web:1\" } }", []mistake{
			{`registry = { id = "` + harborID + `", host = "https://harbor.example.com" }`,
				`"https://harbor.example.com" is not the host of a registry`},
			{`registry = { id = "` + harborID + `", host = "harbor" }`, `"harbor" is not the host of a registry`},
			{`registry = { id = "` + harborID + `", host = "harbor.example.com/x" }`,
				`"harbor.example.com/x" is not the host of a registry`},
			{`registry = { id = "` + harborID + `", host = "harbor.example.com/library" }`,
				`"harbor.example.com/library" is not the host of a registry`},
			{`registry = { id = "` + harborID + `", host = "docker.io/library" }`,
				`"docker.io/library" is not the host of a registry`},
			{`registry = { id = "` + harborID + `", host = null }`, `null is not the host of a registry`},
			{`registry = { id = "", host = "harbor.example.com" }`, "The registry has no id"},
			{`registry = { id = null, host = "harbor.example.com" }`, "The registry has no id"},
			{`registry = { id = "` + harborID + `", host = "harbor.example.com", namespace = "platform/" }`,
				`"platform/" cannot be part of an image's name`},
			{`registry = "harbor"`, "registry is not an object. It is the module registry, or takes id, host, path, namespace."},
			{`registry = { id = "` + harborID + `", host = "harbor.example.com", path = "Docker" }`,
				`"Docker" cannot be part of an image's name`},
			{`images = ["web:1"]`, "The images are objects by keys of your own"},
			{`images = { web = "web:1" }`, "The images are objects by keys of your own"},
			{`images = { web = null }`, "These images have no reference: web."},
			{`images = { web = { reference = null } }`, "These images have no reference: web."},
			{`images = { web = { reference = "https://web:1" } }`, "as in web/frontend:1.4.2: web (https://web:1)."},
			{"registry = { id = \"" + harborID +
				"\", host = \"docker.io\" }\nimages = { a = { reference = \"nginx:1\" }, b = { reference = \"library/nginx:1\" } }",
				"more than once: docker.io/library/nginx:1 (a, b)."},
			{`deletion_policy = "forget"`, `"forget" is none of them`},
			{`images = { web = { reference = "Web:1" } }`, "as in web/frontend:1.4.2: web (Web:1)."},
			{`images = { web = { reference = "quay.io/web:1" } }`, "their references are without it: web (quay.io/web:1)."},
			{`images = { web = { reference = "web" } }`, "these have no tag: web (web)."},
			{`images = { a = { reference = "web:1" }, b = { reference = "web:1@` + documentedDigest + `" } }`,
				"more than once: harbor.example.com/web:1 (a, b)."},
			{`require_digests = true`, "so that they may be others tomorrow: web (web:1). Write them as"},
		}},
	} {
		t.Run(module, func(t *testing.T) {
			t.Parallel()
			w := newModuleWorkspace(t, tenantWithHarbor(t), module)
			w.write(t, filepath.Join("modules", module, "right.auto.tfvars"), test.right)
			for _, mistake := range test.mistakes {
				w.write(t, filepath.Join("modules", module, "wrong.auto.tfvars"), mistake.variables)
				printed := unwrapped(w.mustFail(t, "plan", "-no-color"))
				if strings.Count(printed, "Error: ") != 1 || !strings.Contains(printed, mistake.says) {
					t.Errorf("the plan with %s should have one error, which says %q:\n%s", mistake.variables, mistake.says, printed)
				}
			}
		})
	}
}

// A page that lacks an argument is one that nobody believes.
func TestModules_pagesNameEveryInputAndOutput(t *testing.T) {
	t.Parallel()
	for _, module := range modules(t) {
		page := moduleText(t, module, "README.md")
		for _, block := range regexp.MustCompile(`(?m)^(variable|output) "(\w+)"`).FindAllStringSubmatch(moduleText(t, module,
			"*.tf"), -1) {
			if !regexp.MustCompile("(?m)^\\|.*`" + block[2] + "[`.]").MatchString(page) {
				t.Errorf("%s: README.md has no row of the %s %s", module, block[1], block[2])
			}
		}
	}
}

// What the pages show fits together: the images of the one are in the registry of the other.
func TestModules_pagesApplyTogether(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	w := newModuleWorkspace(t, tenant, "registry")
	w.folder = ""
	w.environment["TF_VAR_robot_password"], w.environment["TF_VAR_webhook_key"] = "made-up password", "made-up key"
	for _, module := range catalogueModules(t) {
		var shown strings.Builder
		for _, block := range regexp.MustCompile("(?s)```terraform\n(.*?)```").FindAllStringSubmatch(moduleText(t, module,
			"README.md"), -1) {
			shown.WriteString(block[1])
		}
		w.write(t, module+".tf", shown.String())
	}
	w.mustRun(t, "init")
	if printed := unwrapped(w.mustRun(t, "apply", "-no-color", "-auto-approve")); !strings.Contains(printed,
		"DemandFlow has other digests than were written") {
		t.Errorf("the check of the digests does not warn:\n%s", printed)
	}
	w.mustRun(t, "plan", "-no-color", "-detailed-exitcode")
	registries, images := tenant.Objects(entity.DockerRegistry.Code), tenant.Objects(entity.DockerImage.Code)
	if len(registries) != 1 || registries[0]["password"] != "made-up password" ||
		registries[0]["webhookSecret"] != "made-up key" || len(images) != 2 {
		t.Errorf("DemandFlow has not one registry with its secrets and two images: %d and %d", len(registries), len(images))
	}
	if state := w.read(t, "terraform.tfstate"); strings.Contains(state, "made-up") {
		t.Error("a secret is in the state")
	}
}

// moduleText is the text of all files of a module that match a pattern below it.
func moduleText(t *testing.T, module string, pattern ...string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(append([]string{modulesDir, module}, pattern...)...))
	if err != nil || len(files) == 0 {
		t.Fatalf("the module %s has no files %v: %v", module, pattern, err)
	}
	var text strings.Builder
	for _, file := range files {
		text.WriteString(exampleText(t, file))
	}
	return text.String()
}
