package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// emptyValue is how Answers.Empty spells an unset field of the kind.
func (k fieldKind) emptyValue() any {
	switch k {
	case kindNumber, kindPercent, kindBool, kindDateTime, kindOther:
		return nil
	case kindMultiSelect:
		return []any{}
	default:
		return ""
	}
}

// ignoredInPatch are the system fields that the API ignores in a PATCH, without an error.
var ignoredInPatch = []string{keyID, keyOwner, keyCreated}

// settable are the system fields that a POST carries.
var settable = append([]string{keyEntity, keyLevel}, comboKeys...)

// isSystem reports whether a field is every object's.
func isSystem(name string) bool {
	return slices.Contains(settable, name) ||
		slices.ContainsFunc(entity.System(), func(field *entity.Field) bool { return field.Name == name })
}

// checkCreate returns why the body of a POST cannot be an object, naming everything that is wrong at once; or nil.
func (d *definition) checkCreate(subscription string, body map[string]any) error {
	var problems []string
	if level, ok := body[keyLevel].(json.Number); !ok {
		problems = append(problems, fmt.Sprintf("level is required and must be the number %d", d.level))
	} else if number, err := level.Int64(); err != nil || number != d.level {
		problems = append(problems, fmt.Sprintf("level must be %d, as the definition of %s says", d.level, d.code))
	}
	if _, ok := body[keyComboKey]; !ok {
		problems = append(problems, keyComboKey+" is required")
	}
	for _, key := range comboKeys {
		if value, ok := body[key]; ok {
			if problem := checkComboKey(subscription, key, value); problem != "" {
				problems = append(problems, problem)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if isSystem(name) && !slices.Contains(settable, name) {
			problems = append(problems, name+" is set by the server and cannot be sent")
		}
	}
	problems = append(problems, d.checkFields(body)...)
	for _, name := range slices.Sorted(maps.Keys(d.fields)) {
		if _, sent := body[name]; !sent && d.fields[name].required && !d.fields[name].readOnly {
			problems = append(problems, name+" is required")
		}
	}
	return d.refusal(problems)
}

// checkPatch returns why the body of a PATCH cannot be written, or nil.
func (d *definition) checkPatch(body map[string]any) error {
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if isSystem(name) && !slices.Contains(ignoredInPatch, name) {
			problems = append(problems, name+" is set by the server and cannot be changed")
		}
	}
	return d.refusal(append(problems, d.checkFields(body)...))
}

func (d *definition) refusal(problems []string) error {
	if len(problems) == 0 {
		return nil
	}
	return refuse(http.StatusBadRequest, "%s: %s.", d.code, strings.Join(problems, "; "))
}

// checkFields judges the entity's own fields of a body, in the order of their names.
func (d *definition) checkFields(body map[string]any) []string {
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if isSystem(name) {
			continue
		}
		if problem := d.checkField(name, body[name]); problem != "" {
			problems = append(problems, problem)
		}
	}
	return problems
}

func (d *definition) checkField(name string, value any) string {
	field := d.fields[name]
	switch {
	case field == nil:
		return fmt.Sprintf("%q is not a field of %s", name, d.code)
	case field.readOnly:
		return name + " is read-only"
	case field.required && (isUnset(value) || isEmptyList(value)):
		return name + " is required and cannot be empty"
	case isUnset(value):
		return ""
	}
	if problem := field.check(value); problem != "" {
		return name + " " + problem
	}
	return ""
}

func isEmptyList(value any) bool {
	list, ok := value.([]any)
	return ok && len(list) == 0
}

// check returns what is wrong with a value that is set, "" where nothing is. It repeats ids of options only: a value
// may be a secret.
func (f *definitionField) check(value any) string {
	switch f.kind {
	case kindText, kindSecret:
		return unless(isText(value), "must be a string")
	case kindNumber:
		_, ok := finite(value)
		return unless(ok, "must be a number")
	case kindPercent:
		number, ok := finite(value)
		return unless(ok && number >= 0 && number <= 100, "must be a number from 0 to 100")
	case kindBool:
		_, ok := value.(bool)
		return unless(ok, "must be true or false")
	case kindDateTime:
		number, ok := finite(value)
		return unless(ok && number == math.Trunc(number), "must be a whole number, milliseconds since 1970")
	case kindEnum:
		return unless(f.isOption(value), "must be the id of an option, a string: "+strings.Join(f.options, ", "))
	case kindMultiSelect:
		return unless(isList(value, f.isOption), "must be an array of ids of options, strings"+f.optionList())
	case kindReference:
		if f.multiple {
			return unless(isList(value, isText), "must be an array of ids, strings")
		}
		return unless(isText(value), "must be the id of an object, a string")
	default:
		return ""
	}
}

func unless(ok bool, problem string) string {
	if ok {
		return ""
	}
	return problem
}

func isText(value any) bool {
	_, ok := value.(string)
	return ok
}

// isOption reports whether a value is the id of an option. A field without options takes any string: the default
// definition has multi-selects whose choices every tenant makes for itself.
func (f *definitionField) isOption(value any) bool {
	return isText(value) && (len(f.options) == 0 || slices.Contains(f.options, textOf(value)))
}

func (f *definitionField) optionList() string {
	if len(f.options) == 0 {
		return ""
	}
	return ": " + strings.Join(f.options, ", ")
}

func isList(value any, isItem func(any) bool) bool {
	list, ok := value.([]any)
	return ok && !slices.ContainsFunc(list, func(item any) bool { return !isItem(item) })
}

// finite reads a number that a server could keep: JSON has numbers that no float holds.
func finite(value any) (float64, bool) {
	number, ok := value.(json.Number)
	if !ok {
		return 0, false
	}
	float, err := number.Float64()
	return float, err == nil
}
