package chaos

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/provider"
)

// A binary is the real engine, on the real clock and over the network.
type binary struct {
	t        *testing.T
	w        *walk
	path     string
	folder   string
	endpoint string
	reattach string
}

func newBinary(t *testing.T, w *walk, path string) *binary {
	t.Helper()
	listener := httptest.NewServer(w.world)
	t.Cleanup(listener.Close)
	b := &binary{t: t, w: w, path: path, folder: t.TempDir(), endpoint: listener.URL, reattach: served(t)}
	return b
}

// served serves the provider in this process, and returns what tells the engine where.
func served(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	started, closed := make(chan *plugin.ReattachConfig, 1), make(chan struct{})
	go func() {
		if err := tf6server.Serve(provider.Address, provider.Server("chaos"),
			tf6server.WithDebug(ctx, started, closed), tf6server.WithGoPluginLogger(hclog.NewNullLogger()),
			tf6server.WithoutLogStderrOverride()); err != nil {
			t.Errorf("the provider cannot be served: %s", err)
		}
	}()
	t.Cleanup(func() { cancel(); <-closed })
	config := <-started
	entry := map[string]any{
		"Protocol": string(config.Protocol), "ProtocolVersion": config.ProtocolVersion, "Pid": config.Pid, "Test": true,
		"Addr": map[string]string{"Network": config.Addr.Network(), "String": config.Addr.String()},
	}
	_, name, _ := strings.Cut(provider.Address, "/")
	text, err := json.Marshal(map[string]any{provider.Address: entry, "registry.opentofu.org/" + name: entry})
	must(err)
	return string(text)
}

// call runs the engine. Signals come from faults, through the process of the run.
func (b *binary) call(ctx context.Context, r *run, arguments ...string) (printed string, ok bool) {
	command := exec.CommandContext(ctx, b.path, arguments...)
	command.Dir = b.folder
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") {
			command.Env = append(command.Env, variable)
		}
	}
	command.Env = append(command.Env, "TF_REATTACH_PROVIDERS="+b.reattach, "TF_CLI_CONFIG_FILE="+os.DevNull,
		"CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	var output strings.Builder
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		b.t.Fatal(err)
	}
	if r != nil {
		signal := func(kill bool) {
			number := syscall.SIGINT
			if kill {
				number = syscall.SIGKILL
			}
			_ = command.Process.Signal(number) // one that has ended needs none
		}
		r.signal.Store(&signal)
	}
	err := command.Wait()
	if r != nil {
		r.signal.Store(nil)
		b.hear(r, output.String())
	}
	return output.String(), err == nil
}

// hear takes the diagnostics from what was printed with -json.
func (b *binary) hear(r *run, printed string) {
	for line := range strings.Lines(printed) {
		var said struct {
			Type       string
			Diagnostic struct{ Severity, Summary, Detail, Address string }
		}
		if json.Unmarshal([]byte(line), &said) != nil || said.Type != "diagnostic" || r.killed.Load() {
			continue
		}
		d := said.Diagnostic
		r.said = append(r.said, message{walkAddress(d.Address), d.Severity == "warning", d.Summary, d.Detail})
		r.failed = r.failed || d.Severity != "warning"
		if strings.Contains(d.Detail, "bug in the provider") {
			r.breaks(d.Address, "%s: %s", d.Summary, d.Detail)
		}
	}
}

func (b *binary) plan(ctx context.Context, r *run) *plan {
	if err := os.WriteFile(filepath.Join(b.folder, "main.tf"), []byte(b.w.hcl(b.endpoint, r.token)), 0o600); err != nil {
		b.t.Fatal(err)
	}
	if printed, ok := b.call(ctx, nil, "init", "-no-color"); !ok {
		b.t.Fatalf("init: %s", printed)
	}
	for _, address := range sortedKeys(b.stateFile()) {
		if b.w.state[address] == nil { // a step has taken it out
			if printed, ok := b.call(ctx, nil, "state", "rm", realAddress(address)); !ok {
				b.t.Fatalf("state rm: %s", printed)
			}
		}
	}
	_, ok := b.call(ctx, r, "plan", "-json", "-out=plan")
	if !ok || r.stopped.Load() || r.killed.Load() {
		r.failed = true
		return nil
	}
	printed, ok := b.call(ctx, nil, "show", "-json", "plan")
	if !ok {
		b.t.Fatalf("show: %s", printed)
	}
	return b.read(r, printed)
}

// read takes a plan from its JSON.
func (b *binary) read(r *run, printed string) *plan {
	type changed struct {
		Address, Mode string
		Change        struct {
			Actions       []string
			Before, After json.RawMessage
			AfterUnknown  map[string]any `json:"after_unknown"`
		}
	}
	var document struct {
		Changes []changed `json:"resource_changes"`
		Drift   []changed `json:"resource_drift"`
	}
	must(json.Unmarshal([]byte(printed), &document))
	p := &plan{changes: map[string]*change{}, read: map[string]*resource{}, answers: map[string]object{}}
	for _, drift := range document.Drift {
		if len(drift.Change.Actions) == 1 && drift.Change.Actions[0] == "delete" {
			p.dropped = append(p.dropped, removal{walkAddress(drift.Address), b.w.idIn(walkAddress(drift.Address))})
		}
	}
	actions := map[string]action{"no-op": nothing, "create": create, "update": update, "delete": remove,
		"delete create": replace, "create delete": replace}
	for _, c := range document.Changes {
		address := walkAddress(c.Address)
		if c.Mode != "managed" || address == "" {
			continue
		}
		t := r.typeOf(address)
		planned := b.object(t, c.Change.After)
		for name := range c.Change.AfterUnknown {
			if c.Change.AfterUnknown[name] == true {
				planned[name] = tftypes.NewValue(t.object.AttributeTypes[name], tftypes.UnknownValue)
			}
		}
		prior := b.object(t, c.Change.Before)
		p.changes[address] = &change{
			address: address, action: actions[strings.Join(c.Change.Actions, " ")], prior: prior, planned: planned,
			id: textOf(prior["id"]), policy: textOf(prior["deletion_policy"]),
		}
	}
	return p
}

func (b *binary) object(t *resourceType, text []byte) object {
	value, err := tftypes.ValueFromJSONWithOpts(text, t.object, tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true})
	must(err)
	if value.IsNull() {
		return nil
	}
	attributes := map[string]tftypes.Value{}
	must(value.As(&attributes))
	return attributes
}

func (b *binary) apply(ctx context.Context, r *run, p *plan) {
	b.w.world.apply(p)
	_, ok := b.call(ctx, r, "apply", "-json", "plan")
	r.failed = r.failed || !ok
	b.take()
}

func (b *binary) adopt(ctx context.Context, r *run, address, id string) bool {
	_, ok := b.call(ctx, nil, "import", "-no-color", realAddress(address), id)
	b.take()
	return ok && r.state[address] != nil
}

// take brings the walk's state to that of the file.
func (b *binary) take() {
	clear(b.w.state)
	maps.Copy(b.w.state, b.stateFile())
}

// stateFile is what the engine has written.
func (b *binary) stateFile() state {
	kept := state{}
	text, err := os.ReadFile(filepath.Join(b.folder, "terraform.tfstate"))
	if err != nil {
		return kept
	}
	var file struct {
		Resources []struct {
			Mode, Type, Name string
			Instances        []struct {
				Attributes json.RawMessage
				Private    string
				Status     string
			}
		}
	}
	must(json.Unmarshal(text, &file))
	for _, resource := range file.Resources {
		address := walkAddress(fmt.Sprintf("%s.%s", resource.Type, resource.Name))
		for _, i := range resource.Instances {
			if resource.Mode == "managed" && address != "" {
				private, err := base64.StdEncoding.DecodeString(i.Private)
				must(err)
				kept[address] = &instance{json: string(i.Attributes), private: private, tainted: i.Status == "tainted"}
			}
		}
	}
	return kept
}
