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
type wish = demandflow.Wish

// findOne looks an object up by natural key: it must match one of the wishes in every field. asked is the look-up in words,
// at the attribute to blame when there is not exactly one. load are the fields to read, all where none are given; the natural
// keys must be among them.
func (t *table) findOne(ctx context.Context, client *demandflow.Client, wishes []wish, asked string, at path.Path, load ...string) (demandflow.Object, diag.Diagnostics) {
	matches, err := client.Find(ctx, t.Entity, wishes, load...)
	return t.one(ctx, client, matches, err, wishes, asked, at)
}

// one is the only object that a look-up has found, or the error of its having found none or several.
func (t *table) one(
	ctx context.Context, client *demandflow.Client, matches []demandflow.Object, err error, wishes []wish, asked string, at path.Path,
) (demandflow.Object, diag.Diagnostics) {
	if err != nil {
		return nil, diag.Diagnostics{t.cannot("find", "", err)}
	}
	for _, w := range wishes { // a full image name that matches once wins over a name and tag that match often
		missing := func(object demandflow.Object) bool { return !w.Matches(t.Entity, object) }
		if found := slices.DeleteFunc(slices.Clone(matches), missing); len(found) == 1 {
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
