package catalogue

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Most diagnostics of resources are made here, and those of look-ups, imports and definitions in lookup_diagnostics.go.
// What is wrong with one value is worded where it is checked, and a concurrent edit in concurrent_edit.go. A summary is
// short and constant; a detail has what DemandFlow answered, and, in a paragraph of its own, what to do next.

// cannot is an error of a request that failed: "Cannot read docker image". What DemandFlow answered and what to do next
// is in the client's error.
func (t *table) cannot(verb, title string, err error) diag.Diagnostic {
	what, subject := t.Nouns(), t.Nouns()
	if title != "" {
		what, subject = t.Noun(), t.Noun()+" "+title
	}
	return newError(fmt.Sprintf("Cannot %s %s", verb, what),
		"Terraform tried to %s %s.\n\n%s", verb, subject, err)
}

// cannotRefresh is the error of a refresh. It adds what happens to the state.
func (t *table) cannotRefresh(id string, err error) diag.Diagnostic {
	failed := t.cannot("read", id, err)
	_, doubt := errors.AsType[*demandflow.UnconfirmedError](err)
	switch {
	case doubt:
		return diag.NewErrorDiagnostic(failed.Summary(), failed.Detail()+"\n\nNothing was removed from the state. "+
			"If it is certain that the object is gone, remove it there with `terraform state rm`, and plan again.")
	case demandflow.IsForbidden(err):
		return diag.NewErrorDiagnostic(failed.Summary(), failed.Detail()+"\n\nNothing was removed from the state.")
	}
	return failed
}

// gone warns of an object that a refresh takes out of the state, so that the "will be created" of the plan is
// explained.
func (t *table) gone(state values, answer error) diag.Diagnostic {
	return newWarning("The "+t.Noun()+" is gone",
		"DemandFlow has no %s %s any more, and it is removed from the state: %s\n\n"+
			"It was deleted outside of Terraform. If the configuration still has it, the plan creates it again with a new id; "+
			"what people filled in and what DemandFlow counted does not come back.", t.Noun(), t.titleOf(state), answer)
}

// cannotUpdate is the error of an update. If the update may have been carried out, it adds what DemandFlow has now.
func (t *table) cannotUpdate(id string, after demandflow.Updated, err error) diag.Diagnostic {
	failed := t.cannot("update", id, err)
	detail := failed.Detail()
	switch {
	case after.Shown:
		detail += fmt.Sprintf("\n\nThe %s has the change all the same, and so has the state.", t.Noun())
	case after.Object != nil:
		detail += fmt.Sprintf("\n\nThe %s does not have the change. The state has what it has now.", t.Noun())
	case after.Lost > 0:
		detail += fmt.Sprintf("\n\nWhether the %s has the change is not known, because it could not be read afterwards: "+
			"the next plan shows it.", t.Noun())
	}
	return diag.NewErrorDiagnostic(failed.Summary(), detail)
}

// notReadBack warns of a create whose object could not be read.
func (t *table) notReadBack(id string, err error) diag.Diagnostic {
	return newWarning("The new "+t.Noun()+" could not be read",
		"DemandFlow has created the %s %s. Its answer has no more than the id, and the object could not be read. The state "+
			"has what was sent, and null for what DemandFlow computes; the next plan reads it.\n\n%s", t.Noun(), id,
		err)
}

// pending warns of an update that DemandFlow has not carried out yet.
func (t *table) pending(id string) diag.Diagnostic {
	return newWarning("The update of the "+t.Noun()+" is not done yet",
		"DemandFlow has accepted the update of the %s %s (202 Accepted), and does not show it yet. The state "+
			"has what was planned.\n\n"+
			"Plan again in a while: the plan is empty when the update is done.", t.Noun(), id)
}

// unansweredSecrets warns of secrets that a plan sends again, or clears, because DemandFlow may have another value.
func (t *table) unansweredSecrets(owned ownedFields, state values) diag.Diagnostics {
	var names []string
	for _, c := range t.secrets() {
		if t.unanswered(c, owned, state) {
			names = append(names, c.attribute)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return diag.Diagnostics{newWarning("A secret of the "+t.Noun()+" is written again",
		"DemandFlow may have another value than the configuration. %s %s: %s. It was changed in DemandFlow, or the last "+
			"update has failed after it was sent. This plan writes what the configuration sets, or clears it if the "+
			"configuration no longer sets it.", "The "+t.Noun(),
		t.titleOf(state), strings.Join(names, ", "))}
}

// ambiguousCreate is the error of an object that may exist although its create failed, and how to take it over.
func (t *table) ambiguousCreate(err *demandflow.AmbiguousError) diag.Diagnostic {
	var detail strings.Builder
	fmt.Fprintf(&detail, "%s\n\n", err)
	if len(err.Candidates) == 0 {
		return diag.NewErrorDiagnostic("Cannot create "+t.Noun(), err.Error())
	}
	fmt.Fprintf(&detail, "If one of these is the object, take it over instead of creating it again:\n")
	for _, object := range err.Candidates {
		fmt.Fprintf(&detail, "\n  # %s\n%s", t.title(object), t.importBlock(object.ID()))
	}
	return diag.NewErrorDiagnostic("Cannot create "+t.Noun(), detail.String())
}

// limitReached warns that a list ends at its limit, which is Terraform's own where the block sets none, and not at what
// there is.
func (t *table) limitReached(listed, total int) diag.Diagnostic {
	return newWarning("Not all "+t.Nouns()+" are listed",
		"%d of the %d %s that match are listed: there the limit is reached.\n\nSet limit = %d or more in the "+
			"list block, or filter in its config.",
		listed, total, t.Nouns(), total)
}

// replacement warns of what a new place costs. Where no refresh came before, the plan may be the second one of an
// apply, and then Terraform refuses the replacement.
func (t *table) replacement(title, policy string, refreshed bool) diag.Diagnostic {
	fate := "deletes it for good"
	switch policy {
	case archivePolicy:
		fate = "archives it"
	case abandonPolicy:
		fate = "leaves it where it is, outside the state"
	}
	inApply := ""
	if !refreshed {
		inApply = "\n\nIf Terraform says that the plan is inconsistent, the parents became known only in the apply: " +
			"nothing was changed or deleted. Plan and apply again, and the plan shows the replacement."
	}
	return newWarningAt(path.Root(parentsArgument), "A new place means a new "+t.Noun(),
		"DemandFlow cannot move %s. Terraform %s (%s as it was last applied) and creates another with a new id. "+
			"The new one has what the configuration sets, and no more: what people filled in, what DemandFlow counted, and "+
			"what others say of the old id does not come with it.\n\n"+
			"To keep the old one, apply %s = %q first; to rule a replacement out, set prevent_destroy in its lifecycle "+
			"block.%s", title, fate, deletionPolicyArgument, deletionPolicyArgument, abandonPolicy, inApply)
}

// movedInApply is the error of a place that became known in the apply, and is another one.
func (t *table) movedInApply(title string) diag.Diagnostic {
	return newErrorAt(path.Root(parentsArgument), "A new place means a new "+t.Noun(),
		"DemandFlow cannot move %s. The plan did not know its parents, and they name another place than it "+
			"stands at. A replacement was not planned, and so the %s was neither changed nor deleted.\n\n"+
			"Plan and apply again: the parents are known then, and the plan shows the replacement.", title, t.Noun())
}

// stillExists warns of an object that a destroy leaves in DemandFlow.
func (t *table) stillExists(title, fate string) diag.Diagnostic {
	return newWarning("The "+t.Noun()+" is still in DemandFlow",
		"The %s %s was %s, as its %s says, and is no longer in the state.", t.Noun(), title, fate,
		deletionPolicyArgument)
}

// unreadableValues warns of values in an answer that do not fit their fields.
func (t *table) unreadableValues(id string, unreadable []string) diag.Diagnostics {
	if len(unreadable) == 0 {
		return nil
	}
	return diag.Diagnostics{newWarning("Unreadable value in "+t.Noun(),
		"The %s %s has values that do not fit their fields, and are treated as not set:\n  %s\n\nCorrect them "+
			"in DemandFlow; where the configuration sets such an attribute, an apply corrects it.",
		t.Noun(), id, strings.Join(unreadable, "\n  "))}
}

// otherValuesStored warns of values that DemandFlow did not keep as they were sent.
func (t *table) otherValuesStored(title, lines string) diag.Diagnostic {
	return newWarning("DemandFlow keeps other values of the "+t.Noun(),
		"The %s %s was written, and DemandFlow's answer has other values than were sent:\n  %s\n\n"+
			"The state has what was sent until the next refresh. Then each plan shows the difference again, and each apply "+
			"sends it again. Write what DemandFlow keeps into the configuration, or find out there why it changes the values; "+
			"or leave the fields as they are with ignore_changes in the lifecycle block.",
		t.Noun(), title, lines)
}

// valuesLeftOut warns of values of a listed object that a configuration could not have.
func (t *table) valuesLeftOut(id string, left []string) diag.Diagnostics {
	if len(left) == 0 {
		return nil
	}
	return diag.Diagnostics{newWarning("Values left out of the "+t.Noun(),
		"The %s %s has values that a plan would refuse or change, and is listed without them:\n  %s\n\nThey "+
			"stay in DemandFlow as they are. To have them in the configuration, correct them there, or write them by hand.",
		t.Noun(), id, strings.Join(left, "\n  "))}
}

func unreadablePrivateState(err error) diag.Diagnostic {
	return newError("Cannot read private state",
		"The record of which fields are Terraform's is damaged: %s\n\nRemove the resource from the state "+
			"(terraform state rm) and import it again.", err)
}

// plainSecrets warns of plain secrets that have write-only counterparts, under the summary that Terraform's users know.
func plainSecrets(plain, counterparts []string) diag.Diagnostic {
	return newWarning("Available Write-Only Attribute Alternative",
		"The state has %s in plain text. What is given as %s is in neither state nor plan.",
		strings.Join(plain, ", "), strings.Join(counterparts, ", "))
}

// invalidValue is an error of a field's value. That of a custom field does not point at the argument: Terraform would
// quote its lines, and a tenant's own field may be a secret.
func invalidValue(c column, problem string) diag.Diagnostic {
	if c.Custom {
		return newError("Invalid "+customFieldsArgument,
			"%q: %s", c.Name, problem)
	}
	return invalidArgument(c.attribute, problem)
}

// requiredByTenant is an error of a field that the tenant requires and that would be left without a value.
func requiredByTenant(c column, configured tftypes.Value) diag.Diagnostic {
	if c.Custom {
		return newError("Invalid "+customFieldsArgument,
			"The tenant's definition requires the field %q (%s), and the configuration leaves it out. Add it to "+
				"%s.%s", c.Name, c.Defined.Label, customFieldsArgument, switchOff)
	}
	how := "leaves it out"
	if !configured.IsNull() {
		how = "sets it to nothing"
	}
	return invalidArgument(c.attribute, fmt.Sprintf("The tenant's definition requires this field, and the configuration "+
		"%s. Give it a value.%s", how, switchOff))
}

// valueWarning is a warning on an attribute whose value may be unintended.
func valueWarning(c column, doubt string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root(c.attribute), "Possible mistake in "+c.attribute, doubt)
}

func invalidArgument(name, problem string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(name), "Invalid "+name, problem)
}

// referenceToOther says of an id that it is that of an object of another entity.
func referenceToOther(code, id, other string) string {
	noun := entity.NounOf(code)
	return fmt.Sprintf("%q is the id of a %s, not of a %s. Give the id of a %s.", id, entity.NounOf(other), noun, noun)
}

// referenceToNothing says of an id that the tenant has no object with it.
func referenceToNothing(code, id string) string {
	return fmt.Sprintf("The tenant has no %s with the id %q. It may have been deleted, or be of another tenant. "+
		"Check where the id comes from.", entity.NounOf(code), id)
}

// switchOff is the advice for where the definition is wrong, or the default one is and the tenant's cannot be read.
const switchOff = "\n\nvalidate_definition = false in the provider's block turns checks against the definition off."

// orSwitchOff adds that advice to a problem, unless that names what is meant: a mistyped option is no reason to turn
// checks off.
func orSwitchOff(problem string) string {
	if field.Suggests(problem) {
		return problem
	}
	return problem + switchOff
}

func newWarning(summary, detail string, args ...any) diag.Diagnostic {
	return diag.NewWarningDiagnostic(summary, fmt.Sprintf(detail, args...))
}

func newError(summary, detail string, args ...any) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summary, fmt.Sprintf(detail, args...))
}

func newWarningAt(at path.Path, summary, detail string, args ...any) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(at, summary, fmt.Sprintf(detail, args...))
}

func newErrorAt(at path.Path, summary, detail string, args ...any) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, summary, fmt.Sprintf(detail, args...))
}
