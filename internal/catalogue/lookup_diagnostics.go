package catalogue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// mostListed is how many objects a diagnostic lists.
const mostListed = 20

// duplicateNames warns that objects of the same name exist before a create, and shows how to import one. Terraform
// shows only the first of warnings with one summary, so that this summary has the name in it.
func (t *table) duplicateNames(fields demandflow.Object, duplicates []demandflow.Duplicate) diag.Diagnostic {
	var detail strings.Builder
	fmt.Fprintf(&detail, "The tenant already has a %s with the name %s%s:\n", t.Noun(), t.name(fields),
		t.disambiguation(fields))
	_, archived := t.archived()
	isArchived := func(duplicate demandflow.Duplicate) bool {
		return duplicate.Status != "" && duplicate.Status == archived
	}
	detail.WriteString(t.listedDuplicates(duplicates))
	fmt.Fprintf(&detail, "\nTerraform creates another one.")
	if slices.ContainsFunc(duplicates, isArchived) {
		fmt.Fprintf(&detail, " The one with the status %s was probably left by a destroy with %s = %q.",
			t.archiveLabel(), deletionPolicyArgument, archivePolicy)
	}
	likeliest := duplicates[max(0, slices.IndexFunc(duplicates,
		func(duplicate demandflow.Duplicate) bool { return !isArchived(duplicate) }))]
	which := "that"
	if len(duplicates) > 1 {
		which = likeliest.ID
	}
	fmt.Fprintf(&detail, "\n\nIf %s is the object that is meant, import it instead of creating it, with this block and "+
		"the resource's own name:\n\n%s\nIf another block has it in the state already, rename that one (a moved block), or "+
		"remove this one. If this apply replaces it (create_before_destroy), there is nothing to do.", which,
		t.importBlock(likeliest.ID))
	return diag.NewWarningDiagnostic("Another "+t.Noun()+" has this name: "+t.name(fields), detail.String())
}

// listedDuplicates returns a line for each object, up to mostListed of them.
func (t *table) listedDuplicates(duplicates []demandflow.Duplicate) string {
	var lines strings.Builder
	for _, duplicate := range duplicates[:min(len(duplicates), mostListed)] {
		fmt.Fprintf(&lines, "  %s\n", t.about(duplicate.ID, duplicate.Status, duplicate.Created))
	}
	if more := len(duplicates) - mostListed; more > 0 {
		fmt.Fprintf(&lines, "  and %d more\n", more)
	}
	return lines.String()
}

// renamedToDuplicate warns that an update gives an object the name that others have.
func (t *table) renamedToDuplicate(fields demandflow.Object, duplicates []demandflow.Duplicate) diag.Diagnostic {
	return newWarning("Another "+t.Noun()+" has this name: "+t.name(fields),
		"The tenant already has a %s with the name %s%s:\n%s\nTerraform gives another one this name, too. "+
			"DemandFlow allows it, but a look-up by name then finds several.\n\n"+
			"If this plan renames or deletes that object, there is nothing to do. Else use another name.",
		t.Noun(), t.name(fields), t.disambiguation(fields), t.listedDuplicates(duplicates))
}

// disambiguation returns what else than the name two objects have in common, "" where that is nothing.
func (t *table) disambiguation(fields demandflow.Object) string {
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

// importBlock returns an import block for an object. A provider does not know the name of the resource.
func (t *table) importBlock(id string) string {
	return fmt.Sprintf("  import {\n    to = demandflow_%s.NAME\n    id = %q\n  }\n", t.TypeName(), id)
}

// duplicatePlanned warns that a plan gives two objects the same name.
func (t *table) duplicatePlanned(fields demandflow.Object) diag.Diagnostic {
	return newWarning("Another planned "+t.Noun()+" has this name: "+t.name(fields),
		"Terraform gives more than one %s the name %s%s. DemandFlow allows it, but a look-up by name then "+
			"finds several.\n\n"+
			"If they are meant to be one, remove all blocks but one (or all but one of count and for_each); else give them "+
			"different names.", t.Noun(), t.name(fields), t.disambiguation(fields))
}

// archivedSkipped warns that a look-up has found archived objects beside the one in use.
func (t *table) archivedSkipped(at path.Path, wanted string, taken demandflow.Object,
	skipped []demandflow.Object) diag.Diagnostic {
	return newWarningAt(at, "An archived "+t.Noun()+" is passed over: "+t.name(taken),
		"More than one %s matches %s. This is the only one that is not archived, and it is taken:\n  "+
			"%s\n\nPassed over:\n%s\nTo have another one, use its id.",
		t.Noun(), wanted, t.described(taken), t.listed(skipped))
}

// ambiguous returns the error of a look-up that finds more than one object.
func (t *table) ambiguous(at path.Path, wanted string, matches []demandflow.Object) diag.Diagnostic {
	return newErrorAt(at, "More than one "+t.Noun()+" found",
		"%d %s match %s:\n%s\nUse the id of the one that is meant.", len(matches), t.Nouns(), wanted,
		t.listed(matches))
}

// listed returns a line for each object, in the order of their names.
func (t *table) listed(objects []demandflow.Object) string {
	var lines []string
	for _, object := range objects {
		lines = append(lines, "  "+t.described(object)+"\n")
	}
	slices.Sort(lines)
	if more := len(lines) - mostListed; more > 0 {
		lines = append(lines[:mostListed], fmt.Sprintf("  and %d more\n", more))
	}
	return strings.Join(lines, "")
}

// noMatch returns the error of a look-up that finds no object, with objects of similar names. hints explain what is
// wrong with the look-up.
func (t *table) noMatch(ctx context.Context, client *demandflow.Client, at path.Path, wanted string, names []string,
	hints ...string) diag.Diagnostic {
	near, total, err := t.similarNames(ctx, client, names)
	if err != nil {
		return t.cannot("find", "", err)
	}
	detail := strings.Join(append([]string{fmt.Sprintf("No %s matches %s.", t.Noun(), wanted)}, hints...), " ")
	switch {
	case total == 0:
		detail += "\n\nThe tenant has none that the token may see."
	case len(near) == 0:
		detail += fmt.Sprintf("\n\nThe tenant has %d, and none of a similar name.", total)
	default:
		detail += " The nearest are:\n"
		for _, title := range near {
			detail += "  " + title + "\n"
		}
		detail += "\nUse the name or the id of the one that is meant."
	}
	return diag.NewAttributeErrorDiagnostic(at, "No such "+t.Noun(), detail)
}

// noSuchID is the error of a look-up by an id that the tenant does not have, or that is of another entity.
func (t *table) noSuchID(at path.Path, id, other string) diag.Diagnostic {
	next := "It may have been deleted. Check where the id comes from."
	if other != "" {
		next = fmt.Sprintf("It is the id of a %s. Give that of a %s.", entity.NounOf(other), t.Noun())
	}
	return newErrorAt(at, "No such "+t.Noun(),
		"The tenant has no %s with the id %q.\n\n%s", t.Noun(), id, next)
}

// invalidLookUp is the error of a look-up that names no object or more than one.
func (t *table) invalidLookUp(given criteria) diag.Diagnostic {
	problem := fmt.Sprintf("A %s is looked up by exactly one of: %s.", t.Noun(), t.lookUpsInWords())
	if len(given) > 0 {
		problem += fmt.Sprintf("\n\nThe configuration gives %s.", t.inWords(given))
	}
	return diag.NewErrorDiagnostic("Invalid look-up of "+t.Noun(), problem)
}

// emptyLookUp is an error on an empty argument: not set and set to "" must not be taken for the same, because "" is
// often a variable that was not set.
func emptyLookUp(argument string) diag.Diagnostic {
	return invalidArgument(argument, "It is empty, which finds nothing. Give it a value, or leave the argument out.")
}

// importOfOther is the error of an import by the id of another entity.
func (t *table) importOfOther(id, other string) diag.Diagnostic {
	return newError("No such "+t.Noun(),
		"%q is the id of a %s, not of a %s.\n\nImport it into a resource of its own type, or give the id of a "+
			"%s.", id, entity.NounOf(other), t.Noun(), t.Noun())
}

// cannotMove is an error of a moved block.
func (t *table) cannotMove(id string, err error) diag.Diagnostic {
	subject := "a resource"
	if id != "" {
		subject = "the object " + id
	}
	return newError("Cannot move to "+t.Noun(),
		"Terraform tried to move %s to a demandflow_%s: %s.\n\n"+
			"To take an object over without its old state, put a removed block (destroy = false) and an import block with the "+
			"object's id in place of the moved block.",
		subject, t.TypeName(), strings.TrimSuffix(err.Error(), "."))
}

// cannotUpgrade is the error of a state of an older schema.
func (t *table) cannotUpgrade(version int, err error) diag.Diagnostic {
	return newError("Cannot upgrade the state of "+t.Noun(),
		"The state was written by an older version of the provider (schema version %d), and cannot be read "+
			"any more: %s.\n\nRemove the resource from the state (terraform state rm) and import it again.", version, err)
}

// otherTenant is the error that an identity names another tenant than the token's.
func (t *table) otherTenant(id, theirs, ours string) diag.Diagnostic {
	return newError("Wrong subscription",
		"The identity of the %s %s names the subscription (tenant) %s, and the provider's token is of %s.\n\n"+
			"Correct %s in the import block, or use a provider configuration with a token of that tenant.", t.Noun(), id, theirs,
		ours, subscriptionAttribute)
}

// noDefinition is the error that the tenant's definition could not be read, for another reason than missing rights.
func (t *table) noDefinition(err error) diag.Diagnostic {
	if wrong, ok := errors.AsType[*demandflow.SubscriptionError](err); ok {
		return wrongSubscription(wrong)
	}
	return newError("Cannot read the definition of "+t.Nouns(),
		"The tenant's definition says what the options of fields are called, and Terraform could not read it.\n\n%s", err)
}

// wrongSubscription is the error that the provider is configured for another tenant than its token's.
func wrongSubscription(err *demandflow.SubscriptionError) diag.Diagnostic {
	return newError("Wrong subscription_id",
		"The provider is configured for another tenant than its token is of.\n\n%s.", err)
}

// notAuthorized is the error that nothing shows the provider's token to be one, before a create finds out.
func (t *table) notAuthorized(err error) diag.Diagnostic {
	if wrong, ok := errors.AsType[*demandflow.SubscriptionError](err); ok {
		return wrongSubscription(wrong)
	}
	if !demandflow.IsForbidden(err) {
		return newError("Cannot reach DemandFlow",
			"Terraform plans to create a %s, and no request shows that DemandFlow is there and accepts the "+
				"provider's token.\n\n%s", t.Noun(), err)
	}
	return newError("DemandFlow does not accept the token",
		"Terraform plans to create a %s, but DemandFlow refuses the provider's token in every request.\n\n%s",
		t.Noun(), err)
}

// noReadableDefinition is the error that the data source cannot show a definition.
func noReadableDefinition(at path.Path, code string, err error) diag.Diagnostic {
	detail := fmt.Sprintf("Terraform tried to read the tenant's definition of %s.\n\n%s", code, err)
	if demandflow.IsNotFound(err) {
		detail += "\n\nThe tenant has no entity with this code, or none that the token may see. Check the code."
	}
	return diag.NewAttributeErrorDiagnostic(at, "Cannot read definition", detail)
}
