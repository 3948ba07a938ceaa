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

// A wish is one natural key, or an id, with the values to look for, by API field name.
type wish = demandflow.Criteria

// findOne looks an object up by natural key: it must match one of the wishes in every field. asked is the look-up in
// words, at the attribute to blame when there is not exactly one. load are the fields to read, all where none are
// given; the natural keys must be among them.
func (t *table) findOne(ctx context.Context, client *demandflow.Client, wishes []wish, asked string, at path.Path,
	load ...string) (demandflow.Object, diag.Diagnostics) {
	matches, err := client.Find(ctx, t.Entity, wishes, load...)
	return t.one(ctx, client, matches, err, wishes, asked, at)
}

// one is the only object that a look-up has found, or the error of its having found none or several. What is archived
// gives way to what is not: a destroy may have left it, and what took its place is meant.
func (t *table) one(
	ctx context.Context, client *demandflow.Client, matches []demandflow.Object, err error, wishes []wish, asked string,
	at path.Path,
) (demandflow.Object, diag.Diagnostics) {
	if err != nil {
		return nil, diag.Diagnostics{t.cannot("find", "", err)}
	}
	inUse := t.inUse(matches)
	for _, candidates := range [][]demandflow.Object{inUse, matches} {
		for _, w := range wishes { // a full image name that matches once wins over a name and tag that match often
			missing := func(object demandflow.Object) bool { return !w.Matches(t.Entity, object) }
			found := slices.DeleteFunc(slices.Clone(candidates), missing)
			if len(found) != 1 {
				continue
			}
			passedOver := slices.DeleteFunc(slices.Clone(matches),
				func(object demandflow.Object) bool { return !t.isArchived(object) })
			if len(passedOver) == 0 || t.isArchived(found[0]) {
				return found[0], nil
			}
			return found[0], diag.Diagnostics{t.archivedPassedOver(at, asked, found[0], passedOver)}
		}
		if len(inUse) > 1 {
			break // several are in use, and none of the archived is meant
		}
	}
	if len(matches) > 0 {
		return nil, diag.Diagnostics{t.several(at, asked, matches)}
	}
	return nil, diag.Diagnostics{t.none(ctx, client, at, asked, t.askedNames(wishes))}
}

// isArchived reports whether an object is out of use, as deletion_policy = "archive" leaves it.
func (t *table) isArchived(object demandflow.Object) bool {
	c, option := t.archived()
	return option != "" && object.Text(c.Name) == option
}

// inUse are the objects that are not archived.
func (t *table) inUse(objects []demandflow.Object) []demandflow.Object {
	return slices.DeleteFunc(slices.Clone(objects), t.isArchived)
}

// askedNames are wishes as the names of objects are written: name:tag.
func (t *table) askedNames(wishes []wish) []string {
	var names []string
	for _, w := range wishes {
		for _, key := range t.Keys {
			var parts []string
			for _, field := range key.Fields {
				if value, ok := w[field]; ok {
					parts = append(parts, value)
				}
			}
			if name := strings.Join(parts, ":"); len(parts) == len(key.Fields) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// nearest streams the names of the whole tenant and keeps the few that look most like what was asked for, with how many
// there are in all. It runs only when a look-up has failed, to tell the person what there is.
func (t *table) nearest(ctx context.Context, client *demandflow.Client, asked []string) (near nearest, total int,
	err error) {
	for object, err := range client.List(ctx, t.Code, t.keyFields()...) {
		if err != nil {
			return near, 0, err
		}
		total++
		for _, name := range t.names(object) {
			for _, wanted := range asked {
				near.add(t.likeness(wanted, name), t.described(object))
			}
		}
	}
	return near, total, nil
}

// keyFields are the fields that tell objects apart, by API name, and those that people tell them apart by.
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

// asked is a wish in words: name "nginx" and tag "1.27".
func (t *table) asked(w wish) string {
	var parts []string
	for _, c := range t.columns {
		if value, ok := w[c.Name]; ok {
			parts = append(parts, fmt.Sprintf("%s %q", c.attribute, value))
		}
	}
	return strings.Join(parts, " and ")
}
