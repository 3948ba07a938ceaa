package catalogue

import (
	"context"
	"math/big"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/fastpath"
)

// A fastResource is the resource of an entity without the framework (see internal/fastpath): the same checks and
// outcomes, for calls without diagnostics.
type fastResource struct {
	base    *table // by the default definition
	version int64
	typ     tftypes.Object
	tenant  func() *Tenant // nil before the provider is configured
}

// FastResources returns the resources of all entities, by the name of their type in a provider. tenant returns the one
// that the provider is configured for, nil before that.
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

// Type returns the type of the schema.
func (r *fastResource) Type() tftypes.Object { return r.typ }

// Identity returns the type of identities.
func (r *fastResource) Identity() tftypes.Object { return identityType }

// Version returns the version of the schema.
func (r *fastResource) Version() int64 { return r.version }

// Valid reports whether a configuration has no diagnostics, by the schema's rules too: required and read-only
// attributes, and arguments that have validators or parts of their own. If one of the latter is partly unknown, the
// framework decides.
func (r *fastResource) Valid(raw tftypes.Value, writeOnlyAllowed bool) bool {
	config := valuesOf(raw)
	for _, c := range r.base.columns {
		if given := !config[c.attribute].IsNull(); given && !c.Writable() || !given && c.Access == entity.Required {
			return false
		}
	}
	for _, c := range r.base.secrets() {
		if !writeOnlyAllowed && !config[writeOnlyArgument(c)].IsNull() || !isInteger(config[versionArgument(c)]) {
			return false
		}
	}
	if policy := config[deletionPolicyArgument]; policy.IsKnown() && !policy.IsNull() && !slices.Contains(deletionPolicies,
		field.Text(policy)) {
		return false
	}
	if !config[timeoutsArgument].IsFullyKnown() || !config[parentsArgument].IsFullyKnown() {
		return false
	}
	if !areDurations(config[timeoutsArgument]) || !areParents(config[parentsArgument]) {
		return false
	}
	return len(r.base.validate(config)) == 0 && len(r.base.validateArguments(config)) == 0 &&
		(!writeOnlyAllowed || len(r.base.preferWriteOnly(config)) == 0)
}

// isInteger reports whether a value is a number that the framework takes for an integer, or none yet.
func isInteger(v tftypes.Value) bool {
	var number *big.Float
	if !v.IsKnown() || v.As(&number) != nil || number == nil {
		return true
	}
	_, accuracy := number.Int64()
	return accuracy == big.Exact
}

// areDurations reports whether all that is set of known timeouts can be parsed.
func areDurations(configured tftypes.Value) bool {
	for _, limit := range valuesOf(configured) {
		if _, err := time.ParseDuration(field.Text(limit)); err != nil && !limit.IsNull() {
			return false
		}
	}
	return true
}

// areParents reports whether every parent of a known list has what the schema requires.
func areParents(configured tftypes.Value) bool {
	return !slices.ContainsFunc(field.Elements(configured), func(element tftypes.Value) bool {
		parent := valuesOf(element)
		return parent[field.ParentEntity].IsNull() || parent[field.ParentID].IsNull()
	})
}

// Read reads as the framework's Read does.
func (r *fastResource) Read(ctx context.Context, state, identity tftypes.Value,
	private fastpath.Private) *fastpath.Outcome {
	entity, owned := r.configured(private)
	if entity == nil {
		return nil
	}
	return r.silent(onceInCall(ctx, func() outcome {
		return entity.read(ctx, valuesOf(state), valuesOf(identity), owned)
	}))
}

// Plan plans as ModifyPlan does.
func (r *fastResource) Plan(ctx context.Context, config, state tftypes.Value,
	private fastpath.Private) *fastpath.Outcome {
	entity, owned := r.configured(private)
	if entity == nil {
		return nil
	}
	before := valuesOf(state)
	o := onceInCall(ctx, func() outcome { return entity.plan(ctx, valuesOf(config), before, owned) })
	silent := r.silent(o)
	if silent != nil && before != nil && len(o.state) == len(before) && o.state.equal(before) {
		silent.Unchanged = true
	}
	return silent
}

// Apply creates, updates or deletes as the framework's Create, Update and Delete do.
func (r *fastResource) Apply(ctx context.Context, change fastpath.Change) *fastpath.Outcome {
	entity, owned := r.configured(change.Private)
	if entity == nil {
		return nil
	}
	config, state, planned := valuesOf(change.Config), valuesOf(change.State), valuesOf(change.Planned)
	return r.silent(onceInCall(ctx, func() outcome {
		switch {
		case state == nil:
			return entity.create(ctx, planned, config)
		case planned == nil:
			return entity.delete(ctx, state)
		default:
			return entity.update(ctx, planned, config, state, valuesOf(change.Identity), owned)
		}
	}))
}

// configured returns the resource as the provider is configured, and the owned fields in private state; nil before it
// is configured, and if private state has anything else.
func (r *fastResource) configured(private fastpath.Private) (*entityResource, ownedFields) {
	tenant := r.tenant()
	owned, ok := ownedIn(private)
	if tenant == nil || !ok {
		return nil, nil
	}
	return &entityResource{base: r.base, tenant: tenant}, owned
}

// silent returns an outcome without diagnostics. It returns nil if there are some, so that the framework answers.
func (r *fastResource) silent(o outcome) *fastpath.Outcome {
	if len(o.diags) > 0 || o.replace {
		return nil
	}
	silent := &fastpath.Outcome{State: tftypes.NewValue(r.typ, nil), Identity: tftypes.NewValue(identityType, nil)}
	if o.state != nil {
		silent.State = tftypes.NewValue(r.typ, o.state.raw())
	}
	if o.identity != nil {
		silent.Identity = tftypes.NewValue(identityType, o.identity.raw())
	}
	if o.owned != nil {
		silent.Private = fastpath.Private{ownedKey: o.owned.document()}
	}
	return silent
}

// A fastDataSource is the data source of one object without the framework.
type fastDataSource struct {
	base   *table // by the default definition
	typ    tftypes.Object
	tenant func() *Tenant // nil before the provider is configured
}

// FastDataSources returns the data sources of one object of all entities, by the name of their type in a provider.
func FastDataSources(provider string, tenant func() *Tenant) map[string]fastpath.DataSource {
	sources := map[string]fastpath.DataSource{}
	for _, construct := range DataSources() {
		framework, ok := construct().(*entityDataSource)
		if !ok {
			continue // one that reads a list has its values in it, and comes once
		}
		d := &fastDataSource{base: framework.base, tenant: tenant}
		var described datasource.SchemaResponse
		framework.Schema(context.Background(), datasource.SchemaRequest{}, &described)
		d.typ, _ = described.Schema.Type().TerraformType(context.Background()).(tftypes.Object)
		sources[provider+"_"+framework.typeName] = d
	}
	return sources
}

// Type returns the type of the schema.
func (d *fastDataSource) Type() tftypes.Object { return d.typ }

// Valid reports whether a configuration has no diagnostics, by the schema's rules too: all but a key is read-only.
func (d *fastDataSource) Valid(raw tftypes.Value) bool {
	config := valuesOf(raw)
	for _, c := range d.base.columns {
		if !config[c.attribute].IsNull() && !d.base.isKey(c.Name) {
			return false
		}
	}
	return config[customFieldsArgument].IsNull() && len(d.base.validateLookUp(config)) == 0
}

// Read reads as the framework's Read does.
func (d *fastDataSource) Read(ctx context.Context, config tftypes.Value) (tftypes.Value, bool) {
	tenant := d.tenant()
	if tenant == nil {
		return tftypes.Value{}, false
	}
	source := &entityDataSource{dataSource{tenant: tenant}, d.base}
	o := onceInCall(ctx, func() outcome { return source.read(ctx, valuesOf(config)) })
	if len(o.diags) > 0 {
		return tftypes.Value{}, false
	}
	return tftypes.NewValue(d.typ, o.state.raw()), true
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
