package catalogue

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// warnOfTwins warns before a create where an object that was read anyway has the same natural key. It costs no request.
func (t *table) warnOfTwins(client *demandflow.Client, fields demandflow.Object) diag.Diagnostics {
	ids := client.Namesakes(t.Entity, fields)
	if len(ids) == 0 {
		return nil
	}
	return diag.Diagnostics{t.twins(t.title(fields), ids)}
}
