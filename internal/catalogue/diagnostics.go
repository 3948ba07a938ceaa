package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// Every diagnostic of this package is made here. A summary is short and constant; a detail says what DemandFlow answered,
// and, in a paragraph of its own, what to do next.

// cannot is an error of a request that failed: "Cannot read docker image". What DemandFlow answered and what to do next is
// in the client's error.
func (t *table) cannot(verb, title string, err error) diag.Diagnostic {
	subject := t.Nouns()
	if title != "" {
		subject = t.Noun() + " " + title
	}
	return diag.NewErrorDiagnostic(fmt.Sprintf("Cannot %s %s", verb, t.Noun()), fmt.Sprintf("Terraform tried to %s %s.\n\n%s", verb, subject, err))
}

// cannotRefresh is cannot of a resource's read, which must not leave people wondering about the state.
func (t *table) cannotRefresh(id string, err error) diag.Diagnostic {
	failed := t.cannot("read", id, err)
	if !demandflow.IsForbidden(err) {
		return failed
	}
	return diag.NewErrorDiagnostic(failed.Summary(), failed.Detail()+"\n\nNothing was removed from the state.")
}

// ambiguousCreate says that an object may exist although its create failed, and how to take it over.
func (t *table) ambiguousCreate(err *demandflow.AmbiguousError) diag.Diagnostic {
	var detail strings.Builder
	fmt.Fprintf(&detail, "%s\n\n", err)
	if len(err.Candidates) == 0 {
		return diag.NewErrorDiagnostic("Cannot create "+t.Noun(), err.Error())
	}
	fmt.Fprintf(&detail, "If one of these is the object, take it over instead of creating it again:\n")
	for _, object := range err.Candidates {
		fmt.Fprintf(&detail, "\n  # %s\n  import {\n    to = demandflow_%s.NAME\n    id = %q\n  }\n", t.title(object), t.TypeName(), object.ID())
	}
	return diag.NewErrorDiagnostic("Cannot create "+t.Noun(), detail.String())
}

// A concurrentEdit is what somebody else did between our read and our write.
type concurrentEdit struct {
	id          string
	writer      string   // the person's id; "" where the edit came between the last look and the write
	seen        int64    // writes between the refresh and the look just before ours,
	unseen      int64    // and those between that look and our write, which nobody can see
	attempts    int      // how often we sent ours
	sent        []string // the fields of this update
	moved       []string // fields that they changed, and this update left,
	overwritten []string // those that they changed, and it set,
	uncertain   []string // and those that it set, and that cannot be compared
}

// concurrentEdit warns of it. Nothing is overwritten that the plan did not name, because only changed fields are sent. It
// says that nothing needs to be done only where that is certain.
func (t *table) concurrentEdit(edit concurrentEdit) diag.Diagnostic {
	summary := "Somebody else changed the " + t.Noun()
	who := "somebody else (DemandFlow shows only the last writer, which is this run)"
	if lost := edit.lostAnswers(); lost != "" {
		who += ", or by " + lost
		if edit.seen <= 0 && edit.unseen < int64(edit.attempts) && len(edit.moved) == 0 {
			summary = "Somebody else may have changed the " + t.Noun()
		}
	}
	switch {
	case edit.writer != "" && edit.unseen > 0:
		who = "the person with id " + edit.writer + " and, just before the update, by " + who
	case edit.writer != "":
		who = "the person with id " + edit.writer
	}
	detail := fmt.Sprintf("The %s %s was written %d more time(s) between Terraform's refresh and this update, by %s.", t.Noun(), edit.id, edit.others(), who)
	if len(edit.moved) > 0 {
		detail += fmt.Sprintf("\n\nThey changed: %s. This update left that as it is; the next plan shows what of it the configuration sets.", strings.Join(edit.moved, ", "))
	}
	if len(edit.overwritten) > 0 {
		detail += fmt.Sprintf("\n\nThey also changed what this plan sets, and the plan's value now stands: %s. Ask them whether that is right.", strings.Join(edit.overwritten, ", "))
	}
	if len(edit.uncertain) > 0 {
		detail += fmt.Sprintf("\n\nThey may also have changed: %s. Terraform cannot compare that, and what this update sent now stands. Ask them whether that is right.", strings.Join(edit.uncertain, ", "))
	}
	if edit.unseen > 0 {
		detail += fmt.Sprintf("\n\nWhat a write just before this update put into the fields of this plan cannot be seen, and the values of the plan stand there: %s.", strings.Join(edit.sent, ", "))
	}
	if len(edit.moved)+len(edit.overwritten)+len(edit.uncertain) == 0 && edit.unseen == 0 {
		detail += "\n\nNo field of the plan or of the state differs, so that nothing needs to be done."
	}
	return diag.NewWarningDiagnostic(summary, detail)
}

// others are the writes that were not ours, or not the one that was answered.
func (e concurrentEdit) others() int64 { return e.seen + e.unseen }

// lostAnswers names the attempts of ours that may have been carried out before the last one, "" where there were none.
func (e concurrentEdit) lostAnswers() string {
	switch {
	case e.attempts < 2 || e.unseen < 1:
		return ""
	case e.attempts == 2:
		return "this run's first attempt, whose answer was lost"
	default:
		return "this run's first attempts, whose answers were lost"
	}
}

// cutOff warns that a list ends at its limit, which is Terraform's own where the block sets none, and not at what there is.
func (t *table) cutOff(listed, total int) diag.Diagnostic {
	return diag.NewWarningDiagnostic(
		"Not all "+t.Nouns()+" are listed",
		fmt.Sprintf("%d of the %d %s that match are listed: there the limit is reached.\n\nSet limit = %d or more in the list block, or filter in its config.",
			listed, total, t.Nouns(), total),
	)
}

// twins warns that objects of the same name are there before a create. DemandFlow allows it.
func (t *table) twins(title string, ids []string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(
		"Another "+t.Noun()+" has this name",
		fmt.Sprintf("The tenant already has a %s with the name %s: id %s. Terraform creates another one.\n\nIf that is the object that is meant, import it instead of creating it.", t.Noun(), title, strings.Join(ids, ", ")),
	)
}

// otherTenant says that an identity names another tenant than the token's.
func (t *table) otherTenant(id, theirs, ours string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		"Wrong subscription",
		fmt.Sprintf("The identity of the %s %s names the subscription (tenant) %s, and the provider's token is of %s.\n\n"+
			"Correct %s in the import block, or use a provider configuration with a token of that tenant.", t.Noun(), id, theirs, ours, subscriptionAttribute),
	)
}

// noDefinition says that the tenant's definition could not be read, for another reason than missing rights.
func (t *table) noDefinition(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		"Cannot read the definition of "+t.Nouns(),
		fmt.Sprintf("The tenant's definition says what the options of fields are called, and Terraform could not read it.\n\n%s", err),
	)
}

// noReadableDefinition says why the data source cannot show a definition.
func noReadableDefinition(code string, err error) diag.Diagnostic {
	detail := fmt.Sprintf("Terraform tried to read the tenant's definition of %s.\n\n%s", code, err)
	if demandflow.IsNotFound(err) {
		detail += "\n\nThe tenant has no entity with this code, or none that the token may see. Check the code."
	}
	return diag.NewAttributeErrorDiagnostic(path.Root(entityArgument), "Cannot read definition", detail)
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
			"The new one has what the configuration sets, and no more: what people filled in, what DemandFlow counted, and what others say of the old id does not come with it.\n\n"+
			"To keep the old one, apply %s = %q first; to rule a replacement out, set prevent_destroy in its lifecycle block.", title, fate, deletionPolicyArgument, deletionPolicyArgument, abandonPolicy))
}

// outlived warns of an object that a destroy leaves in DemandFlow.
func (t *table) outlived(title, fate string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The "+t.Noun()+" is still in DemandFlow",
		fmt.Sprintf("The %s %s was %s, as its %s says, and is no longer in the state.", t.Noun(), title, fate, deletionPolicyArgument))
}

// oddValues warns of what the API says and nobody understands.
func (t *table) oddValues(id string, odd []string) diag.Diagnostics {
	if len(odd) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(
		"Unreadable value in "+t.Noun(),
		fmt.Sprintf("The %s %s has values that do not fit their fields, and are treated as not set:\n  %s\n\nCorrect them in DemandFlow; where the configuration sets such an attribute, an apply corrects it.",
			t.Noun(), id, strings.Join(odd, "\n  ")),
	)}
}

// otherValuesKept warns of values that DemandFlow did not keep as they were sent.
func (t *table) otherValuesKept(title, lines string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(
		"DemandFlow keeps other values of the "+t.Noun(),
		fmt.Sprintf("The %s %s was written, and DemandFlow's answer has other values than were sent:\n  %s\n\n"+
			"The state has what was sent until the next refresh. Then each plan shows the difference again, and each apply sends it again. "+
			"Write what DemandFlow keeps into the configuration, or find out there why it changes the values; or leave the fields as they are with ignore_changes in the lifecycle block.",
			t.Noun(), title, lines),
	)
}

// leftOut warns of values of a listed object that a configuration could not have.
func (t *table) leftOut(id string, left []string) diag.Diagnostics {
	if len(left) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(
		"Values left out of the "+t.Noun(),
		fmt.Sprintf("The %s %s has values that a plan would refuse or change, and is listed without them:\n  %s\n\nThey stay in DemandFlow as they are. To have them in the configuration, correct them there, or write them by hand.",
			t.Noun(), id, strings.Join(left, "\n  ")),
	)}
}

// notOne says that a look-up did not find exactly one object, and which there are.
func (t *table) notOne(at path.Path, asked string, titles []string, near []candidate) diag.Diagnostic {
	var detail strings.Builder
	switch {
	case len(titles) > 1:
		fmt.Fprintf(&detail, "%d %s match %s:\n", len(titles), t.Nouns(), asked)
		slices.Sort(titles)
		for _, title := range titles[:min(len(titles), 20)] {
			fmt.Fprintf(&detail, "  %s\n", title)
		}
		fmt.Fprintf(&detail, "\nUse the id of the one that is meant.")
		return diag.NewAttributeErrorDiagnostic(at, "More than one "+t.Noun()+" found", detail.String())
	case len(near) == 0:
		fmt.Fprintf(&detail, "No %s matches %s.\n\nThe tenant has none that the token may see.", t.Noun(), asked)
	default:
		fmt.Fprintf(&detail, "No %s matches %s. The nearest are:\n", t.Noun(), asked)
		for _, c := range near {
			fmt.Fprintf(&detail, "  %s\n", c.title)
		}
		fmt.Fprintf(&detail, "\nUse the name or the id of the one that is meant.")
	}
	return diag.NewAttributeErrorDiagnostic(at, "No such "+t.Noun(), detail.String())
}

func unreadablePrivateState(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		"Cannot read private state",
		fmt.Sprintf("The record of which fields are Terraform's is damaged: %s\n\nRemove the resource from the state (terraform state rm) and import it again.", err),
	)
}
