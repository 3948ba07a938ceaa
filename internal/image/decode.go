package image

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Decode decodes a JSON object. Tools have written configurations with values of another type than the specification's,
// such as an empty creation time or a number as a label: such a value is left out and its name, such as
// "config.Labels.build", returned, so that it does not hide the others. What is not an object is an error.
func Decode[T any](text []byte) (decoded T, unread []string, err error) {
	err = json.Unmarshal(text, &decoded)
	var members map[string]json.RawMessage
	if err == nil || json.Unmarshal(text, &members) != nil {
		return decoded, nil, err
	}
	decoded = *new(T) // a value that could not be decoded may have left a part of itself
	readable, unread := readableMembers[T](members, nil)
	return decoded, unread, json.Unmarshal(readable, &decoded)
}

// maxDecodeDepth is that of a label, or of a part of a health check, in a configuration.
const maxDecodeDepth = 3

// readableMembers returns an object at a path without the members that cannot be decoded, and their names.
func readableMembers[T any](members map[string]json.RawMessage, path []string) (readable []byte, unread []string) {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		at := append(slices.Clone(path), name)
		if json.Unmarshal(within(at, members[name]), new(T)) == nil {
			continue
		}
		var inner map[string]json.RawMessage
		var left []string
		if len(at) < maxDecodeDepth && json.Unmarshal(members[name], &inner) == nil {
			members[name], left = readableMembers[T](inner, at)
		}
		if json.Unmarshal(within(at, members[name]), new(T)) != nil {
			delete(members, name)
			left = []string{strings.Join(at, ".")} // not its parts, none of which can be decoded there
		}
		unread = append(unread, left...)
	}
	readable, _ = json.Marshal(members) //nolint:errchkjson // values that have been parsed
	return readable, unread
}

// within returns an object that has a value at a path, and nothing else.
func within(path []string, value json.RawMessage) []byte {
	for _, name := range slices.Backward(path) {
		key, _ := json.Marshal(name) //nolint:errchkjson // a string
		value = slices.Concat([]byte("{"), key, []byte(":"), value, []byte("}"))
	}
	return value
}
