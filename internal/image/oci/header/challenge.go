// Package header reads headers that registries write in their own ways: challenges (WWW-Authenticate) and links to
// other pages (Link). It imports the standard library alone.
package header

import (
	"net/http"
	"strings"
)

// A Challenge is one way to authenticate that a registry offers in WWW-Authenticate.
type Challenge struct {
	Scheme     string            // in lower case
	Parameters map[string]string // by name in lower case
}

// Challenges returns what a header offers, in order. Several are written in one field or in several (RFC 9110, section
// 11.6.1). What cannot be read is passed over, and what comes after the first maxChallenges.
func Challenges(header http.Header) []Challenge {
	var all []Challenge
	for _, field := range header.Values("WWW-Authenticate") {
		if all = append(all, parseChallenges(field)...); len(all) >= maxChallenges {
			return all[:maxChallenges]
		}
	}
	return all
}

// maxChallenges bounds what one answer may cost: a challenge may take two requests of a token.
const maxChallenges = 8

// parseChallenges reads one field. A scheme and the parameters after it look alike up to the sign after the word: an
// equals sign makes it a parameter of the scheme before.
func parseChallenges(field string) []Challenge {
	var all []Challenge
	for rest := strings.TrimLeft(field, separators); rest != ""; rest = strings.TrimLeft(rest, separators) {
		word := rest[:wordLength(rest)]
		if word == "" {
			rest = rest[1:] // no word begins here
			continue
		}
		rest = rest[len(word):]
		after := strings.TrimLeft(rest, " \t")
		if !strings.HasPrefix(after, "=") {
			if len(all) == maxChallenges {
				break
			}
			all = append(all, Challenge{strings.ToLower(word), map[string]string{}})
			continue
		}
		var value string
		value, rest = parseValue(strings.TrimLeft(after[1:], " \t"))
		if len(all) > 0 {
			parameters, name := all[len(all)-1].Parameters, strings.ToLower(word)
			if _, twice := parameters[name]; !twice {
				parameters[name] = value
			}
		}
	}
	return all
}

// separators stand between challenges, and between parameters.
const separators = " \t,"

// wordLength returns the length of the word at the beginning of a text.
func wordLength(text string) int {
	if end := strings.IndexAny(text, separators+`="`); end >= 0 {
		return end
	}
	return len(text)
}

// parseValue returns the value at the beginning of a text, in quotes or without, and the rest. A quote that does not
// end is taken to the end.
func parseValue(text string) (value, rest string) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, separators)
		if end < 0 {
			return text, ""
		}
		return text[:end], text[end:]
	}
	var unquoted strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return unquoted.String(), text[i+1:]
		case text[i] == '\\' && i+1 < len(text):
			i++
		}
		unquoted.WriteByte(text[i])
	}
	return unquoted.String(), ""
}
