package providertest

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/fastpath"
	"github.com/demandflow/terraform-provider-demandflow/internal/provider"
)

// A BothWays is the provider as Terraform speaks to it, with one thing more: what the fast path answers, the framework
// is asked too, and where the two differ the call fails, and with it the test. It sends no request that the provider
// would not send.
type BothWays struct {
	*fastpath.Server
	types map[bool]map[string]tftypes.Object // by name, true: of data sources

	mutex    sync.Mutex
	answered map[Call]int
}

// A Call is one of the plugin protocol, and who answered it.
type Call struct {
	Name string
	Fast bool
}

// known are the provider's schemas. They are the same in each run of the provider, and to make them takes longer under
// the race detector than most of what is tested.
var known = sync.OnceValues(func() (*tfprotov6.GetProviderSchemaResponse, error) {
	return provider.Server("test")().GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
})

func newBothWays(server *fastpath.Server) (*BothWays, error) {
	schemas, err := known()
	if err != nil {
		return nil, err
	}
	b := &BothWays{
		Server: server, types: map[bool]map[string]tftypes.Object{false: {}, true: {}}, answered: map[Call]int{},
	}
	for name, schema := range schemas.ResourceSchemas {
		b.types[false][name], _ = schema.ValueType().(tftypes.Object)
	}
	for name, schema := range schemas.DataSourceSchemas {
		b.types[true][name], _ = schema.ValueType().(tftypes.Object)
	}
	return b, nil
}

// GetProviderSchema gives what is known.
func (b *BothWays) GetProviderSchema(context.Context,
	*tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return known()
}

// Answered says how often a call came, by who answered it.
func (b *BothWays) Answered(name string) (byResource, byFramework int) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.answered[Call{name, true}], b.answered[Call{name, false}]
}

func (b *BothWays) count(name string, isFast bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.answered[Call{name, isFast}]++
}

// ValidateResourceConfig must be as silent by the framework.
func (b *BothWays) ValidateResourceConfig(ctx context.Context,
	req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	answer := b.ValidateFast(req)
	b.count("ValidateResourceConfig", answer != nil)
	late, err := b.Framework.ValidateResourceConfig(ctx, req)
	if answer == nil || err != nil {
		return late, err
	}
	return answer, b.same(comparison{call: "ValidateResourceConfig", typ: req.TypeName, late: late.Diagnostics})
}

// UpgradeResourceState must give the same state.
func (b *BothWays) UpgradeResourceState(ctx context.Context,
	req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	answer := b.UpgradeFast(req)
	b.count("UpgradeResourceState", answer != nil)
	late, err := b.Framework.UpgradeResourceState(ctx, req)
	if answer == nil || err != nil {
		return late, err
	}
	return answer, b.same(comparison{call: "UpgradeResourceState", typ: req.TypeName, late: late.Diagnostics,
		states: pair{answer.UpgradedState, late.UpgradedState}})
}

// ReadResource must give the same state and identity, and keep the same beside them.
func (b *BothWays) ReadResource(ctx context.Context,
	req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	ctx = fastpath.Remembering(ctx) // so that both look at one answer of DemandFlow's
	answer := b.ReadFast(ctx, req)
	b.count("ReadResource", answer != nil)
	late, err := b.Framework.ReadResource(ctx, req)
	if answer == nil || err != nil {
		return late, err
	}
	return answer, b.same(comparison{call: "ReadResource", typ: req.TypeName, late: late.Diagnostics,
		states:     pair{answer.NewState, late.NewState},
		identities: pair{answer.NewIdentity.IdentityData, late.NewIdentity.IdentityData}, private: [2][]byte{answer.Private,
			late.Private}})
}

// PlanResourceChange must plan the same.
func (b *BothWays) PlanResourceChange(ctx context.Context,
	req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	ctx = fastpath.Remembering(ctx)
	answer := b.PlanFast(ctx, req)
	b.count("PlanResourceChange", answer != nil)
	late, err := b.Framework.PlanResourceChange(ctx, req)
	if answer == nil || err != nil {
		return late, err
	}
	if len(late.RequiresReplace) > 0 || late.Deferred != nil {
		return nil, fmt.Errorf("PlanResourceChange of %s: answered by the fast path, but the framework replaces or "+
			"defers it", req.TypeName)
	}
	return answer, b.same(comparison{call: "PlanResourceChange", typ: req.TypeName, late: late.Diagnostics,
		states:     pair{answer.PlannedState, late.PlannedState},
		identities: pair{answer.PlannedIdentity.IdentityData, late.PlannedIdentity.IdentityData},
		private:    [2][]byte{answer.PlannedPrivate, late.PlannedPrivate}})
}

// ApplyResourceChange must make the same of one outcome: nothing is written twice.
func (b *BothWays) ApplyResourceChange(ctx context.Context,
	req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	ctx, release := b.Applying(ctx)
	defer release()
	answer := b.ApplyFast(ctx, req)
	b.count("ApplyResourceChange", answer != nil)
	late, err := b.Framework.ApplyResourceChange(ctx, req)
	if answer == nil || err != nil {
		return late, err
	}
	return answer, b.same(comparison{call: "ApplyResourceChange", typ: req.TypeName, late: late.Diagnostics,
		states:     pair{answer.NewState, late.NewState},
		identities: pair{answer.NewIdentity.IdentityData, late.NewIdentity.IdentityData},
		private:    [2][]byte{answer.Private, late.Private}})
}

// ValidateDataResourceConfig must be as silent by the framework.
func (b *BothWays) ValidateDataResourceConfig(ctx context.Context,
	req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	answer := b.ValidateDataFast(req)
	b.count("ValidateDataResourceConfig", answer != nil)
	late, err := b.Framework.ValidateDataResourceConfig(ctx, req)
	if answer == nil || err != nil {
		return late, err
	}
	return answer, b.same(comparison{call: "ValidateDataResourceConfig", typ: req.TypeName, late: late.Diagnostics})
}

// ReadDataSource must give the same state.
func (b *BothWays) ReadDataSource(ctx context.Context,
	req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	ctx = fastpath.Remembering(ctx)
	answer := b.ReadDataFast(ctx, req)
	b.count("ReadDataSource", answer != nil)
	late, err := b.Framework.ReadDataSource(ctx, req)
	if answer == nil || err != nil {
		return late, err
	}
	return answer, b.same(comparison{call: "ReadDataSource", typ: req.TypeName, dataSource: true, late: late.Diagnostics,
		states: pair{answer.State, late.State}})
}

// A pair is something as the fast path answered it, and the framework.
type pair [2]*tfprotov6.DynamicValue

// A comparison is what two answers to one call have. That of the fast path has no diagnostics.
type comparison struct {
	call, typ          string
	dataSource         bool // typ is that of a data source
	states, identities pair
	private            [2][]byte
	late               []*tfprotov6.Diagnostic
}

// same compares identities and what is kept byte for byte, and states by their values: the entries of a map are encoded
// in any order.
func (b *BothWays) same(c comparison) error {
	for _, diagnostic := range c.late {
		return fmt.Errorf("%s of %s: silent on the fast path, but the framework says %s: %s", c.call, c.typ,
			diagnostic.Summary, diagnostic.Detail)
	}
	if c.states[0] != nil {
		values := [2]tftypes.Value{}
		for i, state := range c.states {
			value, err := state.Unmarshal(b.types[c.dataSource][c.typ])
			if err != nil {
				return fmt.Errorf("%s of %s: %w", c.call, c.typ, err)
			}
			values[i] = value
		}
		if differences, err := values[0].Diff(values[1]); err != nil {
			return fmt.Errorf("%s of %s: %w", c.call, c.typ, err)
		} else if len(differences) > 0 {
			return fmt.Errorf("%s of %s: answered by the fast path and by the framework, the states differ: %v", c.call, c.typ,
				differences)
		}
	}
	if c.identities[0] != nil && !bytes.Equal(c.identities[0].MsgPack, c.identities[1].MsgPack) {
		return fmt.Errorf("%s of %s: answered by the fast path and by the framework, the identities differ: %q and %q",
			c.call, c.typ,
			c.identities[0].MsgPack, c.identities[1].MsgPack)
	}
	if !bytes.Equal(c.private[0], c.private[1]) {
		return fmt.Errorf("%s of %s: answered by the fast path and by the framework, what is kept beside the state "+
			"differs: %s and %s",
			c.call, c.typ, c.private[0], c.private[1])
	}
	return nil
}
