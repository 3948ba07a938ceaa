package provider_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-exec/tfexec"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/provider"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// Examples and guides run through the engine itself. terraform-plugin-testing would do for most of them, but it refuses
// for_each, which a catalogue lives by, and keeps what the engine prints to itself.

// An engineRun is a directory with a configuration, and an engine that finds providers of this process and a tenant
// there.
type engineRun struct {
	engine    *tfexec.Terraform
	reattach  *tfexec.ReattachOption
	providers tfexec.ReattachInfo // the same
	directory string
}

// newEngineRun writes files into the directory. The provider is served by itself, others beside it.
func newEngineRun(t *testing.T, tenant *providertest.Tenant, texts map[string]string,
	others tfexec.ReattachInfo) engineRun {
	t.Helper()
	// What is documented names neither endpoint nor token, so the environment must; therefore no two runs are at a time.
	t.Setenv("DEMANDFLOW_ENDPOINT", tenant.URL)
	t.Setenv("DEMANDFLOW_TOKEN", emulator.DefaultToken)
	t.Setenv("TF_CLI_CONFIG_FILE", os.DevNull) // a mirror or override that somebody set up must not get in between
	t.Setenv("TF_LOG_SDK", "off")              // it would write at TRACE, here on the standard error of the test itself
	t.Setenv("TF_LOG_PROVIDER_DEMANDFLOW", "off")

	directory := t.TempDir()
	if !strings.Contains(strings.Join(slices.Collect(maps.Values(texts)), ""), "required_providers") {
		texts["versions.tf"] = requiredProvider()
	}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	own, err := providertest.Serve()
	if err != nil {
		t.Fatal(err)
	}
	reattach := serve(t, provider.Address, own)
	maps.Copy(reattach, others)
	engine, err := tfexec.NewTerraform(directory, enginePath(t))
	if err != nil {
		t.Fatal(err)
	}
	return engineRun{engine: engine, reattach: tfexec.Reattach(reattach), providers: reattach, directory: directory}
}

func (run engineRun) applyAndPlanNothing(t *testing.T) {
	t.Helper()
	if err := run.engine.Apply(t.Context(), run.reattach); err != nil {
		t.Fatal(err)
	}
	var printed printout
	run.engine.SetStdout(&printed.output)
	run.engine.SetStderr(&printed.errors)
	if changes, err := run.engine.Plan(t.Context(), run.reattach); err != nil || changes &&
		!readsForChecksAlone(printed.String()) {
		t.Errorf("the plan after the apply has changes: %t, error: %v\n%s", changes, err, printed.String())
	}
}

// readsForChecksAlone reports whether a plan with changes changes nothing: Terraform reads what is inside a check block
// again in each apply, and counts that as a change.
func readsForChecksAlone(printed string) bool {
	read, again := strings.Count(printed, "will be read during apply"),
		strings.Count(printed, "(config will be reloaded to verify a check block)")
	return read > 0 && read == again && strings.Contains(printed, "Plan: 0 to add, 0 to change, 0 to destroy.") &&
		!strings.Contains(printed, "Changes to Outputs")
}

// A printout is what a run prints. The engine's two streams are read at the same time, so each has a buffer of its own.
type printout struct{ output, errors bytes.Buffer }

func (p *printout) String() string { return p.output.String() + p.errors.String() }

func (p *printout) Reset() {
	p.output.Reset()
	p.errors.Reset()
}

// requiredProvider is what every configuration has, and pages leave out.
func requiredProvider() string {
	_, source, _ := strings.Cut(provider.Address, "/")
	return "terraform {\n  required_providers {\n    demandflow = { source = \"" + source + "\" }\n  }\n}\n"
}

// serve runs a provider in this process for the duration of a test, under both engines' names for it.
func serve(t *testing.T, address string, server tfprotov6.ProviderServer) tfexec.ReattachInfo {
	t.Helper()
	started, closed := make(chan *plugin.ReattachConfig), make(chan struct{})
	go func() {
		err := tf6server.Serve(address, func() tfprotov6.ProviderServer { return server },
			tf6server.WithDebug(t.Context(), started, closed), tf6server.WithGoPluginLogger(hclog.NewNullLogger()),
			tf6server.WithoutLogStderrOverride())
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
		_, name, _ := strings.Cut(address, "/")
		return tfexec.ReattachInfo{address: reattach, "registry.opentofu.org/" + name: reattach}
	}
	return nil
}

// enginePath is the engine that the other tests use too.
func enginePath(t *testing.T) string {
	t.Helper()
	path, err := providertest.EnginePath()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
