package wire

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// maxReasonDepth bounds how far an error body is followed, and maxReasons how much of it is repeated.
const (
	maxReasonDepth = 6
	maxReasons     = 20
)

// The keys under which error bodies hold texts for people: DemandFlow's own, those of RFC 9457 (problem details), of
// OAuth, and of common frameworks. Nothing else of a body is repeated, because it may be an object with its secrets.
// They are compared in lower case, without - and _.
var (
	headlineKeys = []string{"error", "title"}
	reasonKeys   = []string{"message", "detail", "details", "errordescription", "errormessage", "msg", "reason",
		"faultstring", "cause"}
	reasonLists = []string{"errors", "violations", "fieldviolations", "invalidparams", "issues", "fault", "constraints",
		"children"}
	placeKeys = []string{"field", "property", "param", "parameter", "name", "path", "pointer", "loc", "source"}
)

// addressKeys is how many of placeKeys name a field at the top of a body too; "path" is that of the request there.
const addressKeys = 4

// Reason returns what an error body says, in two parts as DemandFlow's own has them ("error" and "message"); both are
// "" where the body is not JSON, or has no text for people.
func Reason(body []byte) (code, message string) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var document any
	if decoder.Decode(&document) != nil || decoder.More() {
		return "", ""
	}
	if object, ok := document.(map[string]any); ok {
		return ReasonOf(object)
	}
	var found reasons
	found.add("", document, maxReasonDepth)
	return "", found.text()
}

// ReasonOf is Reason of an object.
func ReasonOf(object map[string]any) (code, message string) {
	parts := spelledAlike(object)
	for _, key := range headlineKeys {
		if headline, ok := parts[key].(string); ok && code == "" {
			code = headline
			delete(parts, key)
		}
	}
	var found reasons
	found.addObject(placeIn(parts, placeKeys[:addressKeys], 0), parts, maxReasonDepth)
	return code, found.text()
}

// reasons are texts for people, each once, in the order in which they are found.
type reasons []string

func (r reasons) text() string { return strings.Join(r, "; ") }

// add takes the texts out of a value that stands where texts for people are. place is the field that they are about.
func (r *reasons) add(place string, value any, depth int) {
	if depth == 0 || len(*r) >= maxReasons {
		return
	}
	switch value := value.(type) {
	case string:
		text := strings.TrimSpace(value)
		if text != "" && place != "" && !strings.Contains(text, place) {
			text = place + ": " + text
		}
		if text != "" && !slices.Contains(*r, text) {
			*r = append(*r, text)
		}
	case []any:
		for _, item := range value {
			r.add(place, item, depth-1)
		}
	case map[string]any:
		object := spelledAlike(value)
		r.addObject(cmp.Or(placeIn(object, placeKeys, depth-1), place), object, depth-1)
	}
}

// addObject takes the texts that an object has under the keys for people.
func (r *reasons) addObject(place string, object map[string]any, depth int) {
	keys := slices.Concat(headlineKeys, reasonKeys)
	if depth < maxReasonDepth {
		keys = append(keys, "description") // at the top it may be a field of an object
	}
	for _, key := range keys {
		r.add(place, object[key], depth)
	}
	for _, key := range reasonLists {
		fields, isObject := object[key].(map[string]any)
		if !isObject || hasText(spelledAlike(fields), keys) { // a list, or one error
			r.add(place, object[key], depth)
			continue
		}
		for _, field := range sortedKeys(fields) {
			about := field
			if key == "constraints" { // the rules that one field breaks, by name
				about = place
			}
			r.add(about, fields[field], depth-1)
		}
	}
}

func hasText(object map[string]any, keys []string) bool {
	return slices.ContainsFunc(keys, func(key string) bool {
		_, ok := object[key].(string)
		return ok
	})
}

// placeIn returns the field that an error is about, "" where the error does not say.
func placeIn(object map[string]any, keys []string, depth int) string {
	for _, key := range keys {
		switch value := object[key].(type) {
		case string:
			if text := strings.Trim(strings.TrimPrefix(value, "#"), "/"); text != "" {
				return text
			}
		case []any: // the path of a field, from the outermost
			var steps []string
			for _, step := range value {
				if text := scalarText(step); text != "" {
					steps = append(steps, text)
				}
			}
			if len(steps) > 0 {
				return strings.Join(steps, ".")
			}
		case map[string]any:
			if depth > 0 {
				if text := placeIn(spelledAlike(value), keys, depth-1); text != "" {
					return text
				}
			}
		}
	}
	return ""
}

// scalarText returns a text or a number as it is spelt, "" for anything else.
func scalarText(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	}
	return ""
}

func sortedKeys(object map[string]any) []string { return slices.Sorted(maps.Keys(object)) }

// HasAny reports whether an object has one of some keys, in any spelling, with a value.
func HasAny(object map[string]any, keys ...string) bool {
	alike := spelledAlike(object)
	return slices.ContainsFunc(keys, func(key string) bool { return alike[key] != nil })
}

// spelledAlike returns an object with its keys in one spelling: error_description, errorDescription and
// error-description are one. Of keys that become equal, the first in the alphabet stays.
func spelledAlike(object map[string]any) map[string]any {
	alike := make(map[string]any, len(object))
	for _, name := range sortedKeys(object) {
		key := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
		if _, taken := alike[key]; !taken {
			alike[key] = object[name]
		}
	}
	return alike
}
