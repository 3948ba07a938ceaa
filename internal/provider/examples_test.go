package provider_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const examplesDir = "../../examples"

const (
	hubID    = "0f4b7c52-6f0d-4c1e-9d3b-2a7e5c8d1f60"
	harborID = "7d9f2c64-1b0e-4f5a-9a53-0c5d3f6e8b21" // also in the registry's import example
	nginxID  = "3e0d6a1c-58f7-4c0b-8f0e-6a4b1d2c9e57" // also in the image's import example
	ownID    = "b1e6f0d3-2c47-4a8e-9f15-7d3c6a9b0e24" // the registry that has the live images
)

// exampleTenant is what the examples look up and import. An example that needs more adds it here.
var exampleTenant = []map[string]any{
	{"entity": entity.DockerRegistry.Code, "id": hubID, "name": "Docker Hub", "url": "https://docker.io",
		"registryType": "1", "status": "1"},
	{"entity": entity.DockerRegistry.Code, "id": harborID, "name": "Platform Harbor", "url": "https://harbor.example.com",
		"registryType": "2", "status": "1", "username": "robot", "password": "made-up"},
	{"entity": entity.DockerRegistry.Code, "id": ownID, "name": "Example", "url": documentedRegistry, "registryType": "2",
		"status": "1"},
	{"entity": entity.DockerImage.Code, "name": "web/frontend", "tag": "1.4.2", "registry": ownID, "status": "1",
		"cmd": "caddy run"},
	{"entity": entity.DockerImage.Code, "id": nginxID, "name": "library/nginx", "tag": "1.27.3", "registry": hubID,
		"status": "1", "architecture": []string{"arm64"}, "labels": `{"team":"web"}`},
	{"entity": entity.K8sWorkload.Code, "name": "shop-frontend", "workloadType": "1", "status": "1", "image": "nginx",
		"imageTag": "1.27.3"},
}

// exampleFields are fields that an administrator added to the tenant of the examples.
var exampleFields = []struct {
	entity, id string
	form       map[string]any
}{
	{entity.DockerImage.Code, "costCentre", map[string]any{"type": "text", "name": "Cost centre"}},
	{entity.DockerImage.Code, "riskClass", map[string]any{"type": "indexedSelect", "name": "Risk class", "options": []any{
		map[string]any{"id": "1", "text": "Low"}, map[string]any{"id": "2", "text": "High"},
	}}},
}

// exampleMirror is a twin of the image above in another registry, which look-ups must tell apart. Imports run without
// it: the import by name and tag is documented for a name that is there once.
var exampleMirror = map[string]any{
	"entity": entity.DockerImage.Code, "name": "library/nginx", "tag": "1.27.3", "registry": harborID, "status": "1",
}

// Every configuration under examples is applied, so that a new example is tested without being named here. Those of the
// demo start in an empty tenant, as `make demo` does; the pages' look something up.
func TestExamples_applyAndPlanNothingAfterwards(t *testing.T) {
	for _, configuration := range exampleConfigurations(t) {
		t.Run(configuration.name, func(t *testing.T) {
			var objects []map[string]any
			if configuration.page {
				objects = append(slices.Clone(exampleTenant), exampleMirror)
			}
			run := newExampleRun(t, objects, configuration.files...)
			run.applyAndPlanNothing(t)
		})
	}
}

// Each command of an import.sh brings in an object that was there before.
func TestExamples_importCommandsResolve(t *testing.T) {
	for _, script := range exampleFiles(t, "import.sh") {
		commands := importCommand.FindAllStringSubmatch(exampleText(t, script), -1)
		if len(commands) == 0 {
			t.Errorf("%s has no line that reads: terraform import ADDRESS ID", script)
		}
		for _, command := range commands {
			address, id := command[1], strings.Trim(command[2], `"`)
			t.Run(address+" "+id, func(t *testing.T) {
				run := newExampleRun(t, exampleTenant, filepath.Join(filepath.Dir(script), "resource.tf"))
				if err := run.engine.Import(t.Context(), address, id, run.reattach); err != nil {
					t.Fatal(err)
				}
				run.checkTakenOver(t, address)
			})
		}
	}
}

// Each import block, beside its page's first example, takes an object over instead of creating it.
func TestExamples_importBlocksTakeOver(t *testing.T) {
	for _, block := range exampleFiles(t, "import-by-*.tf") {
		t.Run(exampleName(block), func(t *testing.T) {
			if strings.Contains(block, "identity") {
				providertest.Needs(t, providertest.ImportByIdentity)
			}
			target := importTarget.FindStringSubmatch(exampleText(t, block))
			if target == nil {
				t.Fatalf("%s has no line that reads: to = ADDRESS", block)
			}
			run := newExampleRun(t, exampleTenant, block, filepath.Join(filepath.Dir(block), "resource.tf"))
			run.applyAndPlanNothing(t)
			run.checkTakenOver(t, target[1])
		})
	}
}

var (
	importCommand = regexp.MustCompile(`(?m)^terraform import (\S+) ("[^"]+"|\S+)$`)
	importTarget  = regexp.MustCompile(`(?m)^\s*to\s*=\s*(\S+)$`)
)

// An exampleRun is a configuration of the examples in a tenant that has what they need.
type exampleRun struct {
	engineRun
	seeded []string // ids
}

func newExampleRun(t *testing.T, objects []map[string]any, files ...string) exampleRun {
	t.Helper()
	place := newDocumentedPlace(t)
	tenant := providertest.New(t, emulator.Options{})
	for _, field := range exampleFields {
		tenant.EditField(field.entity, field.id, field.form)
	}
	seeded, err := tenant.Seed(place.tenant(objects)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TF_VAR_robot_password", "made-up")
	t.Setenv("TF_VAR_cluster_token", openshifttest.Token)
	t.Setenv("TF_VAR_scaleway_secret_key", scalewaytest.SecretKey)
	seeded = append(seeded, "fr-par/"+documentedScaleway)
	run := exampleRun{engineRun: newEngineRun(t, tenant, withLiveImages(t, place, exampleTexts(t, files)), nil),
		seeded: seeded}
	if err := run.engine.Init(t.Context(), run.reattach); err != nil {
		t.Fatal(err)
	}
	return run
}

// checkTakenOver reports whether the resource is one of the objects that the tenant had before.
func (run exampleRun) checkTakenOver(t *testing.T, address string) {
	t.Helper()
	state, err := run.engine.Show(t.Context(), run.reattach)
	if err != nil {
		t.Fatal(err)
	}
	for _, resource := range state.Values.RootModule.Resources {
		if id, _ := resource.AttributeValues["id"].(string); resource.Address == address {
			if !slices.Contains(run.seeded, id) {
				t.Errorf("%s has id %s, which is none of the objects that were there: %v", address, id, run.seeded)
			}
			return
		}
	}
	t.Errorf("%s is not in the state", address)
}

// An exampleConfiguration is one or more files that are applied together.
type exampleConfiguration struct {
	name  string
	files []string
	page  bool // belongs to a page of the documentation
}

// exampleConfigurations finds them. In a page's directory each file stands alone, as the page shows it; elsewhere the
// files of a directory belong together.
func exampleConfigurations(t *testing.T) []exampleConfiguration {
	t.Helper()
	var found []exampleConfiguration
	for _, file := range exampleFiles(t, "*.tf") {
		directory := filepath.Dir(file)
		page := filepath.Dir(directory) != examplesDir
		switch last := len(found) - 1; {
		case strings.HasPrefix(filepath.Base(file), "import"):
		case page:
			found = append(found, exampleConfiguration{name: exampleName(file), files: []string{file}, page: true})
		case last >= 0 && found[last].name == exampleName(directory):
			found[last].files = append(found[last].files, file)
		default:
			data, err := filepath.Glob(filepath.Join(directory, "*.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, exampleConfiguration{name: exampleName(directory), files: append(data, file)})
		}
	}
	return found
}

// exampleFiles are the files under examples whose names match a pattern, in the order of their paths.
func exampleFiles(t *testing.T, pattern string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(examplesDir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && (entry.Name() == ".terraform" || entry.Name() == "modules") {
			return fs.SkipDir // somebody ran an example in place; a module is called by its own test
		}
		if matches, _ := filepath.Match(pattern, filepath.Base(path)); matches {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatalf("no file under %s matches %s", examplesDir, pattern)
	}
	return found
}

// exampleName is a path below examples.
func exampleName(path string) string {
	return strings.TrimPrefix(filepath.ToSlash(path), examplesDir+"/")
}

// exampleTexts are the files of a configuration by their names.
func exampleTexts(t *testing.T, files []string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, file := range files {
		texts[filepath.Base(file)] = exampleText(t, file)
	}
	return texts
}

func exampleText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
