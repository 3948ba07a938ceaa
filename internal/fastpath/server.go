// Package fastpath answers for a resource, before the plugin framework does, what Terraform asks of every instance in
// every plan. Most instances of most plans are unchanged, and for them the framework walks each of eighty attributes
// many times over: some tens of milliseconds an instance, where the answer takes one.
//
// It changes no answer. A resource says what the outcome is by the same code that the framework would call; what the
// framework adds to that is nothing where an answer is given early, and each place here says why. In doubt, and
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
type Resource interface {
	Type() tftypes.Object
	Identity() tftypes.Object // the type of its identities
	Version() int64           // of the schema

	// Valid says that there is certainly nothing to say of a configuration, the schema's own rules included.
	Valid(config tftypes.Value) bool

	// Unchanged says that the plan is certainly the state, without a word to people. Terraform has proposed the state
	// itself.
	Unchanged(ctx context.Context, config, state tftypes.Value, private Private) bool

	// Read is what a refresh makes of a state and an identity (nil for none); nil where the framework has to say it. It
	// asks others through Once, so that nothing is read twice.
	Read(ctx context.Context, state tftypes.Value, identity *tftypes.Value, private Private) *Reading
}

// Private is what the provider keeps beside a state, by key.
type Private map[string][]byte

// A Reading is a resource as it is now. What is kept beside the state stays as it is.
type Reading struct{ State, Identity tftypes.Value }

// A Server answers early what its resources can answer, and has the framework answer the rest. The four methods whose
// names end in Early give nil where the framework has to answer.
type Server struct {
	Framework
	resources map[string]Resource // by the name of their type

	mutex   sync.Mutex
	stop    context.Context // ends when Terraform is interrupted
	halt    context.CancelFunc
	stopped bool // Terraform was interrupted in this run
}

// New puts early answers before a provider.
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

// ApplyResourceChange applies nothing after a stop. Terraform begins nothing then; but what it had begun just before
// arrives after the stop, which does not reach it.
func (s *Server) ApplyResourceChange(ctx context.Context,
	req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.mutex.Lock()
	if s.stopped {
		cancel()
	}
	s.mutex.Unlock()
	return s.Framework.ApplyResourceChange(ctx, req)
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

// open decodes what Terraform sends; false for anything that the framework should look at.
func open(wire *tfprotov6.DynamicValue, typ tftypes.Type) (tftypes.Value, bool) {
	if wire == nil || len(wire.MsgPack) == 0 {
		return tftypes.Value{}, false
	}
	value, err := wire.Unmarshal(typ)
	return value, err == nil && !value.IsNull() && value.IsKnown()
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
