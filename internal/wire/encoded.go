package wire

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// maxDecodings bounds how often a text is decoded: an escape inside an escape inside an escape.
const maxDecodings = 4

// escape finds what decode decodes, in one pass, so that what an escape stands for is not taken for an escape itself.
var escape = regexp.MustCompile(`(?s)(?:[\\%]u[0-9a-fA-F]{4})+|\\u\{[0-9a-fA-F]{1,6}\}|\\U[0-9a-fA-F]{8}` +
	`|(?:%|\\x)[0-9a-fA-F]{2}|\\[0-3][0-7]{2}|\\.`)

// decode returns a text without one layer of escapes: those of JSON, addresses, pages, and programming languages.
func decode(text string) string {
	return escape.ReplaceAllStringFunc(html.UnescapeString(text), func(found string) string {
		body := strings.ToLower(found[1:])
		switch {
		case len(found) == 2:
			return strings.NewReplacer("n", " ", "r", " ", "t", " ").Replace(found[1:])
		case body[0] == 'u' && body[1] == '{', found[1] == 'U' && len(found) == 10:
			return string(rune(number(strings.Trim(body[1:], "{}"), 16)))
		case body[0] == 'u':
			var units []uint16
			for ; body != ""; body = body[min(6, len(body)):] {
				units = append(units, uint16(number(body[1:5], 16)))
			}
			return string(utf16.Decode(units))
		case found[0] == '\\' && body[0] != 'x':
			return string([]byte{byte(number(body, 8))})
		}
		return string([]byte{byte(number(strings.TrimLeft(body, "x")[:2], 16))})
	})
}

// number returns the value of digits that a pattern has found.
func number(digits string, base int) uint64 {
	value, _ := strconv.ParseUint(digits, base, 32)
	return value
}

// replaced stands where a spelling of a secret was, so that what is before and after it is not read as one word.
const replaced = '\x00'

// squeeze returns the letters and digits of a text, in lower case: what is the same however a text is broken into
// lines, punctuated, or escaped.
func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == replaced {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// squeezed returns a text, and its encodings as a part of something longer, as squeeze leaves them. Those that are too
// short to be a finding are left out.
func squeezed(text string) []string {
	all := []string{text, hex.EncodeToString([]byte(text)), fmt.Sprintf("%d", []byte(text)), fmt.Sprintf("%# x", text)}
	for before := range 5 { // the first and last digits depend on what stands before and after
		longer := []byte(strings.Repeat(" ", before) + text)
		all = append(all,
			base64.StdEncoding.EncodeToString(longer)[(before*8+5)/6:len(longer)*8/6],
			base64.URLEncoding.EncodeToString(longer)[(before*8+5)/6:len(longer)*8/6],
			base32.StdEncoding.EncodeToString(longer)[(before*8+4)/5:len(longer)*8/5],
			base32.HexEncoding.EncodeToString(longer)[(before*8+4)/5:len(longer)*8/5])
	}
	for i := range all {
		all[i] = squeeze(all[i])
	}
	return slices.DeleteFunc(all, func(form string) bool { return len(form) < minRunLength })
}

// minPieceLength is how long a part of a secret must be to give it away, in letters and digits.
const minPieceLength = 12

// addPieces adds the parts of a secret that squeeze leaves: a server may cut what it repeats.
func addPieces(pieces map[string]bool, text string) {
	text = squeeze(text)
	for i := 0; i+minPieceLength <= len(text); i++ {
		pieces[text[i:i+minPieceLength]] = true
	}
}

// hasPiece reports whether a squeezed text has a part of a secret.
func hasPiece(text string, pieces map[string]bool) bool {
	for i := 0; len(pieces) > 0 && i+minPieceLength <= len(text); i++ {
		if pieces[text[i:i+minPieceLength]] {
			return true
		}
	}
	return false
}

// ContainsEncoded reports whether a text has a secret that Replace cannot take out, because it is in several escapes,
// in an escape that is not spelled as usual, broken into lines, between other characters, or cut.
func (r *Redaction) ContainsEncoded(text string) bool {
	if r == nil {
		return false
	}
	s := r.spelled()
	if len(s.long) == 0 {
		return false
	}
	text = s.without.Replace(text)
	for range maxDecodings + 1 {
		letters := squeeze(text)
		if found(strings.ToLower(text), s.long) || found(letters, s.squeezed) || hasPiece(letters, s.pieces) {
			return true
		}
		decoded := decode(text)
		if decoded == text {
			break
		}
		text = decoded
	}
	return false
}

func found(text string, forms []string) bool {
	return slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(text, form) })
}
