package catalogue

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// checkIDs checks the ids of other objects when Terraform plans, and not when it validates. A test with mock_provider
// validates, with the mocked values, and never plans through the provider: a mocked id is random text, and no reason to
// refuse a configuration.
func (t *table) checkIDs(config values) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, c := range t.columns {
		if value := config[c.attribute]; c.Writable() && !value.IsNull() && value.IsKnown() {
			if problem := c.idProblem(value); problem != "" {
				diags.Append(invalidValue(c, problem))
			}
		}
	}
	if problem := parentIDProblem(config[parentsArgument]); problem != "" {
		diags.Append(invalidArgument(parentsArgument, problem))
	}
	return diags
}

// idProblem returns what is wrong with a known reference; "" where nothing is.
func (c column) idProblem(v tftypes.Value) string {
	if c.Kind != entity.Reference || text(v) == "" || isID(text(v)) {
		return ""
	}
	return notAnID(text(v), entity.NounOf(c.References))
}

func notAnID(id, noun string) string {
	return fmt.Sprintf("%q is not an id. Give the UUID of the %s, as its \"id\" attribute has it.", id, noun)
}

// parentIDProblem returns what is wrong with the ids of a list of parents, as far as they are known.
func parentIDProblem(v tftypes.Value) string {
	var list []tftypes.Value
	if v.IsKnown() && !v.IsNull() {
		must(v.As(&list))
	}
	for i, element := range list {
		if parent := valuesOf(element); parent != nil && parent[parentID].IsKnown() && !isID(text(parent[parentID])) {
			return fmt.Sprintf("Parent %d: %q is not an id. Give the parent's UUID.", i+1, text(parent[parentID]))
		}
	}
	return ""
}
