package catalogue

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/fastpath"
)

// An fastResource is the resource of an entity without the framework: the same checks, plan and read, for the instances
// of which they have nothing to say to people. internal/fastpath says what for.
type fastResource struct {
	base    *table // by the default definition
	version int64
	typ     tftypes.Object
	tenant  func() *Tenant // nil before the provider is configured
}

// FastResources are the resources of all entities, by the name of their type in a provider. tenant is the one that the
// provider is configured for, nil before that.
func FastResources(provider string, tenant func() *Tenant) map[string]fastpath.Resource {
	resources := map[string]fastpath.Resource{}
	for _, construct := range entityResources() {
		framework := construct()
		r := &fastResource{base: framework.base, version: framework.schema.Version, tenant: tenant}
		r.typ, _ = framework.schema.Type().TerraformType(context.Background()).(tftypes.Object) // as any resource's is
		resources[provider+"_"+r.base.TypeName()] = r
	}
	return resources
}

// Type is the schema's.
func (r *fastResource) Type() tftypes.Object { return r.typ }

// Identity is the type of identities.
func (r *fastResource) Identity() tftypes.Object { return identityType }

// Version is the schema's.
func (r *fastResource) Version() int64 { return r.version }

// Valid knows the schema's rules for fields: what is required, and what is read-only. Arguments that have validators or
// parts of their own it leaves to the framework, unless they are not there; so it does with secrets, which are warned
// of.
func (r *fastResource) Valid(raw tftypes.Value) bool {
	config := valuesOf(raw)
	for _, c := range r.base.columns {
		if given := !config[c.attribute].IsNull(); given && (!c.Writable() || c.Secret) || !given &&
			c.Access == entity.Required {
			return false
		}
	}
	for _, c := range r.base.secrets() {
		if !config[writeOnlyArgument(c)].IsNull() { // what the version alone says is in validateArguments
			return false
		}
	}
	if !config[parentsArgument].IsNull() || !config[timeoutsArgument].IsNull() {
		return false
	}
	if policy := config[deletionPolicyArgument]; policy.IsKnown() && !policy.IsNull() && !slices.Contains(deletionPolicies,
		field.Text(policy)) {
		return false
	}
	return len(r.base.validate(config)) == 0 && len(r.base.validateArguments(config)) == 0
}

// Unchanged plans as ModifyPlan does. That an object must be replaced is among what there is to say.
func (r *fastResource) Unchanged(ctx context.Context, rawConfig, rawState tftypes.Value,
	private fastpath.Private) bool {
	tenant := r.tenant()
	owned, ok := ownedIn(private)
	if tenant == nil || !ok {
		return false
	}
	table, err := tenant.inForce(ctx, r.base)
	if err != nil {
		return false
	}
	config, state := valuesOf(rawConfig), valuesOf(rawState)
	// the configuration's spelling is the state's
	planned, _, diags := table.planned(ctx, tenant, config, state, owned, false)
	return len(diags) == 0 && len(planned) == len(state) && planned.equal(state)
}

// Read reads as the framework's Read does. It leaves to it an object that is gone, whatever there is to say to people,
// and timeouts, which only it can open. That an object is in another tenant shows in its identity.
func (r *fastResource) Read(ctx context.Context, rawState tftypes.Value, identity *tftypes.Value,
	private fastpath.Private) *fastpath.Reading {
	tenant := r.tenant()
	owned, ok := ownedIn(private)
	prior := valuesOf(rawState)
	if tenant == nil || !ok || !prior[timeoutsArgument].IsNull() {
		return nil
	}
	var known values
	if identity != nil {
		known = valuesOf(*identity)
	}
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	table, err := tenant.inForce(ctx, r.base)
	if err != nil {
		return nil
	}
	object, err := table.get(ctx, tenant.client, prior)
	if err != nil {
		return nil
	}
	state, unreadable := table.refreshed(object, prior, tenant.RefreshMetrics)
	tenant.noteRefresh(field.Text(prior[idAttribute]))
	if len(unreadable) > 0 || !slices.Equal(owned, table.stillSet(owned, state)) {
		return nil
	}
	return &fastpath.Reading{State: tftypes.NewValue(r.typ, state.raw()), Identity: identityFrom(state, known)}
}

// ownedIn returns the owned fields in private state that has nothing else.
func ownedIn(private fastpath.Private) (ownedFields, bool) {
	document, kept := private[ownedKey]
	if !kept {
		return nil, len(private) == 0
	}
	var diags diag.Diagnostics
	owned := parseOwned(document, &diags)
	return owned, len(private) == 1 && len(diags) == 0
}

// equal reports whether two sets of values are the same, spelling included.
func (v values) equal(others values) bool {
	for name, value := range v {
		if other, ok := others[name]; !ok || !value.Equal(other) {
			return false
		}
	}
	return true
}
