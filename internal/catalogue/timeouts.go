package catalogue

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
)

// timeoutsArgument bounds each operation as a whole, retries included; the provider's request_timeout bounds silence.
const timeoutsArgument = "timeouts"

// defaultTimeout is generous: it is for what hangs, not for what is slow.
const defaultTimeout = 20 * time.Minute

func timeoutsSchema(ctx context.Context) schema.Attribute {
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Read: true, Update: true, Delete: true,
		CreateDescription: "Time for a create, retries included, such as `30s` or `5m`; `20m` when not set.",
		ReadDescription:   "Time for a read; `20m` when not set.",
		UpdateDescription: "Time for an update; `20m` when not set.",
		DeleteDescription: "Time for a delete; `20m` when not set. Terraform uses what was applied last.",
	})
	if object, ok := attribute.(schema.SingleNestedAttribute); ok { // the library describes its parts alone
		object.MarkdownDescription = "How long each operation may take as a whole."
		object.Computed = true
		return object
	}
	return attribute
}

// validateTimeouts refuses what leaves no time: it would fail each time, and by a message about deadlines. Whether a
// text is a duration at all is the library's to check.
func validateTimeouts(configured tftypes.Value) diag.Diagnostics {
	var diags diag.Diagnostics
	times := valuesOf(configured)
	for _, operation := range slices.Sorted(maps.Keys(times)) {
		if limit, err := time.ParseDuration(field.Text(times[operation])); err == nil && limit <= 0 {
			diags.Append(invalidArgument(timeoutsArgument,
				fmt.Sprintf("%s = %q leaves no time. Give a duration above zero, such as \"30s\" or \"5m\", or leave it out.",
					operation, field.Text(times[operation]))))
		}
	}
	return diags
}

// within bounds a context by the configured time for an operation: "create", "read", "update" or "delete".
func within(ctx context.Context, data values, operation string,
	diags *diag.Diagnostics) (context.Context, context.CancelFunc) {
	limit := defaultTimeout
	if configured := valuesOf(data[timeoutsArgument])[operation]; configured.IsKnown() && !configured.IsNull() {
		parsed, err := time.ParseDuration(field.Text(configured))
		if err != nil {
			diags.AddError("Timeout Cannot Be Parsed", fmt.Sprintf("timeout for %q cannot be parsed, %s", operation, err))
		} else {
			limit = parsed
		}
	}
	return context.WithTimeout(ctx, limit)
}
