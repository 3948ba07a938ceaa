package chaos

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/provider"
)

// A resource is one instance as Terraform holds it in memory during a run.
type resource struct {
	object   object
	private  []byte
	identity *tfprotov6.ResourceIdentityData
	tainted  bool
}

// An instance is one in the state file.
type instance struct {
	json     string
	private  []byte
	identity *tfprotov6.ResourceIdentityData
	tainted  bool
}

// A state is the state file, by address.
type state map[string]*instance

func (s state) put(address string, r *resource) {
	if r == nil || r.object == nil {
		delete(s, address)
		return
	}
	s[address] = &instance{json: encodeObject(r.object), private: r.private, identity: r.identity, tainted: r.tainted}
}

// A message is a diagnostic.
type message struct {
	address         string
	warning         bool
	summary, detail string
}

func (m message) String() string {
	return strings.TrimSpace(m.address + ": " + m.summary + ": " + m.detail)
}

// A run is one command of Terraform's: what it has said, and how it went.
type run struct {
	parallel bool       // several instances at a time, as Terraform does
	mutex    sync.Mutex // guards what follows from answers
	schemas  *schemas
	world    *world
	config   configuration
	token    string
	state    state
	said     []message
	applied  bool      // it has got as far as an apply
	requests []request // that DemandFlow got, once the run is over
	log      logBuffer
	broken   []string    // Terraform's own rules that the provider's answers broke
	stopped  atomic.Bool // Ctrl-C was pressed: nothing new begins
	killed   atomic.Bool // nothing of what comes is heard
	failed   bool        // there were errors
	process  *process
	signal   atomic.Pointer[func(kill bool)] // sends the real engine a signal; nil for none
	faults   []*fault
}

// A process is one provider that Terraform has started.
type process struct {
	tfprotov6.ProviderServer
	*connections
}

// start starts and configures a provider.
func (r *run) start(ctx context.Context) bool {
	line := &connections{network: r.world.network}
	server := provider.Server("chaos", func(config *demandflow.Config) { config.Dial = line.dial })()
	r.process = &process{server, line}
	config := map[string]tftypes.Value{}
	for name, typ := range r.schemas.provider.AttributeTypes {
		config[name] = tftypes.NewValue(typ, nil)
	}
	config["endpoint"], config["token"] = str("http://localhost"), str(r.token)
	value, err := tfprotov6.NewDynamicValue(r.schemas.provider, tftypes.NewValue(r.schemas.provider, config))
	must(err)
	answer, err := server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.8",
		Config: &value})
	return r.answered("provider", err) && r.heard("provider", answer.Diagnostics)
}

// interrupt is one Ctrl-C.
func (r *run) interrupt() {
	r.stopped.Store(true)
	if signal := r.signal.Load(); signal != nil {
		(*signal)(false)
		return
	}
	_, err := r.process.StopProvider(context.Background(), &tfprotov6.StopProviderRequest{})
	must(err)
}

// kill is kill -9: of the provider and of Terraform.
func (r *run) kill() {
	r.killed.Store(true)
	if signal := r.signal.Load(); signal != nil {
		(*signal)(true)
		return
	}
	r.process.cut()
}

// answered reports whether a call had an answer that counts, and keeps why not.
func (r *run) answered(address string, err error) bool {
	if err != nil && !r.killed.Load() {
		r.breaks(address, "the call failed: %s", err)
	}
	return err == nil && !r.killed.Load()
}

// heard keeps what was said, and reports whether there was no error.
func (r *run) heard(address string, diagnostics []*tfprotov6.Diagnostic) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	fine := true
	for _, d := range diagnostics {
		r.said = append(r.said, message{address, d.Severity == tfprotov6.DiagnosticSeverityWarning, d.Summary, d.Detail})
		fine = fine && d.Severity == tfprotov6.DiagnosticSeverityWarning
	}
	r.failed = r.failed || !fine
	return fine
}

func (r *run) breaks(address, format string, arguments ...any) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.broken = append(r.broken, address+": "+fmt.Sprintf(format, arguments...))
}

// each does something for addresses, one after the other or all at a time. Of one kind none refers to another.
func (r *run) each(addresses []string, do func(address string)) {
	if !r.parallel {
		for _, address := range addresses {
			if !r.over() {
				do(address)
			}
		}
		return
	}
	var group sync.WaitGroup
	for _, address := range addresses {
		group.Go(func() { do(address) })
	}
	group.Wait()
}

// over reports whether nothing new begins.
func (r *run) over() bool { return r.stopped.Load() || r.killed.Load() }

// ofKind returns those of some addresses that are of a kind.
func ofKind(addresses []string, k *resourceKind) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(address string) bool { return thingAt(address).kind != k })
}

// addresses returns those of the configuration and of the state, in the order of references.
func (r *run) addresses() []string {
	var all []string
	for _, t := range things {
		if address := t.address(); r.config.things[address] != nil || r.state[address] != nil {
			all = append(all, address)
		}
	}
	return all
}

func (r *run) typeOf(address string) *resourceType {
	return r.schemas.types[thingAt(address).kind.name]
}

// load takes an instance out of the state file.
func (r *run) load(ctx context.Context, address string) (*resource, bool) {
	kept, t := r.state[address], r.typeOf(address)
	answer, err := r.process.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{
		TypeName: t.name, Version: t.version, RawState: &tfprotov6.RawState{JSON: []byte(kept.json)},
	})
	if !r.answered(address, err) || !r.heard(address, answer.Diagnostics) {
		return nil, false
	}
	current, err := t.decode(answer.UpgradedState)
	if err != nil || current == nil {
		r.breaks(address, "the upgraded state cannot be read: %v", err)
		return nil, false
	}
	return &resource{object: current, private: kept.private, identity: kept.identity, tainted: kept.tainted}, true
}

// refresh reads an instance. It returns nil for one that does not exist any more.
func (r *run) refresh(ctx context.Context, address string, before *resource) (*resource, bool) {
	t := r.typeOf(address)
	answer, err := r.process.ReadResource(ctx, &tfprotov6.ReadResourceRequest{
		TypeName: t.name, CurrentState: t.encode(before.object), Private: before.private, CurrentIdentity: before.identity,
	})
	if !r.answered(address, err) || !r.heard(address, answer.Diagnostics) {
		return before, false
	}
	current, err := t.decode(answer.NewState)
	switch {
	case err != nil:
		r.breaks(address, "what was read cannot be read: %v", err)
		return before, false
	case current == nil:
		return nil, true
	case unknownName(current) != "":
		r.breaks(address, "%s is not known after a read", unknownName(current))
	}
	return &resource{object: current, private: answer.Private, identity: answer.NewIdentity, tainted: before.tainted}, true
}

// validate asks about a configuration.
func (r *run) validate(ctx context.Context, address string, config object) bool {
	t := r.typeOf(address)
	answer, err := r.process.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{
		TypeName: t.name, Config: t.encode(config),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	return r.answered(address, err) && r.heard(address, answer.Diagnostics)
}

// ids returns the id of a resource as far as it is known.
func (r *run) ids(resources map[string]*resource, planned map[string]*change) func(string) tftypes.Value {
	return func(address string) tftypes.Value {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		if c := planned[address]; c != nil && c.action != nothing {
			return c.planned["id"]
		}
		if known := resources[address]; known != nil {
			return known.object["id"]
		}
		return tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	}
}

// sortedKeys returns a map's keys in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
