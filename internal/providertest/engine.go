package providertest

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"testing"

	"github.com/hashicorp/go-version"
)

// A Feature is something that the provider offers and that not every engine knows how to use.
type Feature struct {
	Name      string // as the matrix in the README has it
	Terraform string // the version that knows it first; empty for none
	OpenTofu  string
}

// Features are the rows of the matrix, in its order. What tests skip, what the README and the guide promise and what
// they quote of an engine that lacks something all follow from this list.
func Features() []Feature {
	return []Feature{
		{"Resources, data sources, functions", "1.11", "1.11"},
		{"Ephemeral credentials, write-only arguments", "1.11", "1.11"},
		{"Import by id or name, `import` blocks, `plan -generate-config-out`", "1.11", "1.11"},
		{"`moved` from the generic REST provider", "1.11", "1.11"},
		{"`test` of modules", "1.11", "1.11"},
		ImportByIdentity,
		ListResources,
		MockFiles,
		Actions,
	}
}

// What only some engines have. A test that needs one of them says so with Needs, or with Tenant.RunWith.
var (
	ImportByIdentity = Feature{"Import by identity", "1.12", "1.12"}
	ListResources    = Feature{"List resources", "1.14", ""}
	MockFiles        = Feature{"Mocks from files", "1.11", ""}
	Actions          = Feature{"Actions", "1.14", ""}
)

// An Engine is a Terraform or an OpenTofu.
type Engine struct {
	Name    string // Terraform or OpenTofu
	Version *version.Version
}

func (e Engine) String() string { return fmt.Sprintf("%s %s", e.Name, e.Version) }

// Has reports whether an engine has a feature.
func (e Engine) Has(f Feature) bool {
	since := f.Terraform
	if e.Name == "OpenTofu" {
		since = f.OpenTofu
	}
	return since != "" && e.Version.Core().GreaterThanOrEqual(version.Must(version.NewVersion(since)))
}

// Needs skips a test where the engine lacks a feature, and says so by name.
func Needs(tb testing.TB, f Feature) {
	tb.Helper()
	if engine := TheEngine(tb); !engine.Has(f) {
		tb.Skipf("%s: %s has nothing of the kind", f.Name, engine)
	}
}

// TheEngine is the one that the tests run through.
func TheEngine(tb testing.TB) Engine {
	tb.Helper()
	engine, err := identify()
	if err != nil {
		tb.Fatal(err)
	}
	return engine
}

// EnginePath is where that engine is: what terraform-plugin-testing takes, too.
func EnginePath() (string, error) {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path, nil
	}
	path, err := exec.LookPath("terraform")
	if err != nil {
		return "", fmt.Errorf("%w: run the tests with `make test`, which finds or builds an engine", err)
	}
	return path, nil
}

var identify = sync.OnceValues(func() (Engine, error) {
	path, err := EnginePath()
	if err != nil {
		return Engine{}, err
	}
	command := exec.Command(path, "version")
	command.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1")
	output, err := command.Output()
	if err != nil {
		return Engine{}, fmt.Errorf("%s does not say its version: %w", path, err)
	}
	// A warning about the CLI configuration may stand before the line with the version.
	found := regexp.MustCompile(`(?m)^(Terraform|OpenTofu) v(\S+)`).FindStringSubmatch(string(output))
	if found == nil {
		return Engine{}, fmt.Errorf("%s is neither Terraform nor OpenTofu, but says %q", path, output)
	}
	number, err := version.NewVersion(found[2])
	return Engine{Name: found[1], Version: number}, err
})
