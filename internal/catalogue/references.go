package catalogue

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// checkReferences asks for what a plan newly refers to: DemandFlow takes any id, also one that names nothing. What is
// not known yet, what stays as it is, and what the token may not read is not asked for. state is nil for a create.
func (t *table) checkReferences(ctx context.Context, client *demandflow.Client, planned,
	state values) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, c := range t.columns {
		id := text(planned[c.attribute])
		if c.Kind != entity.Reference || !c.Writable() || !isID(id) {
			continue
		}
		if state != nil && c.same(planned[c.attribute], state[c.attribute]) {
			continue
		}
		switch what, other := client.CheckReference(ctx, c.References, id); what {
		case demandflow.ReferenceToOther:
			diags.Append(invalidArgument(c.attribute, fmt.Sprintf("%q is the id of a %s, not of a %s. Give the id of a %s.",
				id, entity.NounOf(other), entity.NounOf(c.References), entity.NounOf(c.References))))
		case demandflow.ReferenceMissing:
			diags.Append(invalidArgument(c.attribute,
				fmt.Sprintf("The tenant has no %s with the id %q. It may have been deleted, or be of another tenant. "+
					"Check where the id comes from.", entity.NounOf(c.References), id)))
		}
	}
	return diags
}
