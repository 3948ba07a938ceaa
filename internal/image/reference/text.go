package reference

import "strings"

// Repository returns the name in a text without its tag and digest. It does not check the text, which may be what
// somebody mistyped.
func Repository(text string) string {
	text, _, _ = strings.Cut(text, "@")
	if at := strings.LastIndexByte(text, ':'); at > strings.LastIndexByte(text, '/') {
		text = text[:at]
	}
	return text
}
