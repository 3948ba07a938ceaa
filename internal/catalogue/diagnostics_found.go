package catalogue

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// mostTwins is how many objects a diagnostic lists.
const mostTwins = 20

// twins warns that objects of the same name are there before a create, and says how to take one over. Of warnings with
// one summary Terraform shows the first alone, so that this one has the name in it: each has an id to tell.
func (t *table) twins(fields demandflow.Object, namesakes []demandflow.Namesake) diag.Diagnostic {
	var detail strings.Builder
	fmt.Fprintf(&detail, "The tenant already has a %s with the name %s%s:\n", t.Noun(), t.name(fields), t.narrowed(fields))
	_, archived := t.archived()
	isArchived := func(namesake demandflow.Namesake) bool { return namesake.Status != "" && namesake.Status == archived }
	for _, namesake := range namesakes[:min(len(namesakes), mostTwins)] {
		fmt.Fprintf(&detail, "  %s\n", t.about(namesake.ID, namesake.Status, namesake.Created))
	}
	if more := len(namesakes) - mostTwins; more > 0 {
		fmt.Fprintf(&detail, "  and %d more\n", more)
	}
	fmt.Fprintf(&detail, "\nTerraform creates another one.")
	if slices.ContainsFunc(namesakes, isArchived) {
		fmt.Fprintf(&detail, " The one with the status %s was probably left by a destroy with %s = %q.",
			t.archiveLabel(), deletionPolicyArgument, archivePolicy)
	}
	likeliest := namesakes[max(0, slices.IndexFunc(namesakes,
		func(namesake demandflow.Namesake) bool { return !isArchived(namesake) }))]
	which := "that"
	if len(namesakes) > 1 {
		which = likeliest.ID
	}
	fmt.Fprintf(&detail, "\n\nIf %s is the object that is meant, import it instead of creating it, with this block "+
		"and the resource's own name:\n\n%s"+
		"\nIf another block has it in the state already, rename that one (a moved block), or remove this one. If this "+
		"apply replaces it (create_before_destroy), there is nothing to do.", which,
		t.importBlock(likeliest.ID))
	return diag.NewWarningDiagnostic("Another "+t.Noun()+" has this name: "+t.name(fields), detail.String())
}

// narrowed is what else than the name two objects have in common, "" where that is nothing.
func (t *table) narrowed(fields demandflow.Object) string {
	for _, key := range t.Keys {
		if key.Disambiguator == "" {
			continue
		}
		attribute := t.column(key.Disambiguator).attribute
		if id := fields.Text(key.Disambiguator); id != "" {
			return fmt.Sprintf(" and the %s %s", attribute, id)
		}
		return " and no " + attribute
	}
	return ""
}

// importBlock takes an object over. Terraform does not tell a provider the resource's own name.
func (t *table) importBlock(id string) string {
	return fmt.Sprintf("  import {\n    to = demandflow_%s.NAME\n    id = %q\n  }\n", t.TypeName(), id)
}

// plannedTwice warns that a plan creates two objects of the same name.
func (t *table) plannedTwice(fields demandflow.Object) diag.Diagnostic {
	return diag.NewWarningDiagnostic(
		"Another planned "+t.Noun()+" has this name: "+t.name(fields),
		fmt.Sprintf("Terraform creates more than one %s with the name %s%s. DemandFlow allows it, but whoever looks one up "+
			"by its name finds several.\n\n"+
			"If they are meant to be one, remove all blocks but one (or all but one of count and for_each); else give them "+
			"different names.", t.Noun(), t.name(fields), t.narrowed(fields)),
	)
}

// archivedPassedOver warns that a look-up has found more than the one object that is not archived.
func (t *table) archivedPassedOver(at path.Path, asked string, taken demandflow.Object,
	passedOver []demandflow.Object) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(at, "An archived "+t.Noun()+" is passed over: "+t.name(taken),
		fmt.Sprintf("More than one %s matches %s. This is the only one that is not archived, and it is taken:\n  "+
			"%s\n\nPassed over:\n%s\nTo have another one, use its id.",
			t.Noun(), asked, t.described(taken), t.listed(passedOver)))
}

// several is the error of a look-up that finds more than one object.
func (t *table) several(at path.Path, asked string, matches []demandflow.Object) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "More than one "+t.Noun()+" found",
		fmt.Sprintf("%d %s match %s:\n%s\nUse the id of the one that is meant.", len(matches), t.Nouns(), asked,
			t.listed(matches)))
}

// listed is a line for each object, in the order of their names.
func (t *table) listed(objects []demandflow.Object) string {
	var lines []string
	for _, object := range objects {
		lines = append(lines, "  "+t.described(object)+"\n")
	}
	slices.Sort(lines)
	if more := len(lines) - mostTwins; more > 0 {
		lines = append(lines[:mostTwins], fmt.Sprintf("  and %d more\n", more))
	}
	return strings.Join(lines, "")
}

// none is the error of a look-up that finds no object, with what there is of a similar name. hints say what is wrong
// with how it was asked.
func (t *table) none(ctx context.Context, client *demandflow.Client, at path.Path, asked string, names []string,
	hints ...string) diag.Diagnostic {
	near, total, err := t.nearest(ctx, client, names)
	if err != nil {
		return t.cannot("find", "", err)
	}
	detail := strings.Join(append([]string{fmt.Sprintf("No %s matches %s.", t.Noun(), asked)}, hints...), " ")
	switch {
	case total == 0:
		detail += "\n\nThe tenant has none that the token may see."
	case len(near.found) == 0:
		detail += fmt.Sprintf("\n\nThe tenant has %d, and none of a similar name.", total)
	default:
		detail += " The nearest are:\n"
		for _, c := range near.found {
			detail += "  " + c.title + "\n"
		}
		detail += "\nUse the name or the id of the one that is meant."
	}
	return diag.NewAttributeErrorDiagnostic(at, "No such "+t.Noun(), detail)
}
