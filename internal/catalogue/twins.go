package catalogue

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// warnOfTwins warns of a planned create of which the tenant, or this plan, has another object with the same natural
// key: DemandFlow allows it, and look-ups by name then find several. It comes of a run that ended between a create and
// its state, of an object that a destroy has archived, and of two blocks for one thing. What is not known before the
// apply is not compared.
func (t *table) warnOfTwins(ctx context.Context, tenant *Tenant, planned values) diag.Diagnostics {
	for _, key := range t.Keys {
		for _, field := range append(slices.Clip(key.Fields), key.Disambiguator) {
			if field != "" && t.column(field).Writable() && !planned[t.column(field).attribute].IsKnown() {
				return nil
			}
		}
	}
	var diags diag.Diagnostics
	fields := t.changes(planned, nil)
	if tenant.client.AddPlannedCreate(t.Entity, fields) > 0 {
		diags.Append(t.plannedTwice(fields))
	}
	if namesakes := tenant.client.Namesakes(ctx, t.Entity, fields); len(namesakes) > 0 {
		diags.Append(t.twins(fields, namesakes))
	}
	return diags
}
