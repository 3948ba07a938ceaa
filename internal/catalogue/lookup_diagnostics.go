package catalogue

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
)

// titleOf returns the title of an object in a state.
func (t *table) titleOf(state values) string {
	object := t.changes(state, nil)
	object[idAttribute] = field.Text(state[idAttribute])
	return t.title(object)
}

// name returns the name of an object: the first of its natural keys that it has, else its id.
func (t *table) name(object demandflow.Object) string {
	return append(t.names(object), object.ID())[0]
}

// names returns the natural keys that an object has.
func (t *table) names(object demandflow.Object) []string {
	var names []string
	for _, key := range t.Keys {
		var parts []string
		for _, field := range key.Fields {
			if part := object.Text(field); part != "" {
				parts = append(parts, part)
			}
		}
		if name := strings.Join(parts, ":"); len(parts) == len(key.Fields) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// title returns what an object is called in a list: its natural keys, then its id.
func (t *table) title(object demandflow.Object) string {
	name := strings.Join(t.names(object), ", ")
	switch {
	case object.ID() == "":
		return name
	case name == "":
		return object.ID()
	}
	return fmt.Sprintf("%s (id %s)", name, object.ID())
}

// described returns the title with what distinguishes objects of one name: the status, and when the object was created.
func (t *table) described(object demandflow.Object) string {
	created, _ := demandflow.Time(object["created"])
	name, about := strings.Join(t.names(object), ", "), t.about(object.ID(), object.Text(t.Archive.Field), created)
	return strings.TrimPrefix(name+" ("+about+")", " ")
}

// about returns an object's id, its status by its label, and when it was created, as far as they are known.
func (t *table) about(id, status string, created time.Time) string {
	parts := []string{"id " + id}
	if status != "" {
		parts = append(parts, t.column(t.Archive.Field).Options.Label(status))
	}
	if !created.IsZero() {
		parts = append(parts, "created "+created.Format(time.RFC3339))
	}
	return strings.Join(parts, ", ")
}

// similar keeps the few objects whose names are most similar to the wanted one, the most similar first.
type similar struct{ found []candidate }

type candidate struct {
	title    string
	likeness float64
}

const mostCandidates = 5

// add adds an object; one that is there already keeps the greater of its two similarities. One that is not similar is
// not added.
func (n *similar) add(likeness float64, title string) {
	if likeness <= 0 {
		return
	}
	offered := candidate{title, likeness}
	if at := slices.IndexFunc(n.found, func(c candidate) bool { return c.title == title }); at >= 0 {
		if n.found[at].likeness >= offered.likeness {
			return
		}
		n.found = slices.Delete(n.found, at, at+1)
	}
	n.found = append(n.found, offered)
	slices.SortStableFunc(n.found, func(a, b candidate) int { return cmp.Compare(b.likeness, a.likeness) })
	n.found = n.found[:min(len(n.found), mostCandidates)]
}

// likeness returns how similar a name is to the wanted one, 0 where it is not. Where names have a version (name:tag),
// other versions of the wanted name come first, then the same name elsewhere.
func (t *table) likeness(wanted, name string) float64 {
	const alike, shortest = 0.5, 3
	wanted, name = strings.ToLower(wanted), strings.ToLower(name)
	likeness := levenshtein.Match(wanted, name, nil)
	if t.hasVersions() {
		repository, other := reference.Repository(wanted), reference.Repository(name)
		switch {
		case repository == other:
			return 2 + likeness
		case strings.HasSuffix(repository, "/"+other), strings.HasSuffix(other, "/"+repository):
			return 1 + likeness
		}
		wanted, name = repository, other
		likeness = levenshtein.Match(wanted, name, nil)
	}
	if contained := min(len(wanted), len(name)) >= shortest && (strings.Contains(wanted, name) ||
		strings.Contains(name, wanted)); likeness < alike && !contained {
		return 0
	}
	return likeness
}

// hasVersions reports whether further fields distinguish objects of one name.
func (t *table) hasVersions() bool {
	return slices.ContainsFunc(t.Keys, func(key entity.Key) bool { return len(key.Fields) > 1 })
}

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
	fmt.Fprintf(&detail, "\n\nIf %s is the object that is meant, import it instead of creating it, with this block "+
		"and the resource's own name:\n\n%s"+
		"\nIf another block has it in the state already, rename that one (a moved block), or remove this one. If this "+
		"apply replaces it (create_before_destroy), there is nothing to do.", which,
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
	return diag.NewWarningDiagnostic("Another "+t.Noun()+" has this name: "+t.name(fields),
		fmt.Sprintf("The tenant already has a %s with the name %s%s:\n%s\nTerraform gives another one this name, too. "+
			"DemandFlow allows it, but a look-up by name then finds several.\n\n"+
			"If this plan renames or deletes that object, there is nothing to do. Else use another name.",
			t.Noun(), t.name(fields), t.disambiguation(fields), t.listedDuplicates(duplicates)))
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
	return diag.NewWarningDiagnostic(
		"Another planned "+t.Noun()+" has this name: "+t.name(fields),
		fmt.Sprintf("Terraform gives more than one %s the name %s%s. DemandFlow allows it, but a look-up by name then "+
			"finds several.\n\n"+
			"If they are meant to be one, remove all blocks but one (or all but one of count and for_each); else give them "+
			"different names.", t.Noun(), t.name(fields), t.disambiguation(fields)),
	)
}

// archivedSkipped warns that a look-up has found archived objects beside the one in use.
func (t *table) archivedSkipped(at path.Path, wanted string, taken demandflow.Object,
	skipped []demandflow.Object) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(at, "An archived "+t.Noun()+" is passed over: "+t.name(taken),
		fmt.Sprintf("More than one %s matches %s. This is the only one that is not archived, and it is taken:\n  "+
			"%s\n\nPassed over:\n%s\nTo have another one, use its id.",
			t.Noun(), wanted, t.described(taken), t.listed(skipped)))
}

// ambiguous returns the error of a look-up that finds more than one object.
func (t *table) ambiguous(at path.Path, wanted string, matches []demandflow.Object) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "More than one "+t.Noun()+" found",
		fmt.Sprintf("%d %s match %s:\n%s\nUse the id of the one that is meant.", len(matches), t.Nouns(), wanted,
			t.listed(matches)))
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
