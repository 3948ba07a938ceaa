package catalogue

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A wish is one natural key with the values to look for, by API field name.
type wish map[string]string

// findOne looks an object up by natural key: it must match one of the wishes in every field. asked is the look-up in words,
// at the attribute to blame when there is not exactly one. load are the fields to read, all where none are given; the natural
// keys must be among them.
func (t *table) findOne(ctx context.Context, client *demandflow.Client, wishes []wish, asked string, at path.Path, load ...string) (demandflow.Object, diag.Diagnostics) {
	matches, err := t.find(ctx, client, wishes, load...)
	if err != nil {
		return nil, diag.Diagnostics{t.cannot("find", "", err)}
	}
	for _, w := range wishes { // a full image name that matches once wins over a name and tag that match often
		if found := t.matching(matches, w); len(found) == 1 {
			return found[0], nil
		}
	}
	var titles []string
	for _, match := range matches {
		titles = append(titles, t.title(match))
	}
	var near []candidate
	if len(matches) == 0 {
		if near, err = t.nearest(ctx, client, wishes); err != nil {
			return nil, diag.Diagnostics{t.cannot("find", "", err)}
		}
	}
	return nil, diag.Diagnostics{t.notOne(at, asked, titles, near)}
}

// find asks for all wishes in one request. DemandFlow's filter is a text match on one field, wider than equality, so that
// what comes back is compared again here. load is as in findOne.
func (t *table) find(ctx context.Context, client *demandflow.Client, wishes []wish, load ...string) ([]demandflow.Object, error) {
	var queries []demandflow.QueryLine
	for _, w := range wishes {
		field := t.firstField(w)
		queries = append(queries, demandflow.QueryLine{
			Entity: t.Code, Load: load,
			Filter: &demandflow.Filter{Field: field, Term: t.column(field).comparable(w[field])}, // the part that all spellings share
		})
	}
	var matches []demandflow.Object
	seen := map[string]bool{}
	for item, err := range client.Query(ctx, queries...) {
		if err != nil {
			return nil, err
		}
		object := item.Object
		if object == nil || seen[object.ID()] {
			continue
		}
		if slices.ContainsFunc(wishes, func(w wish) bool { return t.matches(object, w) }) {
			seen[object.ID()] = true
			matches = append(matches, object)
		}
	}
	return matches, nil
}

// firstField is the field of a wish that comes first in the table: the one that tells objects apart best.
func (t *table) firstField(w wish) string {
	for _, c := range t.columns {
		if _, ok := w[c.Name]; ok {
			return c.Name
		}
	}
	panic("a wish has at least one field")
}

func (t *table) matching(objects []demandflow.Object, w wish) []demandflow.Object {
	return slices.DeleteFunc(slices.Clone(objects), func(object demandflow.Object) bool { return !t.matches(object, w) })
}

func (t *table) matches(object demandflow.Object, w wish) bool {
	for field, value := range w {
		if c := t.column(field); c.comparable(object.Text(field)) != c.comparable(value) {
			return false
		}
	}
	return true
}

// comparable is a text as look-ups compare it: a URL without its scheme and closing slash (DemandFlow has registries with
// and without), its host in any case; everything else as it is.
func (c column) comparable(s string) string {
	if c.Kind != entity.URL {
		return s
	}
	_, rest, found := strings.Cut(s, "://")
	if !found {
		rest = s
	}
	host, path, _ := strings.Cut(strings.TrimRight(rest, "/"), "/")
	return strings.TrimRight(strings.ToLower(host)+"/"+path, "/")
}

// nearest streams the names of the whole tenant and keeps the few that look most like what was asked for. It runs only when
// a look-up has failed, to tell the person what there is.
func (t *table) nearest(ctx context.Context, client *demandflow.Client, wishes []wish) ([]candidate, error) {
	var near nearest
	for object, err := range client.List(ctx, t.Code, "", t.keyFields()...) {
		if err != nil {
			return nil, err
		}
		for _, w := range wishes {
			near.add(t.joined(func(field string) string { return w[field] }, w), t.joined(object.Text, w), t.title(object))
		}
	}
	return near.found, nil
}

// keyFields are the fields that tell objects apart, by API name.
func (t *table) keyFields() []string {
	fields := []string{idAttribute}
	for _, key := range t.Keys {
		fields = append(fields, key.Fields...)
	}
	return fields
}

// joined is the values of a wish's fields as one text.
func (t *table) joined(value func(string) string, w wish) string {
	var parts []string
	for _, c := range t.columns {
		if _, ok := w[c.Name]; ok {
			parts = append(parts, value(c.Name))
		}
	}
	return strings.Join(parts, ":")
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
