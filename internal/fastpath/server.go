// Package fastpath answers for a resource, before the plugin framework does, what Terraform asks of every instance in
// every plan and apply. The framework walks each of eighty attributes many times over: some tens of milliseconds an
// instance, where the answer takes one.
//
// It changes no answer. A resource works each outcome out once, and gives it to the fast path or the framework; what
// the framework adds to that is nothing where the fast path answers, and each place here says why. In doubt, and
// wherever something is to be told to people, the framework answers. internal/providertest asks both in every test, and
// fails where they differ.
//
// It imports Terraform's plugin protocol and nothing of ours.
package fastpath

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A Framework is the provider as the plugin framework serves it. Each interface that Terraform's side asks for by type
// is named: one that is missing here would be missing from the provider.
type Framework interface {
	tfprotov6.ProviderServer
	tfprotov6.ActionServer
	tfprotov6.ListResourceServer
	tfprotov6.StateStoreServer
}

// A Resource says of one type of resource what needs no framework. Its values have Type, which is the schema's.
//
// Its outcomes are nil where the framework has to answer. What was carried out for one of those must not be carried out
// again: the resource does it through Once, so that it answers the framework's call with what came of it.
type Resource interface {
	Type() tftypes.Object
	Identity() tftypes.Object // the type of its identities
	Version() int64           // of the schema

	// Valid reports whether there is certainly nothing to say of a configuration, the schema's own rules included.
	Valid(config tftypes.Value, writeOnlyAllowed bool) bool

	// Read returns what a refresh makes of a state and an identity, which is null where none is known.
	Read(ctx context.Context, state, identity tftypes.Value, private Private) *Outcome

	// Plan returns what is planned for an instance. The state is null for a create.
	Plan(ctx context.Context, config, state tftypes.Value, private Private) *Outcome

	// Apply carries a plan out.
	Apply(ctx context.Context, change Change) *Outcome
}

// A Change is a planned one: a create where there is no state yet, a delete where none is planned.
type Change struct {
	Config, State, Planned tftypes.Value
	Identity               tftypes.Value
	Private                Private
}

// Private is what the provider keeps beside a state, by key.
type Private map[string][]byte

// An Outcome is what came of a call without a word to people.
type Outcome struct {
	State     tftypes.Value // null where there is no object any more
	Identity  tftypes.Value // of a read and an apply; a plan does not change it
	Private   Private       // nil where what is kept stays as it is
	Unchanged bool          // the plan is the state
}

// A Server answers what its resources can answer, and has the framework answer the rest. The methods whose
// names end in Fast give nil where the framework has to answer.
type Server struct {
	Framework
	resources map[string]Resource // by the name of their type

	mutex   sync.Mutex
	stop    context.Context // ends when Terraform is interrupted
	halt    context.CancelFunc
	stopped bool // Terraform was interrupted in this run
}

// New puts the fast path before a provider.
func New(framework Framework, resources map[string]Resource) *Server {
	s := &Server{Framework: framework, resources: resources}
	s.stop, s.halt = context.WithCancel(context.Background())
	return s
}

// StopProvider ends what is under way, as the framework does for what it was asked. What is asked later is answered.
func (s *Server) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse,
	error) {
	s.mutex.Lock()
	s.halt()
	s.stop, s.halt = context.WithCancel(context.Background())
	s.stopped = true
	s.mutex.Unlock()
	return s.Framework.StopProvider(ctx, req)
}

// ConfigureProvider begins a run. A provider that is being debugged goes through several.
func (s *Server) ConfigureProvider(ctx context.Context,
	req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	s.mutex.Lock()
	s.stopped = false
	s.mutex.Unlock()
	return s.Framework.ConfigureProvider(ctx, req)
}

// interruptible is a context that ends when Terraform is interrupted; release is to be called when it is no longer
// needed.
func (s *Server) interruptible(ctx context.Context) (_ context.Context, release func()) {
	s.mutex.Lock()
	stop := s.stop
	s.mutex.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(stop, cancel)
	return ctx, func() { unhook(); cancel() }
}

// Applying is the context of an apply: one that is over after a stop, so that nothing is applied then. Terraform begins
// nothing after a stop; but what it had begun just before arrives after the stop, which does not reach it.
func (s *Server) Applying(ctx context.Context) (_ context.Context, release func()) {
	ctx, cancel := context.WithCancel(Remembering(ctx))
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.stopped {
		cancel()
	}
	return ctx, cancel
}

// open decodes what Terraform sends; false for anything that the framework should look at, which null is.
func open(wire *tfprotov6.DynamicValue, typ tftypes.Type) (tftypes.Value, bool) {
	value, ok := openOrNull(wire, typ)
	return value, ok && !value.IsNull()
}

// openOrNull is open where there may be nothing.
func openOrNull(wire *tfprotov6.DynamicValue, typ tftypes.Type) (tftypes.Value, bool) {
	if wire == nil || len(wire.MsgPack) == 0 {
		return tftypes.Value{}, false
	}
	value, err := wire.Unmarshal(typ)
	return value, err == nil && value.IsKnown()
}

// openIdentity decodes an identity; null where Terraform has none.
func openIdentity(data *tfprotov6.ResourceIdentityData, typ tftypes.Type) (tftypes.Value, bool) {
	if data == nil {
		return tftypes.NewValue(typ, nil), true
	}
	return open(data.IdentityData, typ)
}

// private opens what is kept beside a state. The framework keeps things there too, under keys that begin with a dot,
// such as that the state comes from an import; it acts on them, and so must answer.
func private(document []byte) (Private, bool) {
	if len(document) == 0 {
		return nil, true
	}
	var kept Private
	if json.Unmarshal(document, &kept) != nil || len(kept) == 0 {
		return nil, false
	}
	for key, value := range kept {
		if strings.HasPrefix(key, ".") || len(value) == 0 || !json.Valid(value) {
			return nil, false
		}
	}
	again, err := json.Marshal(kept)
	return kept, err == nil && slices.Equal(again, document) // the framework writes it anew
}

// document is private state as the framework writes it.
func (p Private) document() ([]byte, error) {
	if len(p) == 0 {
		return nil, nil
	}
	return json.Marshal(p)
}
