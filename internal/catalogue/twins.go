package catalogue

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// warnOfTwins warns of a planned create where an object that was read anyway has the same natural key. It costs no request.
// The plan is the place: it comes with the refresh and the data sources, which know the tenant's objects. The apply is
// another process, which has read nothing; but it plans each create once more, and so hears of what it made itself.
func (t *table) warnOfTwins(client *demandflow.Client, planned values) diag.Diagnostics {
	fields := t.changes(planned, nil)
	ids := client.Namesakes(t.Entity, fields)
	if len(ids) == 0 {
		return nil
	}
	return diag.Diagnostics{t.twins(t.title(fields), ids)}
}
