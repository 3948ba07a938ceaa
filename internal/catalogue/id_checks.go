package catalogue

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// checkIDs checks the ids of other objects when Terraform plans, and not when it validates. A test with mock_provider
// validates, with the mocked values, and never plans through the provider: a mocked id is random text, and no reason to
// refuse a configuration.
func (t *table) checkIDs(config values) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, c := range t.columns {
		if value := config[c.attribute]; c.Writable() && !value.IsNull() && value.IsKnown() {
			if problem := c.IDProblem(value); problem != "" {
				diags.Append(invalidValue(c, problem))
			}
		}
	}
	if problem := parentIDProblem(config[parentsArgument]); problem != "" {
		diags.Append(invalidArgument(parentsArgument, problem))
	}
	return diags
}

// parentIDProblem returns what is wrong with the ids of a list of parents, as far as they are known.
func parentIDProblem(v tftypes.Value) string {
	for i, element := range field.Elements(v) {
		if parent := valuesOf(element); parent != nil && parent[parentID].IsKnown() &&
			!entity.IsID(field.Text(parent[parentID])) {
			return fmt.Sprintf("Parent %d: %q is not an id. Give the parent's UUID.", i+1, field.Text(parent[parentID]))
		}
	}
	return ""
}
