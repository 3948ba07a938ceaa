package catalogue

import (
	"context"
	"slices"
	"sync"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A Tenant is what a configured provider hands to its resources and data sources: the client, and the tables as the
// tenant's own definitions have them. Two provider configurations never share one.
type Tenant struct {
	client *demandflow.Client
	Options

	mutex     sync.Mutex
	tables    map[*table]*table // the default table → the one in force
	refreshed map[string]bool   // ids of instances that were refreshed and not planned since
}

// Options are the provider's arguments that say how resources behave.
type Options struct {
	// check configurations against the tenant's definitions; labels of options are the tenant's either way
	ValidateDefinition bool
	RefreshMetrics     bool // have a refresh bring in metrics where nothing else has moved
}

// NewTenant wraps a client.
func NewTenant(client *demandflow.Client, options Options) *Tenant {
	return &Tenant{client: client, Options: options, tables: map[*table]*table{}, refreshed: map[string]bool{}}
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

// DemandFlow returns the tenant itself. What the provider hands out may hold more than a tenant, and then still has
// this method.
func (t *Tenant) DemandFlow() *Tenant { return t }

// tenantOf returns the tenant in what the provider hands out; nil before the provider is configured.
func tenantOf(handedOut any) *Tenant {
	if holder, ok := handedOut.(interface{ DemandFlow() *Tenant }); ok {
		return holder.DemandFlow()
	}
	return nil
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
