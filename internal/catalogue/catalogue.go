// Package catalogue shows an entity in Terraform: one generic resource (which is the list resource too), one data
// source and one plural data source, all made from internal/entity's tables. No field is named here; its line in the
// table decides its behaviour.
//
// It imports internal/entity, internal/demandflow, internal/fastpath, internal/image/reference and the plugin
// framework. It works on an object's top-level values (tftypes) in one pass over the table for each call, not attribute
// by attribute through paths: the framework copies the whole attribute map at every path step, so that the cost of the
// other way grows with the square of the width.
package catalogue

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Resources lists a constructor for each entity's resource, in the order of entity.All.
func Resources() []func() resource.Resource {
	var constructors []func() resource.Resource
	for _, construct := range entityResources() {
		constructors = append(constructors, func() resource.Resource { return construct() })
	}
	return constructors
}

// ListResources lists the same as list resources.
func ListResources() []func() list.ListResource {
	var constructors []func() list.ListResource
	for _, construct := range entityResources() {
		constructors = append(constructors, func() list.ListResource { return construct() })
	}
	return constructors
}

// entityResources are made once: tables and schemas of eighty lines each.
var entityResources = sync.OnceValue(func() []func() *entityResource {
	var constructors []func() *entityResource
	for _, e := range entity.All() {
		t := newTable(e)
		schema := t.resourceSchema()
		constructors = append(constructors, func() *entityResource { return &entityResource{base: t, schema: schema} })
	}
	return constructors
})

// DataSources lists a constructor for each entity's data source and plural data source, and for the related list of an
// image's workloads.
func DataSources() []func() datasource.DataSource {
	var constructors []func() datasource.DataSource
	for _, e := range entity.All() {
		t := newTable(e).withoutSecrets()
		constructors = append(constructors,
			func() datasource.DataSource { return &entityDataSource{dataSource{typeName: t.TypeName()}, t} },
			func() datasource.DataSource { return &pluralDataSource{dataSource{typeName: t.PluralTypeName()}, t} },
		)
	}
	return append(constructors, newWorkloadsDataSource)
}

// A Tenant is the data of a configured provider for its resources and data sources: the client, and the tables under
// the tenant's own definitions. Two provider configurations never share one.
type Tenant struct {
	client *demandflow.Client // nil where unusable says why
	Options

	unusable diag.Diagnostic
	said     atomic.Bool // why it cannot be used, in full

	mutex     sync.Mutex
	tables    map[*table]*table     // the default table → the one in force
	refreshed map[string]bool       // ids of instances that were refreshed and not planned since
	writes    map[string]*ownWrites // by id
}

// Options are the provider's arguments for the behaviour of resources.
type Options struct {
	// check configurations against the tenant's definitions; labels of options are the tenant's either way
	ValidateDefinition bool
	RefreshMetrics     bool // have a refresh bring in metrics where nothing else has moved
}

// NewTenant wraps a client.
func NewTenant(client *demandflow.Client, options Options) *Tenant {
	return &Tenant{client: client, Options: options, tables: map[*table]*table{}, refreshed: map[string]bool{},
		writes: map[string]*ownWrites{}}
}

// NoTenant returns the data of a provider that cannot use DemandFlow. Why is the error of the first resource or data
// source that needs DemandFlow; the sources of live images do not.
func NoTenant(why diag.Diagnostic) *Tenant { return &Tenant{unusable: why} }

// Usable returns the error of a tenant that cannot be used. The first one says in full why: a configuration may have
// thousands of resources.
func (t *Tenant) Usable() diag.Diagnostics {
	if t == nil || t.unusable == nil {
		return nil
	}
	if t.said.Swap(true) {
		return diag.Diagnostics{diag.NewErrorDiagnostic(t.unusable.Summary(), "This needs DemandFlow, too. Another error of "+
			"this run says what to do.")}
	}
	return diag.Diagnostics{t.unusable}
}

// noteRefresh records that a refresh has read an instance.
func (t *Tenant) noteRefresh(id string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.refreshed[id] = true
}

// takeRefresh reports whether a refresh has read an instance since it was last planned.
func (t *Tenant) takeRefresh(id string) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	refreshed := t.refreshed[id]
	delete(t.refreshed, id)
	return refreshed
}

// DemandFlow returns the tenant itself. Provider data that embeds a tenant has this method too.
func (t *Tenant) DemandFlow() *Tenant { return t }

// TenantOf returns the tenant in the provider's data; nil before the provider is configured. The error is that of a
// provider that cannot use DemandFlow.
func TenantOf(providerData any) (*Tenant, diag.Diagnostics) {
	holder, ok := providerData.(interface{ DemandFlow() *Tenant })
	if !ok {
		return nil, nil
	}
	tenant := holder.DemandFlow()
	return tenant, tenant.Usable()
}

// Definition returns the tenant's definition of an entity. at is the argument that names the entity.
func (t *Tenant) Definition(ctx context.Context, code string, at path.Path) (*entity.Definition, diag.Diagnostics) {
	definition, err := t.client.MustHaveDefinition(ctx, code)
	if err != nil {
		return nil, diag.Diagnostics{noReadableDefinition(at, code, err)}
	}
	return definition, nil
}

// inForce returns a table with the tenant's options, and the tenant's definition of each field. The definition is read
// once in a run; where the token may not read it, the default table serves as it is.
func (t *Tenant) inForce(ctx context.Context, base *table) (*table, error) {
	definition, err := t.client.Definition(ctx, base.Code)
	if err != nil || definition == nil {
		return base, err
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.tables[base] == nil {
		t.tables[base] = base.withDefinition(definition)
	}
	return t.tables[base], nil
}

// withDefinition returns the table under a tenant's definition.
func (t *table) withDefinition(definition *entity.Definition) *table {
	adapted := *t
	adapted.definition = definition
	adapted.custom = t.customNames(definition)
	adapted.columns = slices.Clone(t.columns)
	for i := range adapted.columns {
		c := &adapted.columns[i]
		c.Codec = c.WithDefinition(definition)
	}
	return &adapted
}
