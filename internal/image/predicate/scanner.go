package predicate

import (
	"bytes"
	"encoding/json"
	"iter"
)

// What is here reads JSON that encoding/json has found to be valid, without a copy of it. A decoder would have all
// elements of a list in memory, or allocate for each token.

// members returns the members of an object, by keys in quotes.
func members(raw []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for rest := space(raw[1:]); rest[0] != '}'; {
			end := length(rest)
			key := rest[:end]
			rest = space(space(rest[end:])[1:]) // the colon
			end = length(rest)
			if !yield(key, rest[:end]) {
				return
			}
			rest = next(rest[end:])
		}
	}
}

// elements returns the elements of a list.
func elements(raw []byte) iter.Seq[[]byte] {
	return func(yield func(value []byte) bool) {
		for rest := space(raw[1:]); rest[0] != ']'; {
			end := length(rest)
			if !yield(rest[:end]) {
				return
			}
			rest = next(rest[end:])
		}
	}
}

// next returns what follows a value: the next one, or the end of what has them.
func next(rest []byte) []byte {
	rest = space(rest)
	if rest[0] == ',' {
		return space(rest[1:])
	}
	return rest
}

// isKey reports whether a key is a name. A key may have escaped letters.
func isKey(key []byte, name string) bool {
	inner := key[1 : len(key)-1]
	if string(inner) == name {
		return true
	}
	if len(inner) > 6*len(name) || bytes.IndexByte(inner, '\\') < 0 {
		return false
	}
	var decoded string
	return json.Unmarshal(key, &decoded) == nil && decoded == name
}

// space returns a text without the space before it.
func space(raw []byte) []byte {
	for len(raw) > 0 && (raw[0] == ' ' || raw[0] == '\n' || raw[0] == '\t' || raw[0] == '\r') {
		raw = raw[1:]
	}
	return raw
}

// length returns the length of the value with which a text begins.
func length(raw []byte) int {
	switch raw[0] {
	case '"':
		return lengthOfText(raw)
	case '{', '[':
		depth := 0
		for i := 0; ; i++ {
			switch raw[i] {
			case '"':
				i += lengthOfText(raw[i:]) - 1
			case '{', '[':
				depth++
			case '}', ']':
				depth--
				if depth == 0 {
					return i + 1
				}
			}
		}
	}
	if end := bytes.IndexAny(raw, ",}] \n\t\r"); end >= 0 {
		return end
	}
	return len(raw)
}

func lengthOfText(raw []byte) int {
	for i := 1; ; i++ {
		switch raw[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
}
