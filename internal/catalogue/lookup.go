package catalogue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// lookUp reads the object that criteria name, by id or by natural key; one list may answer many of both. at is the
// argument of the error, where it is not called as the field.
func (t *table) lookUp(ctx context.Context, client *demandflow.Client, w criteria, at ...path.Path) (demandflow.Object,
	diag.Diagnostics) {
	blame := append(at, path.Root(t.column(w.FirstField(t.Entity)).attribute))[0]
	id, ok := w[idAttribute]
	if !ok {
		matches, err := client.Find(ctx, t.Entity, []criteria{w})
		return t.onlyMatch(ctx, client, matches, err, []criteria{w}, t.inWords(w), blame)
	}
	object, err := client.LookUp(ctx, t.Code, id)
	return object, t.lookUpError(ctx, client, id, blame, err)
}

// lookUpError returns the error of a look-up by id, if there is one.
func (t *table) lookUpError(ctx context.Context, client *demandflow.Client, id string, at path.Path,
	err error) diag.Diagnostics {
	if notFound := err; demandflow.IsNotFound(notFound) {
		if err = client.ConfirmGone(ctx, notFound, t.Code, id, ""); err != nil {
			return diag.Diagnostics{t.cannot("read", id, err)}
		}
		return diag.Diagnostics{t.noSuchID(at, id, client.EntityOf(ctx, t.Code, id))}
	}
	if err != nil {
		return diag.Diagnostics{t.cannot("read", id, err)}
	}
	return nil
}

// lookUps returns the ways to name one object: its id, then the entity's natural keys.
func (t *table) lookUps() []entity.Key {
	return append([]entity.Key{{Fields: []string{idAttribute}}}, t.Keys...)
}

// isKey reports whether a look-up can be made with the field.
func (t *table) isKey(field string) bool {
	return slices.ContainsFunc(t.lookUps(), func(key entity.Key) bool {
		return slices.Contains(key.Fields, field) || key.Disambiguator != "" && key.Disambiguator == field
	})
}

// criteriaOf reads a look-up from a configuration: exactly one of the ways, complete.
func (t *table) criteriaOf(config values) (criteria, diag.Diagnostics) {
	given := criteria{}
	var empty diag.Diagnostics
	for _, c := range t.columns {
		switch value := config[c.attribute]; {
		case !t.isKey(c.Name) || value.IsNull():
		case field.Text(value) == "":
			empty.Append(emptyLookUp(c.attribute))
		default:
			given[c.Name] = field.Text(value)
		}
	}
	if empty.HasError() {
		return nil, empty
	}
	for _, key := range t.lookUps() {
		complete := !slices.ContainsFunc(key.Fields, func(field string) bool { return given[field] == "" })
		fields := len(key.Fields)
		if key.Disambiguator != "" && given[key.Disambiguator] != "" {
			fields++
		}
		if complete && len(given) == fields {
			return given, nil
		}
	}
	return nil, diag.Diagnostics{t.invalidLookUp(given)}
}

// lookUpsInWords lists the look-ups in a sentence: `id`, or `full_image_name`, or `name` and `tag` (with `registry_id`
// …).
func (t *table) lookUpsInWords() string {
	var ways []string
	for _, key := range t.lookUps() {
		var names []string
		for _, field := range key.Fields {
			names = append(names, "`"+t.column(field).attribute+"`")
		}
		way := strings.Join(names, " and ")
		if key.Disambiguator != "" {
			way += fmt.Sprintf(" (and `%s` if several match)", t.column(key.Disambiguator).attribute)
		}
		ways = append(ways, way)
	}
	return strings.Join(ways, ", or ")
}

// Criteria are one natural key, or an id, with the values to look for, by API field name.
type criteria = demandflow.Criteria

// onlyMatch returns the only object that a look-up by natural key has found, or an error if it has found none or
// several. asked is the look-up in words, and at the attribute of the error. An object in use is preferred to archived
// ones, which a destroy may have left.
func (t *table) onlyMatch(
	ctx context.Context, client *demandflow.Client, matches []demandflow.Object, err error, anyOf []criteria, asked string,
	at path.Path,
) (demandflow.Object, diag.Diagnostics) {
	if err != nil {
		return nil, diag.Diagnostics{t.cannot("find", "", err)}
	}
	inUse := t.inUse(matches)
	for _, candidates := range [][]demandflow.Object{inUse, matches} {
		for _, w := range anyOf { // a full image name that matches once wins over a name and tag that match often
			missing := func(object demandflow.Object) bool { return !w.Matches(t.Entity, object) }
			found := slices.DeleteFunc(slices.Clone(candidates), missing)
			if len(found) != 1 {
				continue
			}
			skipped := slices.DeleteFunc(slices.Clone(matches),
				func(object demandflow.Object) bool { return !t.isArchived(object) })
			if len(skipped) == 0 || t.isArchived(found[0]) {
				return found[0], nil
			}
			return found[0], diag.Diagnostics{t.archivedSkipped(at, asked, found[0], skipped)}
		}
		if len(inUse) > 1 {
			break // several are in use, and none of the archived is meant
		}
	}
	if len(matches) > 0 {
		return nil, diag.Diagnostics{t.ambiguous(at, asked, matches)}
	}
	return nil, diag.Diagnostics{t.noMatch(ctx, client, at, asked, t.soughtNames(anyOf))}
}

// isArchived reports whether an object is out of use, as deletion_policy = "archive" leaves it.
func (t *table) isArchived(object demandflow.Object) bool {
	c, option := t.archived()
	return option != "" && object.Text(c.Name) == option
}

// inUse returns the objects that are not archived.
func (t *table) inUse(objects []demandflow.Object) []demandflow.Object {
	return slices.DeleteFunc(slices.Clone(objects), t.isArchived)
}

// soughtNames returns criteria as the names of objects are written: name:tag.
func (t *table) soughtNames(anyOf []criteria) []string {
	var names []string
	for _, w := range anyOf {
		names = append(names, t.keyNames(func(field string) (string, bool) { value, ok := w[field]; return value, ok })...)
	}
	return names
}

// similarNames reads the names of the whole tenant and returns the titles of the few objects whose names are most
// similar to the wanted ones, and how many objects there are. It runs only when a look-up has failed.
func (t *table) similarNames(ctx context.Context, client *demandflow.Client, wanted []string) (titles []string,
	total int,
	err error) {
	near := field.Similar{Wanted: wanted, Versions: t.hasVersions()}
	for object, err := range client.List(ctx, t.Code, t.keyFields()...) {
		if err != nil {
			return nil, 0, err
		}
		total++
		near.Add(t.described(object), t.names(object))
	}
	return near.Titles(), total, nil
}

// hasVersions reports whether further fields distinguish objects of one name.
func (t *table) hasVersions() bool {
	return slices.ContainsFunc(t.Keys, func(key entity.Key) bool { return len(key.Fields) > 1 })
}

// keyFields returns the fields, by API name, that identify objects, and those that messages describe them with.
func (t *table) keyFields() []string {
	fields := []string{idAttribute}
	for _, key := range t.Keys {
		fields = append(fields, key.Fields...)
		if key.Disambiguator != "" {
			fields = append(fields, key.Disambiguator)
		}
	}
	return append(fields, t.Archive.Field, "created")
}

// inWords returns criteria in words: name "nginx" and tag "1.27".
func (t *table) inWords(w criteria) string {
	var parts []string
	for _, c := range t.columns {
		if value, ok := w[c.Name]; ok {
			parts = append(parts, fmt.Sprintf("%s %q", c.attribute, value))
		}
	}
	return strings.Join(parts, " and ")
}

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
	return t.keyNames(func(field string) (string, bool) { return object.Text(field), object.Text(field) != "" })
}

// keyNames returns the natural keys whose fields all have a value, as names are written: name:tag.
func (t *table) keyNames(valueOf func(field string) (string, bool)) []string {
	var names []string
	for _, key := range t.Keys {
		var parts []string
		for _, field := range key.Fields {
			if part, ok := valueOf(field); ok {
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
