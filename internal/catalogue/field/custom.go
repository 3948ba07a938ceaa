package field

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// NewCustom returns the codec of a field that the tenant's administrators added. The definition is nil where it is not
// known.
func NewCustom(name string, definition *entity.Definition) Codec {
	c := New(&entity.Field{Name: name}, false)
	c.Custom = true
	if definition != nil {
		c.Defined = definition.Field(name)
	}
	return c
}

// customValueProblem returns why a custom field of the tenant's definition cannot hold a decoded JSON value; "" where
// it can, or if the field's type is not known. Values are not repeated, but for options: a custom field may be a
// password.
func customValueProblem(defined *entity.DefinedField, value any) string {
	if defined == nil || demandflow.Unset(value) {
		return ""
	}
	kind, known := defined.Kind()
	if !known {
		return ""
	}
	var fits bool
	var example string
	switch kind {
	case entity.Number:
		fits, example = jsonType(value) == "a number", "jsonencode(4711)"
	case entity.Bool:
		fits, example = jsonType(value) == "true or false", "jsonencode(true)"
	case entity.DateTime:
		fits, example = jsonType(value) == "a number", "milliseconds since 1970, jsonencode(1767225600000)"
	case entity.Enum:
		if id, ok := value.(string); ok {
			return noSuchID(defined.Options, id)
		}
		example = "the id of an option, jsonencode(\"1\")"
	case entity.MultiSelect:
		if isTexts(value) {
			return noSuchIDs(defined.Options, value)
		}
		example = "a list of ids of options, jsonencode([\"1\", \"2\"])"
	case entity.Reference: // one object, or many: the definition's types do not distinguish them
		fits, example = jsonType(value) == "a text" || isTexts(value), "the object's id, jsonencode(\"…\"), or a list of ids"
	default:
		fits, example = jsonType(value) == "a text", "jsonencode(\"text\")"
	}
	if fits {
		return ""
	}
	return fmt.Sprintf("Its value is %s, and the field's type in the tenant's definition is %s. Write %s.",
		jsonType(value), defined.Type, example)
}

// jsonType returns the type of a decoded JSON value for messages.
func jsonType(value any) string {
	switch value.(type) {
	case string:
		return "a text"
	case json.Number:
		return "a number"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	default:
		return "an object"
	}
}

func isTexts(value any) bool {
	list, ok := value.([]any)
	return ok && !slices.ContainsFunc(list, func(entry any) bool { return jsonType(entry) != "a text" })
}

func noSuchIDs(options entity.Options, value any) string {
	list, _ := value.([]any)
	for _, entry := range list {
		id, _ := entry.(string)
		if problem := noSuchID(options, id); problem != "" {
			return problem
		}
	}
	return ""
}

// noSuchID returns the message that no option has an id. It suggests the id of a label that is written in place of it.
func noSuchID(options entity.Options, id string) string {
	if len(options) == 0 || slices.ContainsFunc(options, func(option entity.Option) bool { return option.ID == id }) {
		return ""
	}
	named, ids := make([]string, len(options)), make([]string, len(options))
	for i, option := range options {
		named[i], ids[i] = fmt.Sprintf("%s (%s)", option.ID, option.Label), option.ID
	}
	hint := DidYouMean(id, ids)
	if option, ok := options.Find(mostSimilar(id, options.Labels())); ok {
		hint = fmt.Sprintf(" Did you mean %q, the id of %q?", option.ID, option.Label)
	}
	return fmt.Sprintf("%q is not the id of an option.%s The options are %s.", id, hint, strings.Join(named, ", "))
}

// customProblem returns what is wrong with a custom field's configured value before the tenant is known, "" where
// nothing is: it must be a JSON document.
func customProblem(v tftypes.Value) string {
	switch {
	case v.IsNull():
		return "It has no value. Write jsonencode(null) to have it empty, or remove it."
	case v.IsKnown() && !json.Valid([]byte(Text(v))):
		return fmt.Sprintf("Its value is not JSON%s. Write it with jsonencode: a text is jsonencode(\"text\").",
			jsonFault(Text(v)))
	}
	return ""
}
