package provider_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-exec/tfexec"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/provider"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// The examples run through the engine itself. terraform-plugin-testing would do for most of them, but it refuses for_each,
// which a catalogue lives by.

const examplesDir = "../../examples"

const (
	hubID    = "0f4b7c52-6f0d-4c1e-9d3b-2a7e5c8d1f60"
	harborID = "7d9f2c64-1b0e-4f5a-9a53-0c5d3f6e8b21" // also in the registry's import example
	nginxID  = "3e0d6a1c-58f7-4c0b-8f0e-6a4b1d2c9e57" // also in the image's import example
)

// exampleTenant is what the examples look up and import. An example that needs more adds it here.
var exampleTenant = []map[string]any{
	{"entity": entity.DockerRegistry.Code, "id": hubID, "name": "Docker Hub", "url": "https://docker.io", "registryType": "1", "status": "1"},
	{"entity": entity.DockerRegistry.Code, "id": harborID, "name": "Platform Harbor", "url": "https://harbor.example.com", "registryType": "2", "status": "1"},
	{"entity": entity.DockerImage.Code, "id": nginxID, "name": "library/nginx", "tag": "1.27.3", "registry": hubID, "status": "1", "architecture": []string{"arm64"}, "labels": `{"team":"web"}`},
	{"entity": entity.K8sWorkload.Code, "name": "shop-frontend", "workloadType": "1", "status": "1", "image": "nginx", "imageTag": "1.27.3"},
}

// exampleMirror is a twin of the image above in another registry, which look-ups must tell apart. Imports run without it:
// the import by name and tag is documented for a name that is there once.
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

// An exampleRun is a configuration in a directory of its own, initialised, with the provider in this process and a tenant.
type exampleRun struct {
	engine   *tfexec.Terraform
	reattach *tfexec.ReattachOption
	seeded   []string // ids
}

func newExampleRun(t *testing.T, objects []map[string]any, files ...string) exampleRun {
	t.Helper()
	tenant := providertest.New(t, emulator.Options{})
	seeded, err := tenant.Seed(objects...)
	if err != nil {
		t.Fatal(err)
	}
	// Examples name neither endpoint nor token, so the environment must; therefore no two of them run at a time.
	t.Setenv("DEMANDFLOW_ENDPOINT", tenant.URL)
	t.Setenv("DEMANDFLOW_TOKEN", emulator.DefaultToken)
	t.Setenv("TF_CLI_CONFIG_FILE", os.DevNull) // a mirror or override that somebody set up must not get in between
	t.Setenv("TF_LOG_SDK", "off")              // it would write at TRACE, here on the test's own standard error

	engine, err := tfexec.NewTerraform(exampleCopy(t, files), enginePath(t))
	if err != nil {
		t.Fatal(err)
	}
	run := exampleRun{engine: engine, reattach: serveProvider(t), seeded: seeded}
	if err := engine.Init(t.Context(), run.reattach); err != nil {
		t.Fatal(err)
	}
	return run
}

func (run exampleRun) applyAndPlanNothing(t *testing.T) {
	t.Helper()
	if err := run.engine.Apply(t.Context(), run.reattach); err != nil {
		t.Fatal(err)
	}
	if changes, err := run.engine.Plan(t.Context(), run.reattach); err != nil || changes {
		t.Errorf("the plan after the apply has changes: %t, error: %v", changes, err)
	}
}

// checkTakenOver says whether the resource is one of the objects that the tenant had before.
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

// serveProvider runs the provider in this process for the duration of a test, under both engines' names for it.
func serveProvider(t *testing.T) *tfexec.ReattachOption {
	t.Helper()
	serve, err := providerserver.NewProtocol6WithError(provider.New("test")())()
	if err != nil {
		t.Fatal(err)
	}
	started, closed := make(chan *plugin.ReattachConfig), make(chan struct{})
	go func() {
		err := tf6server.Serve(provider.Address, func() tfprotov6.ProviderServer { return serve },
			tf6server.WithDebug(t.Context(), started, closed), tf6server.WithGoPluginLogger(hclog.NewNullLogger()), tf6server.WithoutLogStderrOverride())
		if err != nil {
			t.Errorf("the provider cannot be served: %s", err)
			close(closed)
		}
	}()
	t.Cleanup(func() { <-closed })
	select {
	case <-closed:
		t.FailNow()
	case config := <-started:
		reattach := tfexec.ReattachConfig{
			Protocol: string(config.Protocol), ProtocolVersion: config.ProtocolVersion, Pid: config.Pid, Test: true,
			Addr: tfexec.ReattachConfigAddr{Network: config.Addr.Network(), String: config.Addr.String()},
		}
		_, name, _ := strings.Cut(provider.Address, "/")
		return tfexec.Reattach(tfexec.ReattachInfo{provider.Address: reattach, "registry.opentofu.org/" + name: reattach})
	}
	return nil
}

// enginePath is the engine that the other tests use too.
func enginePath(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	path, err := exec.LookPath("terraform")
	if err != nil {
		t.Fatalf("%s: run the tests with `make test`, which finds or builds an engine", err)
	}
	return path
}

// An exampleConfiguration is one or more files that are applied together.
type exampleConfiguration struct {
	name  string
	files []string
	page  bool // belongs to a page of the documentation
}

// exampleConfigurations finds them. In a page's directory each file stands alone, as the page shows it; elsewhere the files
// of a directory belong together.
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
		if err == nil && entry.Name() == ".terraform" {
			return fs.SkipDir // somebody ran an example in place
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

// exampleCopy puts the files of a configuration into a directory of their own. Examples of pages leave out what every
// configuration has, the provider's source; it is added.
func exampleCopy(t *testing.T, files []string) string {
	t.Helper()
	_, source, _ := strings.Cut(provider.Address, "/")
	texts := map[string]string{}
	all := ""
	for _, file := range files {
		texts[filepath.Base(file)] = exampleText(t, file)
		all += texts[filepath.Base(file)]
	}
	if !strings.Contains(all, "required_providers") {
		texts["versions.tf"] = "terraform {\n  required_providers {\n    demandflow = { source = \"" + source + "\" }\n  }\n}\n"
	}
	directory := t.TempDir()
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return directory
}

func exampleText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
