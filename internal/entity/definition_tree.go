package entity

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// ParseDefinition reads a DEFINITION object. Which keys the document has is not documented beyond panel, columns, rows
// and fields, so it is walked: any object with a text id and a type, inside an array called fields, is a field. Keys
// are read in any case, and what is missing is tolerated.
//
// What is there and cannot be understood is an error: options translate labels into the ids that are written, and a
// guess would write wrong ones. So is a document without a single field, and a field of the tables that stands where no
// field is known to be.
func ParseDefinition(object map[string]any) (*Definition, error) {
	d := &Definition{Code: textOf(object["id"]), Name: textOf(object["name"]), Plural: textOf(object["plural"])}
	_, _ = fmt.Sscan(textOf(object["level"]), &d.Level) // 0 where it is missing: it only informs
	tree, err := documentIn(object["definition"])
	if err != nil {
		return nil, err
	}
	if d.Raw, _ = object["definition"].(string); d.Raw == "" {
		document, err := json.Marshal(tree)
		if err != nil {
			return nil, fmt.Errorf("the definition is not a JSON document: %w", err)
		}
		d.Raw = string(document)
	}
	w := &walk{definition: d, table: ByCode(d.Code)}
	w.node(tree, "", "", false)
	if len(d.Fields) == 0 && len(w.problems) == 0 {
		return nil, fmt.Errorf("the definition has no field: it is %s", shapeOfJSON(tree))
	}
	if err := w.problem(); err != nil {
		return nil, err
	}
	return d, nil
}

// documentIn returns the document in a definition: a JSON text, or the document itself. A text in a text is a server
// that wrote it twice.
func documentIn(value any) (any, error) {
	const mostTexts = 2
	for range mostTexts {
		text, isText := value.(string)
		if !isText {
			break
		}
		decoder := json.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
		decoder.UseNumber()
		if err := decoder.Decode(&value); err != nil {
			return nil, fmt.Errorf("the definition is not a JSON document: %w", err)
		}
		if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
			return nil, errors.New("the definition is not a JSON document: it goes on after its end")
		}
	}
	return value, nil
}

// A walk goes through the tree of a definition. Objects are walked in the order of their keys, so that a definition
// reads the same twice.
type walk struct {
	definition *Definition
	table      *Entity  // nil where the tables do not have the entity
	problems   []string // what is there and cannot be understood
	misplaced  []misplacedField
}

// A misplacedField is an object with a field's id that is no field.
type misplacedField struct{ name, problem string }

// node finds fields below a node. place is its position.
func (w *walk) node(node any, place, section string, inFields bool) {
	switch node := node.(type) {
	case []any:
		for i, child := range node {
			w.node(child, fmt.Sprintf("%s[%d]", place, i), section, inFields)
		}
	case map[string]any:
		keys := lowerCaseKeys(node)
		id, _ := keys["id"].(string)
		kind := textOf(keys["type"])
		if isField := inFields && id != "" && kind != ""; isField && (shapeKnown(kind) || !hasFields(keys)) {
			w.add(keys, id, kind, place, section)
			return
		}
		switch {
		case inFields && id != "" && kind == "":
			w.addMisplaced(id, place, "it has no type")
		case !inFields && id != "" && shapeKnown(kind):
			w.addMisplaced(id, place, "it does not stand in a list called fields")
		}
		section = firstText(keys, section, "title", "label", "name")
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			below := strings.TrimPrefix(place+"."+key, ".")
			fields, isObject := keys[key].(map[string]any)
			if key == "fields" && isObject {
				for _, name := range slices.Sorted(maps.Keys(fields)) {
					w.addMisplaced(name, below, "the fields are an object, not a list")
				}
			}
			w.node(keys[key], below, section, key == "fields")
		}
	}
}

// hasFields reports whether fields stand below an object: one of an unknown type is a group of them then.
func hasFields(keys map[string]any) bool {
	for _, value := range keys {
		switch value := value.(type) {
		case []any:
			for _, item := range value {
				if below, ok := item.(map[string]any); ok && hasFields(lowerCaseKeys(below)) {
					return true
				}
			}
		case map[string]any:
			if hasFields(lowerCaseKeys(value)) {
				return true
			}
		}
	}
	_, isList := keys["fields"].([]any)
	return isList
}

func (w *walk) addMisplaced(name, place, problem string) {
	w.misplaced = append(w.misplaced, misplacedField{name, fmt.Sprintf("the field %q at %s: %s", name, place, problem)})
}

// problem returns what could not be understood, nil where all was. Where a field of the tables is mentioned and is
// nowhere a field, it was not removed: the tree is another one than we know.
func (w *walk) problem() error {
	for _, m := range w.misplaced {
		if w.table != nil && w.table.Field(m.name) != nil && w.definition.Field(m.name) == nil {
			w.problems = append(w.problems, m.problem)
		}
	}
	const mostProblems = 3
	switch more := len(w.problems) - mostProblems; {
	case len(w.problems) == 0:
		return nil
	case more > 0:
		return fmt.Errorf("the definition has a form that this provider does not know: %s; and %d more",
			strings.Join(w.problems[:mostProblems], "; "), more)
	}
	return fmt.Errorf("the definition has a form that this provider does not know: %s", strings.Join(w.problems, "; "))
}

func (w *walk) add(keys map[string]any, id, kind, place, section string) {
	if before := w.definition.Field(id); before != nil { // a form may show a field twice
		options, _ := optionsIn(keys["options"])
		if len(options) > 0 && len(before.Options) > 0 && !before.Options.same(options) {
			w.problems = append(w.problems, fmt.Sprintf("the field %q (%s) at %s: it is there twice, with different options", id,
				kind, place))
		}
		return
	}
	field := DefinedField{
		Name: id, Type: kind, Section: section, References: textOf(keys["entity"]),
		Label: firstText(keys, id, "name", "label",
			"title"),
		Required: boolean(keys["required"]), ReadOnly: boolean(keys["readonly"]),
	}
	var problem string
	if field.Options, problem = optionsIn(keys["options"]); problem == "" && len(field.Options) == 0 &&
		w.needsOptions(field) {
		problem = "it has no options, but the keys " + strings.Join(slices.Sorted(maps.Keys(keys)), ", ")
	}
	if problem != "" {
		w.problems = append(w.problems, fmt.Sprintf("the field %q (%s) at %s: %s", id, kind, place, problem))
	}
	w.definition.Fields = append(w.definition.Fields, field)
}

// needsOptions reports whether labels of the field are not known without its options: the default ones may have other
// ids.
func (w *walk) needsOptions(field DefinedField) bool {
	if w.table == nil {
		return false
	}
	known := w.table.Field(field.Name)
	return known != nil && len(known.Options) > 0 && field.Fits(known.Kind)
}

// optionsIn reads a list of options, and returns what of it cannot be understood. An option without an id stands for
// none of them.
func optionsIn(value any) (options Options, problem string) {
	if value == nil {
		return nil, ""
	}
	list, ok := value.([]any)
	if !ok {
		return nil, "its options are " + shapeOfJSON(value) + ", not a list"
	}
	labels := 0
	for i, item := range list {
		if item == nil {
			continue
		}
		option, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Sprintf("option %d is %s, not an object with id and text", i+1, shapeOfJSON(item))
		}
		keys := lowerCaseKeys(option)
		id, label := textOf(keys["id"]), firstText(keys, "", "text", "label", "name")
		switch {
		case id == "" && keys["id"] != nil && keys["id"] != "":
			return nil, fmt.Sprintf("the id of option %d is %s", i+1, shapeOfJSON(keys["id"]))
		case id == "" && keys["id"] == nil && len(keys) > 0:
			return nil, fmt.Sprintf("option %d has no id, but %s", i+1, shapeOfJSON(option))
		case id == "":
			continue
		case label == "":
			label = id
		default:
			labels++
		}
		options = append(options, Option{ID: id, Label: label})
	}
	if labels == 0 && len(options) > 0 {
		return nil, "none of its options has a text; the first is " + shapeOfJSON(list[0])
	}
	return options, ""
}

// shapeOfJSON returns the type of a value, without its content.
func shapeOfJSON(value any) string {
	switch value := value.(type) {
	case nil:
		return "nothing"
	case []any:
		return fmt.Sprintf("a list of %d", len(value))
	case map[string]any:
		const mostKeys = 10
		keys := slices.Sorted(maps.Keys(value))
		if len(keys) > mostKeys {
			keys = append(keys[:mostKeys], "…")
		}
		return fmt.Sprintf("an object with the keys %s", cmp.Or(strings.Join(keys, ", "), "(none)"))
	case string:
		return "a text"
	case bool:
		return "true or false"
	default:
		return "a number"
	}
}

// lowerCaseKeys returns an object with its keys in lower case. Of keys that become equal, the first in the alphabet
// stays.
func lowerCaseKeys(node map[string]any) map[string]any {
	keys := make(map[string]any, len(node))
	for _, name := range slices.Sorted(maps.Keys(node)) {
		if _, taken := keys[strings.ToLower(name)]; !taken {
			keys[strings.ToLower(name)] = node[name]
		}
	}
	return keys
}

// firstText returns the first of the keys that holds a text, or otherwise.
func firstText(node map[string]any, otherwise string, keys ...string) string {
	for _, key := range keys {
		if text := textOf(node[key]); text != "" {
			return text
		}
	}
	return otherwise
}

func textOf(value any) string {
	switch value := value.(type) {
	case string:
		return strings.TrimSpace(value)
	case json.Number:
		return value.String()
	}
	return ""
}

func boolean(value any) bool {
	return value == true || strings.EqualFold(textOf(value), "true") || textOf(value) == "1"
}
