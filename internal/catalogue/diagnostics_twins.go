package catalogue

import (
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// mostTwins is how many objects a diagnostic lists.
const mostTwins = 20

// twins warns that objects of the same name are there before a create, and says how to take one over.
func (t *table) twins(fields demandflow.Object, namesakes []demandflow.Namesake) diag.Diagnostic {
	var detail strings.Builder
	fmt.Fprintf(&detail, "The tenant already has a %s with the name %s%s:\n", t.Noun(), t.name(fields), t.narrowed(fields))
	_, archived := t.archived()
	abandoned := false
	for _, namesake := range namesakes[:min(len(namesakes), mostTwins)] {
		fmt.Fprintf(&detail, "  id %s%s\n", namesake.ID, t.inBrackets(namesake.Status, namesake.Created))
		abandoned = abandoned || namesake.Status != "" && namesake.Status == archived
	}
	if more := len(namesakes) - mostTwins; more > 0 {
		fmt.Fprintf(&detail, "  and %d more\n", more)
	}
	fmt.Fprintf(&detail, "\nTerraform creates another one.")
	if abandoned {
		fmt.Fprintf(&detail, " What is archived was probably left by a destroy with %s = %q.", deletionPolicyArgument, archivePolicy)
	}
	fmt.Fprintf(&detail, "\n\nIf that is the object that is meant, import it instead of creating it, with this block and the resource's own name:\n\n%s"+
		"\nIf another block has it in the state already, rename that one (a moved block), or remove this one.", t.importBlock(namesakes[0].ID))
	return diag.NewWarningDiagnostic("Another "+t.Noun()+" has this name", detail.String())
}

// narrowed is what else than the name two objects have in common, "" where that is nothing.
func (t *table) narrowed(fields demandflow.Object) string {
	for _, key := range t.Keys {
		if key.Narrow == "" {
			continue
		}
		attribute := t.column(key.Narrow).attribute
		if id := fields.Text(key.Narrow); id != "" {
			return fmt.Sprintf(" and the %s %s", attribute, id)
		}
		return " and no " + attribute
	}
	return ""
}

// inBrackets is an object's status by its label, and when it was created, as far as they are known.
func (t *table) inBrackets(status string, created time.Time) string {
	var parts []string
	if status != "" {
		parts = append(parts, t.column(t.Archive.Field).Options.Label(status))
	}
	if !created.IsZero() {
		parts = append(parts, "created "+created.Format(time.RFC3339))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// importBlock takes an object over. Terraform does not tell a provider the resource's own name.
func (t *table) importBlock(id string) string {
	return fmt.Sprintf("  import {\n    to = demandflow_%s.NAME\n    id = %q\n  }\n", t.TypeName(), id)
}

// plannedTwice warns that a plan creates two objects of the same name.
func (t *table) plannedTwice(fields demandflow.Object) diag.Diagnostic {
	return diag.NewWarningDiagnostic(
		"Another planned "+t.Noun()+" has this name",
		fmt.Sprintf("This plan creates more than one %s with the name %s%s. DemandFlow allows it, but whoever looks one up by its name finds several.\n\n"+
			"If they are meant to be one, remove all blocks but one (or all but one of count and for_each); else give them different names.", t.Noun(), t.name(fields), t.narrowed(fields)),
	)
}
