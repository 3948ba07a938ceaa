package predicate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A document is one predicate while it is read.
type document struct {
	options Options
	notes   []string // warnings about the whole
	wrong   []string // those about values of a wrong type
	more    int      // such values that are not named
}

// allWarnings returns the warnings, of values of a wrong type only the first ones.
func (d *document) allWarnings() []string {
	warnings := append(d.notes, d.wrong...)
	if d.more > 0 {
		warnings = append(warnings, fmt.Sprintf("%d more values are of a wrong type. They are left out, too.", d.more))
	}
	return warnings
}

// A value is a part of a document. Its text is valid JSON without space around it, empty for a value that is not there.
type value struct {
	document *document
	raw      []byte
	path     string // of the value, or of the list that has it
	index    int    // in the list, from 1 on
}

func newValue(d *document, valid []byte) value {
	return value{document: d, raw: bytes.TrimSpace(valid)}
}

func (v value) at(path string) value {
	v.path = path
	return v
}

// name returns the path of a value, as a warning names it.
func (v value) name() string {
	switch {
	case v.index > 0:
		return fmt.Sprintf("%s[%d]", v.path, v.index-1)
	case v.path == "":
		return "The predicate"
	}
	return v.path
}

// Types of JSON, as warnings name them.
const (
	object = "an object"
	list   = "a list"
	text   = "a text"
	number = "a number"
	truth  = "true or false"
	absent = "null"
)

func (v value) kind() string {
	if len(v.raw) == 0 {
		return absent
	}
	switch v.raw[0] {
	case '{':
		return object
	case '[':
		return list
	case '"':
		return text
	case 't', 'f':
		return truth
	case 'n':
		return absent
	}
	return number
}

func (v value) is(kind string) bool { return v.kind() == kind }

// expect reports whether a value is of a kind, and warns of one of another kind. A null is as good as none.
func (v value) expect(kind string) bool {
	got := v.kind()
	if got != kind && got != absent {
		v.refuse("is %s, not %s", got, kind)
	}
	return got == kind
}

func (v value) refuse(format string, values ...any) {
	if len(v.document.wrong) == maxWarnings {
		v.document.more++
		return
	}
	v.document.wrong = append(v.document.wrong, fmt.Sprintf("%s %s. It is left out.", v.name(),
		fmt.Sprintf(format, values...)))
}

// object returns the members of an object that have these names, the last one of each name.
func (v value) object(names ...string) map[string]value {
	if !v.expect(object) {
		return nil
	}
	var found map[string]value
	for key, raw := range members(v.raw) {
		for _, name := range names {
			if !isKey(key, name) {
				continue
			}
			if found == nil {
				found = make(map[string]value, len(names))
			}
			found[name] = value{document: v.document, raw: raw, path: v.member(name)}
		}
	}
	return found
}

// member returns the path of a member.
func (v value) member(name string) string {
	if v.index > 0 || v.path != "" {
		return v.name() + "." + name
	}
	return name
}

// elements returns the elements of a list.
func (v value) elements() iter.Seq[value] {
	return func(yield func(value) bool) {
		if !v.expect(list) {
			return
		}
		path, index := v.path, 0
		if v.index > 0 {
			path = v.name()
		}
		for raw := range elements(v.raw) {
			index++
			if !yield(value{document: v.document, raw: raw, path: path, index: index}) {
				return
			}
		}
	}
}

// onlyData returns the member Data of an object that has no other member than it and a time.
func (v value) onlyData() (data value, wrapped bool) {
	if !v.is(object) {
		return v, false
	}
	for key := range members(v.raw) {
		if !isKey(key, "Data") && !isKey(key, "Timestamp") {
			return v, false
		}
	}
	data, wrapped = v.object("Data")["Data"]
	return data, wrapped
}

// text returns a text on one line, nil for an empty one. A longer one than maxText is cut.
func (v value) text() *string {
	if !v.expect(text) {
		return nil
	}
	return image.Known(wire.Cut(wire.OneLine(v.string()), maxText))
}

// string returns the beginning of a text as it is. OneLine needs much more memory than the text has.
func (v value) string() string {
	const enough = 16 << 10
	raw := v.raw
	if len(raw) > enough {
		end := 1
		for end < enough {
			if raw[end] == '\\' {
				end++
			}
			end++
		}
		raw = append(bytes.Clone(raw[:end]), '"')
	}
	var decoded string
	if json.Unmarshal(raw, &decoded) != nil {
		// The cut went through the digits of an escaped character.
		cut := bytes.LastIndexByte(raw, '\\')
		if cut < 0 || json.Unmarshal(append(raw[:cut:cut], '"'), &decoded) != nil {
			return ""
		}
	}
	return decoded
}

// instant returns a time as all of them are shown, nil for none and for the zero time.
func (v value) instant() *string {
	if !v.expect(text) {
		return nil
	}
	written := strings.TrimSpace(v.string())
	if written == "" {
		return nil
	}
	parsed, err := time.Parse(time.RFC3339, written)
	if err != nil {
		v.refuse("is not a time in RFC 3339")
		return nil
	}
	return image.Instant(parsed)
}

// first returns the first text that is known.
func first(texts ...*string) *string {
	for _, known := range texts {
		if known != nil {
			return known
		}
	}
	return nil
}
