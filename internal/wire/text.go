package wire

import (
	"strings"
	"unicode"
)

// OneLine returns a text on one line, without what terminals act upon.
func OneLine(text string) string {
	printable := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(printable), " ")
}

// Cut returns the beginning of a line, of so many characters.
func Cut(line string, limit int) string {
	if runes := []rune(line); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return line
}
