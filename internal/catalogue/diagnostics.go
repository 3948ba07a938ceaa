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
	detail := fmt.Sprintf("Terraform tried to %s %s.\n\n%s", verb, subject, err)
	if demandflow.IsForbidden(err) && verb == "read" {
		detail += "\n\nNothing was removed from the state."
	}
	return diag.NewErrorDiagnostic(fmt.Sprintf("Cannot %s %s", verb, t.Noun()), detail)
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

// concurrentEdit warns that somebody else wrote between our read and our write.
func (t *table) concurrentEdit(id string, read, written int64, fields []string) diag.Diagnostic {
	seen := "No field differs from the plan, so that nothing needs to be done."
	if len(fields) > 0 {
		seen = fmt.Sprintf("These fields are not what the plan expected: %s. The next plan shows them; run it and look.", strings.Join(fields, ", "))
	}
	return diag.NewWarningDiagnostic(
		"Somebody else changed the "+t.Noun(),
		fmt.Sprintf("The %s %s had version %d when it was read and has version %d after one change of ours: %d more came from elsewhere. Only the fields of this plan were sent, nothing else was overwritten.\n\n%s",
			t.Noun(), id, read, written, written-read-1, seen),
	)
}

// oddValues warns of what the API says and nobody understands.
func (t *table) oddValues(id string, odd []string) diag.Diagnostics {
	if len(odd) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(
		"Unreadable value in "+t.Noun(),
		fmt.Sprintf("The %s %s has values that do not fit their fields, and are treated as not set:\n  %s\n\nCorrect them in DemandFlow, or set the attributes in the configuration.",
			t.Noun(), id, strings.Join(odd, "\n  ")),
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
