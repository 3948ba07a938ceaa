package jsonlist

import (
	"bytes"
	"encoding/json"
)

// Pick returns a JSON object with some of the members of another one, which must be valid.
func Pick(raw []byte, wanted map[string]bool) []byte {
	picked := []byte{'{'}
	for i := 1; ; {
		begin := i + bytes.IndexAny(raw[i:], `"}`)
		if raw[begin] == '}' {
			return append(bytes.TrimSuffix(picked, []byte{','}), '}')
		}
		end := stringEnd(raw, begin)
		name := raw[begin+1 : end-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			var unescaped string
			_ = json.Unmarshal(raw[begin:end], &unescaped)
			name = []byte(unescaped)
		}
		i = valueEnd(raw, end+bytes.IndexByte(raw[end:], ':')+1)
		if wanted[string(name)] {
			picked = append(append(picked, raw[begin:i]...), ',')
		}
	}
}

// stringEnd returns the index after the string that begins at i.
func stringEnd(raw []byte, i int) int {
	for i++; raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// valueEnd returns the index after the member's value that begins at i: that of a comma or of the brace that closes the
// object.
func valueEnd(raw []byte, i int) int {
	for depth := 0; ; {
		switch raw[i] {
		case '"':
			i = stringEnd(raw, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
		i++
	}
}
