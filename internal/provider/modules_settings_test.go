package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// Terraform drops an attribute that an object's type does not have. So no variable of a module has such a type, unless
// all of its attributes are required: one that is misspelt is then missing.
func TestModules_haveNoTypeThatDropsWhatIsMisspelt(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(modulesDir, "*", "*.tf"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no modules: %v", err)
	}
	for _, file := range files {
		if strings.Contains(exampleText(t, file), "optional(") {
			t.Errorf("%s has an optional attribute, of which a misspelt one would vanish", file)
		}
	}
}

// Each name that a module takes is misspelt once.
func TestModules_refuseEachNameThatIsMisspelt(t *testing.T) {
	t.Parallel()
	const registry = "module \"x\" {\n  source = \"./modules/registry\"\n  name = \"Harbor\"\n  url = " +
		"\"harbor.example.com\"\n  type = \"Harbor\"\n  %s\n}\n"
	const imageSet = "module \"x\" {\n  source = \"./modules/image-set\"\n  registry = { id = \"" + harborID +
		"\", host = \"harbor.example.com\"%s }\n  images = { web = { reference = \"web:1\"%s } }\n  defaults = { %s }\n}\n"
	const verifiedImage = "module \"x\" {\n  source = \"./modules/verified-image\"\n  reference = \"web:1\"\n  %s\n}\n"
	for _, mistake := range []struct{ configuration, says string }{
		{fmt.Sprintf(registry, "scaning = {}"), `An argument named "scaning" is not expected here.`},
		{fmt.Sprintf(registry, "auth = { ldap_sever = \"ldaps://ldap.example.com\" }"),
			"auth has no ldap_sever. It takes enabled, type, username,"},
		{fmt.Sprintf(registry, "scanning = { on_psuh = true }"), "scanning has no on_psuh."},
		{fmt.Sprintf(registry, "retention = { count = 20, delete_untaged = false }"), "retention has no delete_untaged."},
		{fmt.Sprintf(registry, "replication = { targets = [\"eu\"], mod = \"Pull\" }"), "replication has no mod."},
		{fmt.Sprintf(registry, "webhooks = { endpoints = { a = \"https://a.example.com\" }, event = [\"push\"] }"),
			"webhooks has no event."},
		{fmt.Sprintf(registry, "trust = { notary = \"https://notary.example.com\" }"), "trust has no notary."},
		{fmt.Sprintf(registry, "storage = { limits = 5 }"), "storage has no limits."},
		{fmt.Sprintf(registry, "quota = { users = 5 }"), "quota has no users. It takes user, project."},
		{fmt.Sprintf(registry, "integrations = { k8s = [\"prod\"] }"), "integrations has no k8s. It takes cicd, kubernetes."},
		{fmt.Sprintf(registry, "api = { url = \"https://harbor.example.com/api\" }"),
			"api has no url. It takes endpoint, version, rate_limit."},
		{fmt.Sprintf(registry, "timeouts = { creation = \"2m\" }"),
			"timeouts has no creation. It takes create, read, update, delete."},
		{fmt.Sprintf(registry, "parents = [{ entity = \"K8SCLUSTER\", uid = \"x\" }]"), `attribute "id" is required`},
		{fmt.Sprintf(registry, "secrets = { pasword = \"made-up\" }"),
			"secrets has a name that it does not take. It takes password, token, webhook, signing_key."},
		{fmt.Sprintf(registry, "secret_versions = { pasword = 1 }"), "secret_versions has no pasword."},
		{fmt.Sprintf(imageSet, ", namspace = \"platform\"", "", ""), "registry has no namspace."},
		{fmt.Sprintf(imageSet, "", ", lables = { tier = \"web\" }", ""), "and these have something else: web (lables)."},
		{fmt.Sprintf(imageSet, "", "", "maintaner = \"Platform team\""), "defaults has no maintaner."},
		{"module \"x\" {\n  source = \"./modules/verified-image\"\n  reference = \"web:1\"\n  rules = { digest_pined = " +
			"false }\n}\n", "There is no rule digest_pined. The rules are allowed_registry, built_from, digest_pinned,"},
		{fmt.Sprintf(verifiedImage, "verify = { public_key = [] }"),
			"verify is not an object, or has a name that it does not take. It takes public_keys, trusted_roots,"},
		{fmt.Sprintf(verifiedImage, "verify = { identities = [{ isuer = \"https://ci.example.com\" }] }"),
			"has a name that it does not take. It takes public_keys, trusted_roots, identities, notation, require, identities.issuer,"},
		{fmt.Sprintf(verifiedImage, "verify = { notation = [{ certificate = [] }] }"), "notation.trusted_identities,"},
		{fmt.Sprintf(verifiedImage, "verify = { public_keys = [], require = { logs = 0 } }"), "require.certificate_log."},
		{fmt.Sprintf(verifiedImage, "built_from = { repository = \"https://git.example.com/web\", refs = \"main\" }"),
			"built_from is not an object with a repository. It takes repository, ref."},
		{fmt.Sprintf(verifiedImage, "scanned = { max_ages = \"168h\" }"), "It takes max_critical, max_age."},
	} {
		t.Run(mistake.says, func(t *testing.T) {
			t.Parallel()
			w := newModuleWorkspace(t, providertest.New(t, emulator.Options{}), "registry")
			w.folder = ""
			w.write(t, "main.tf", mistake.configuration)
			printed, ok := w.run(t, "init", "-no-color")
			if ok { // an argument that is not expected is an error of init already
				printed = w.mustFail(t, "plan", "-no-color")
			}
			if printed = unwrapped(printed); !strings.Contains(printed, mistake.says) {
				t.Errorf("%s\nshould be refused with %q:\n%s", mistake.configuration, mistake.says, printed)
			}
		})
	}
}

// Whatever the form has, the module sets.
func TestModules_registryReachesEveryField(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	w := newModuleWorkspace(t, tenant, "registry")
	tests := moduleText(t, "registry", "tests", "policies.tftest.hcl")
	everything := regexp.MustCompile(
		`(?s)run "every_setting_and_every_secret" \{\n  variables \{\n(.*?)\n  \}\n`).FindStringSubmatch(tests)
	if everything == nil {
		t.Fatal("no test of the module gives every setting")
	}
	w.folder = ""
	w.write(t, "main.tf", "module \"x\" {\n  source = \"./modules/registry\"\n  name = \"Harbor\"\n  url = "+
		"\"harbor.example.com\"\n  type = \"Harbor\"\n"+
		"  deletion_policy = \"archive\"\n  parents = [{ entity = \"K8SCLUSTER\", id = \""+hubID+"\" }]\n"+everything[1]+
		"\n}\n")
	w.mustRun(t, "init")
	w.mustRun(t, "apply", "-no-color", "-auto-approve")
	w.mustRun(t, "plan", "-no-color", "-detailed-exitcode")
	stored := tenant.Objects(entity.DockerRegistry.Code)
	if len(stored) != 1 {
		t.Fatalf("DemandFlow has %d registries", len(stored))
	}
	for _, section := range entity.DockerRegistry.Sections {
		for _, field := range section.Fields {
			if field.Writable() && stored[0][field.Name] == nil {
				t.Errorf("the module cannot set %s", field.Name)
			}
		}
	}
	if key := fmt.Sprint(stored[0]["comboKey"]); !strings.Contains(key, "|K8SCLUSTER:"+hubID+"|") {
		t.Errorf("the registry is not below its parent: %s", key)
	}
	w.mustRun(t, "destroy", "-no-color", "-auto-approve")
	if stored = tenant.Objects(entity.DockerRegistry.Code); len(stored) != 1 || stored[0]["status"] != "2" {
		t.Errorf("the registry is not archived: %v", stored)
	}
}

// The demo reads its images from a file, and try() would pass a key over that is misspelt.
func TestDemo_refusesAKeyThatIsMisspelt(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	w := newEmptyWorkspace(t, tenant)
	if err := os.CopyFS(w.dir(), os.DirFS(examplesDir+"/demo")); err != nil {
		t.Fatal(err)
	}
	for _, left := range []string{".terraform", ".terraform.lock.hcl"} { // somebody may have run it in place
		if err := os.RemoveAll(filepath.Join(w.dir(), left)); err != nil {
			t.Fatal(err)
		}
	}
	w.write(t, "images.yaml", strings.Replace(w.read(t, "images.yaml"), "license:", "licence:", 1))
	w.mustRun(t, "init")
	if printed := unwrapped(w.mustFail(t, "plan", "-no-color")); !strings.Contains(printed,
		"has licence, which nothing reads.") {
		t.Errorf("the plan does not name the key:\n%s", printed)
	}
}
