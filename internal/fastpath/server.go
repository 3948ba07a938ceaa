// Package fastpath answers calls about the instances of resources and data sources before the plugin framework does.
// The framework walks each of eighty attributes many times, which takes some tens of milliseconds for each instance in
// every plan and apply; the fast path takes one.
//
// It changes no answer. A resource computes each outcome once, for the fast path or the framework. Where the fast path
// answers, the framework would add nothing; comments explain why in each place. In doubt, and if there are diagnostics,
// the framework answers. internal/providertest calls both in every test, and fails if they differ.
//
// It imports Terraform's plugin protocol and no other package of this module.
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

// A Framework is the provider as the plugin framework serves it. It has each interface that Terraform's side looks for:
// one that is missing here would be missing from the provider.
type Framework interface {
	tfprotov6.ProviderServer
	tfprotov6.ActionServer
	tfprotov6.ListResourceServer
	tfprotov6.StateStoreServer
}

// A Resource is one type of resource without the framework. Its values have Type, which is the schema's.
//
// Its outcomes are nil if the framework has to answer. The resource computes outcomes through Once, so that nothing is
// applied twice.
type Resource interface {
	Type() tftypes.Object
	Identity() tftypes.Object // the type of its identities
	Version() int64           // of the schema

	// Valid reports whether a configuration certainly has no diagnostics, by the schema's own rules too.
	Valid(config tftypes.Value, writeOnlyAllowed bool) bool

	// Read returns what a refresh makes of a state and an identity, which is null where none is known.
	Read(ctx context.Context, state, identity tftypes.Value, private Private) *Outcome

	// Plan returns what is planned for an instance. The state is null for a create.
	Plan(ctx context.Context, config, state tftypes.Value, private Private) *Outcome

	// Apply applies a plan.
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

// An Outcome is the result of a call without diagnostics.
type Outcome struct {
	State     tftypes.Value // null where there is no object any more
	Identity  tftypes.Value // of a read and an apply; a plan does not change it
	Private   Private       // nil where what is kept stays as it is
	Unchanged bool          // the plan is the state
}

// A Server answers what its resources can answer, and has the framework answer the rest. The methods whose
// names end in Fast return nil if the framework has to answer.
type Server struct {
	Framework
	resources   map[string]Resource   // by the name of their type
	dataSources map[string]DataSource // likewise

	mutex   sync.Mutex
	stop    context.Context // ends when Terraform is interrupted
	halt    context.CancelFunc
	stopped bool // Terraform was interrupted in this run
}

// New puts the fast path before a provider.
func New(framework Framework, resources map[string]Resource, dataSources map[string]DataSource) *Server {
	s := &Server{Framework: framework, resources: resources, dataSources: dataSources}
	s.stop, s.halt = context.WithCancel(context.Background())
	return s
}

// StopProvider cancels the calls under way, as the framework does with its own. Later calls are answered.
func (s *Server) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse,
	error) {
	s.mutex.Lock()
	s.halt()
	s.stop, s.halt = context.WithCancel(context.Background())
	s.stopped = true
	s.mutex.Unlock()
	return s.Framework.StopProvider(ctx, req)
}

// ConfigureProvider begins a run. A provider that is being debugged serves several.
func (s *Server) ConfigureProvider(ctx context.Context,
	req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	s.mutex.Lock()
	s.stopped = false
	s.mutex.Unlock()
	return s.Framework.ConfigureProvider(ctx, req)
}

// interruptible returns a context that ends when Terraform is interrupted. The caller must call release.
func (s *Server) interruptible(ctx context.Context) (_ context.Context, release func()) {
	s.mutex.Lock()
	stop := s.stop
	s.mutex.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(stop, cancel)
	return ctx, func() { unhook(); cancel() }
}

// Applying returns the context of an apply. It is canceled after a stop, so that nothing is applied then. Terraform
// begins nothing after a stop, but a call that it had begun just before may arrive after it.
func (s *Server) Applying(ctx context.Context) (_ context.Context, release func()) {
	ctx, cancel := context.WithCancel(Remembering(ctx))
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.stopped {
		cancel()
	}
	return ctx, cancel
}

// open decodes a value of Terraform; false for null and for what the framework should handle.
func open(wire *tfprotov6.DynamicValue, typ tftypes.Type) (tftypes.Value, bool) {
	value, ok := openOrNull(wire, typ)
	return value, ok && !value.IsNull()
}

// openOrNull decodes a value that may be null.
func openOrNull(wire *tfprotov6.DynamicValue, typ tftypes.Type) (tftypes.Value, bool) {
	if wire == nil || len(wire.MsgPack) == 0 {
		return tftypes.Value{}, false
	}
	value, err := wire.Unmarshal(typ)
	return value, err == nil && value.IsKnown()
}

// openIdentity decodes an identity; null if Terraform has none.
func openIdentity(data *tfprotov6.ResourceIdentityData, typ tftypes.Type) (tftypes.Value, bool) {
	if data == nil {
		return tftypes.NewValue(typ, nil), true
	}
	return open(data.IdentityData, typ)
}

// private decodes private state. The framework has keys of its own there, which begin with a dot, such as that the
// state comes from an import. It acts on them, so it has to answer.
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
	return kept, err == nil && slices.Equal(again, document) // the framework encodes it again
}

// document returns private state as the framework encodes it.
func (p Private) document() ([]byte, error) {
	if len(p) == 0 {
		return nil, nil
	}
	return json.Marshal(p)
}
