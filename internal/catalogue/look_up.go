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

// look reads the object that a wish names, by id or by natural key; one list may answer many of both. at is the
// argument to blame, where it is not called as the field.
func (t *table) look(ctx context.Context, client *demandflow.Client, w wish, at ...path.Path) (demandflow.Object,
	diag.Diagnostics) {
	blame := append(at, path.Root(t.column(w.FirstField(t.Entity)).attribute))[0]
	id, ok := w[idAttribute]
	if !ok {
		return t.findOne(ctx, client, []wish{w}, t.asked(w), blame)
	}
	object, err := client.LookUp(ctx, t.Code, id)
	return object, t.notRead(ctx, client, id, blame, err)
}

// notRead is the error of a look-up by id, if there is one.
func (t *table) notRead(ctx context.Context, client *demandflow.Client, id string, at path.Path,
	err error) diag.Diagnostics {
	if notFound := err; demandflow.IsNotFound(notFound) {
		if err = client.Gone(ctx, notFound, t.Code, id, ""); err != nil {
			return diag.Diagnostics{t.cannot("read", id, err)}
		}
		next := "It may have been deleted. Check where the id comes from."
		if other := client.EntityOf(ctx, t.Code, id); other != "" {
			next = fmt.Sprintf("It is the id of a %s. Give that of a %s.", entity.NounOf(other), t.Noun())
		}
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at, "No such "+t.Noun(),
			fmt.Sprintf("The tenant has no %s with the id %q.\n\n%s", t.Noun(), id, next))}
	}
	if err != nil {
		return diag.Diagnostics{t.cannot("read", id, err)}
	}
	return nil
}

// lookUps are the ways to name one object: its id, then the entity's natural keys.
func (t *table) lookUps() []entity.Key {
	return append([]entity.Key{{Fields: []string{idAttribute}}}, t.Keys...)
}

// isKey says whether a look-up can be made with the field.
func (t *table) isKey(field string) bool {
	return slices.ContainsFunc(t.lookUps(), func(key entity.Key) bool {
		return slices.Contains(key.Fields, field) || key.Disambiguator != "" && key.Disambiguator == field
	})
}

// wishOf reads a look-up from a configuration: exactly one of the ways, complete.
func (t *table) wishOf(config values) (wish, diag.Diagnostics) {
	given := wish{}
	var empty diag.Diagnostics
	for _, c := range t.columns {
		switch value := config[c.attribute]; {
		case !t.isKey(c.Name) || value.IsNull():
		case text(value) == "":
			empty.Append(emptyLookUp(c.attribute))
		default:
			given[c.Name] = text(value)
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
	problem := fmt.Sprintf("A %s is looked up by exactly one of: %s.", t.Noun(), t.waysInWords())
	if len(given) > 0 {
		problem += fmt.Sprintf("\n\nThe configuration gives %s.", t.asked(given))
	}
	return nil, diag.Diagnostics{diag.NewErrorDiagnostic("Invalid look-up of "+t.Noun(), problem)}
}

// emptyLookUp is an error on an argument that names nothing: not set and set to "" must not be taken for the same,
// because "" is often a variable that somebody forgot.
func emptyLookUp(argument string) diag.Diagnostic {
	return invalidArgument(argument, "It is empty, which finds nothing. Give it a value, or leave the argument out.")
}

// waysInWords lists the ways for people: `id`, or `full_image_name`, or `name` and `tag` (with `registry_id` …).
func (t *table) waysInWords() string {
	var ways []string
	for _, key := range t.lookUps() {
		var names []string
		for _, field := range key.Fields {
			names = append(names, "`"+t.column(field).attribute+"`")
		}
		way := strings.Join(names, " and ")
		if key.Disambiguator != "" {
			way += fmt.Sprintf(" (and `%s` to tell twins apart)", t.column(key.Disambiguator).attribute)
		}
		ways = append(ways, way)
	}
	return strings.Join(ways, ", or ")
}
