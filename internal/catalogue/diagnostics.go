package catalogue

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// Every diagnostic of this package is made here, or, those of look-ups, in lookup_diagnostics.go. A summary is short
// and constant; a detail says what DemandFlow answered, and, in a paragraph of its own, what to do next.

// cannot is an error of a request that failed: "Cannot read docker image". What DemandFlow answered and what to do next
// is in the client's error.
func (t *table) cannot(verb, title string, err error) diag.Diagnostic {
	what, subject := t.Nouns(), t.Nouns()
	if title != "" {
		what, subject = t.Noun(), t.Noun()+" "+title
	}
	return diag.NewErrorDiagnostic(fmt.Sprintf("Cannot %s %s", verb, what),
		fmt.Sprintf("Terraform tried to %s %s.\n\n%s", verb, subject, err))
}

// cannotRefresh is cannot of a resource's read, which must not leave people wondering about the state.
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
	return diag.NewWarningDiagnostic(
		"The "+t.Noun()+" is gone",
		fmt.Sprintf("DemandFlow has no %s %s any more, and it is removed from the state: %s\n\n"+
			"Somebody deleted it outside of Terraform. If the configuration still has it, the plan creates it again with a "+
			"new id; "+
			"what people filled in and what DemandFlow counted does not come back.", t.Noun(), t.titleOf(state), answer),
	)
}

// cannotUpdate is cannot of an update. Where it may have been carried out all the same, it says what DemandFlow has
// now.
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
	return diag.NewWarningDiagnostic(
		"The new "+t.Noun()+" could not be read",
		fmt.Sprintf("DemandFlow has created the %s %s. Its answer has no more than the id, and the object could not be "+
			"read. "+
			"The state has what was sent, and null for what DemandFlow computes; the next plan reads it.\n\n%s", t.Noun(), id,
			err),
	)
}

// pending warns of an update that DemandFlow has not carried out yet.
func (t *table) pending(id string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(
		"The update of the "+t.Noun()+" is not done yet",
		fmt.Sprintf("DemandFlow has accepted the update of the %s %s (202 Accepted), and does not show it yet. The state "+
			"has what was planned.\n\n"+
			"Plan again in a while: the plan is empty when the update is done.", t.Noun(), id),
	)
}

// unansweredSecrets warns of secrets that a plan sends again, or clears, because it is not known whether DemandFlow has
// them.
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
	return diag.Diagnostics{diag.NewWarningDiagnostic(
		"A secret of the "+t.Noun()+" is written again",
		fmt.Sprintf("The last update of the %s %s has failed after it was sent, and nobody knows whether DemandFlow has "+
			"taken: %s. "+
			"This plan writes it again: what the configuration sets, or nothing where it sets it no more.", t.Noun(),
			t.titleOf(state), strings.Join(names, ", ")),
	)}
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
	return diag.NewWarningDiagnostic(
		"Not all "+t.Nouns()+" are listed",
		fmt.Sprintf("%d of the %d %s that match are listed: there the limit is reached.\n\nSet limit = %d or more in the "+
			"list block, or filter in its config.",
			listed, total, t.Nouns(), total),
	)
}

// otherTenant is the error that an identity names another tenant than the token's.
func (t *table) otherTenant(id, theirs, ours string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		"Wrong subscription",
		fmt.Sprintf("The identity of the %s %s names the subscription (tenant) %s, and the provider's token is of %s.\n\n"+
			"Correct %s in the import block, or use a provider configuration with a token of that tenant.", t.Noun(), id, theirs,
			ours, subscriptionAttribute),
	)
}

// noDefinition is the error that the tenant's definition could not be read, for another reason than missing rights.
func (t *table) noDefinition(err error) diag.Diagnostic {
	if wrong, ok := errors.AsType[*demandflow.SubscriptionError](err); ok {
		return wrongSubscription(wrong)
	}
	return diag.NewErrorDiagnostic(
		"Cannot read the definition of "+t.Nouns(),
		fmt.Sprintf("The tenant's definition says what the options of fields are called, and Terraform could not read "+
			"it.\n\n%s", err),
	)
}

// wrongSubscription is the error that the provider is configured for another tenant than its token's.
func wrongSubscription(err *demandflow.SubscriptionError) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Wrong subscription_id",
		fmt.Sprintf("The provider is configured for another tenant than its token is of.\n\n%s.", err))
}

// notAuthorized is the error that nothing shows the provider's token to be one, before a create finds out.
func (t *table) notAuthorized(err error) diag.Diagnostic {
	if wrong, ok := errors.AsType[*demandflow.SubscriptionError](err); ok {
		return wrongSubscription(wrong)
	}
	if !demandflow.IsForbidden(err) {
		return diag.NewErrorDiagnostic("Cannot reach DemandFlow",
			fmt.Sprintf("Terraform plans to create a %s, and no request shows that DemandFlow is there and accepts the "+
				"provider's token.\n\n%s", t.Noun(), err))
	}
	return diag.NewErrorDiagnostic("DemandFlow does not accept the token",
		fmt.Sprintf("Terraform plans to create a %s, but DemandFlow refuses the provider's token in every request.\n\n%s",
			t.Noun(), err))
}

// noReadableDefinition is the error that the data source cannot show a definition.
func noReadableDefinition(at path.Path, code string, err error) diag.Diagnostic {
	detail := fmt.Sprintf("Terraform tried to read the tenant's definition of %s.\n\n%s", code, err)
	if demandflow.IsNotFound(err) {
		detail += "\n\nThe tenant has no entity with this code, or none that the token may see. Check the code."
	}
	return diag.NewAttributeErrorDiagnostic(at, "Cannot read definition", detail)
}

// replacement warns of what a new place costs.
func (t *table) replacement(title, policy string) diag.Diagnostic {
	fate := "deletes it for good"
	switch policy {
	case archivePolicy:
		fate = "archives it"
	case abandonPolicy:
		fate = "leaves it where it is, outside the state"
	}
	return diag.NewAttributeWarningDiagnostic(path.Root(parentsArgument), "A new place means a new "+t.Noun(),
		fmt.Sprintf("DemandFlow cannot move %s. Terraform %s (%s as it was last applied) and creates another with a new id. "+
			"The new one has what the configuration sets, and no more: what people filled in, what DemandFlow counted, and "+
			"what others say of the old id does not come with it.\n\n"+
			"To keep the old one, apply %s = %q first; to rule a replacement out, set prevent_destroy in its lifecycle block.",
			title, fate, deletionPolicyArgument, deletionPolicyArgument, abandonPolicy))
}

// stillExists warns of an object that a destroy leaves in DemandFlow.
func (t *table) stillExists(title, fate string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The "+t.Noun()+" is still in DemandFlow",
		fmt.Sprintf("The %s %s was %s, as its %s says, and is no longer in the state.", t.Noun(), title, fate,
			deletionPolicyArgument))
}

// unreadableValues warns of values in an answer that do not fit their fields.
func (t *table) unreadableValues(id string, unreadable []string) diag.Diagnostics {
	if len(unreadable) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(
		"Unreadable value in "+t.Noun(),
		fmt.Sprintf("The %s %s has values that do not fit their fields, and are treated as not set:\n  %s\n\nCorrect them "+
			"in DemandFlow; where the configuration sets such an attribute, an apply corrects it.",
			t.Noun(), id, strings.Join(unreadable, "\n  ")),
	)}
}

// otherValuesStored warns of values that DemandFlow did not keep as they were sent.
func (t *table) otherValuesStored(title, lines string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(
		"DemandFlow keeps other values of the "+t.Noun(),
		fmt.Sprintf("The %s %s was written, and DemandFlow's answer has other values than were sent:\n  %s\n\n"+
			"The state has what was sent until the next refresh. Then each plan shows the difference again, and each apply "+
			"sends it again. "+
			"Write what DemandFlow keeps into the configuration, or find out there why it changes the values; or leave the "+
			"fields as they are with ignore_changes in the lifecycle block.",
			t.Noun(), title, lines),
	)
}

// valuesLeftOut warns of values of a listed object that a configuration could not have.
func (t *table) valuesLeftOut(id string, left []string) diag.Diagnostics {
	if len(left) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(
		"Values left out of the "+t.Noun(),
		fmt.Sprintf("The %s %s has values that a plan would refuse or change, and is listed without them:\n  %s\n\nThey "+
			"stay in DemandFlow as they are. To have them in the configuration, correct them there, or write them by hand.",
			t.Noun(), id, strings.Join(left, "\n  ")),
	)}
}

func unreadablePrivateState(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		"Cannot read private state",
		fmt.Sprintf("The record of which fields are Terraform's is damaged: %s\n\nRemove the resource from the state "+
			"(terraform state rm) and import it again.", err),
	)
}
