package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// How long a secret, or a piece of one, must be to be taken out of a text.
const (
	MinSecretLength = 4 // in characters: shorter ones stand in every message, and its gaps would tell what they are
	minRunLength    = 8 // letters and digits in a row, in bytes
)

// Withheld stands in the place of a text that has a secret which cannot be taken out of it.
const Withheld = "(what the other side said is not shown: it may repeat a secret that cannot be taken out)"

// A Secret is a text that must not be shown, and what is shown instead. It is unsure where its field is not called a
// secret.
type Secret struct {
	Text, Instead string
	Unsure        bool
}

// A Redaction finds secrets in what the other side says: a server that refuses a request may repeat it. nil finds none.
// How secrets are spelled is worked out when an error asks for it; most requests succeed.
type Redaction struct{ spelled func() *spelled }

// spelled is how secrets are spelled.
type spelled struct {
	instead, without *strings.Replacer // replace the spellings of secrets: with their names, with a NUL
	short            []string          // the spellings of secrets that are too short to be replaced
	long             []string          // the other secrets, in lower case
	squeezed         []string          // and their encodings, as squeeze leaves them
	pieces           map[string]bool   // the parts of secrets that are not Unsure, as squeeze leaves them
}

// NewRedaction returns a redaction of secrets, nil for none.
func NewRedaction(secrets ...Secret) *Redaction {
	if len(secrets) == 0 {
		return nil
	}
	return &Redaction{sync.OnceValue(func() *spelled { return spell(secrets) })}
}

// Replace replaces secrets, as far as these are long enough.
func (r *Redaction) Replace(text string) string {
	if r == nil {
		return text
	}
	return r.spelled().instead.Replace(text)
}

// ContainsShort reports whether a text has a secret that is too short to be replaced.
func (r *Redaction) ContainsShort(text string) bool {
	if r == nil {
		return false
	}
	return found(text, r.spelled().short)
}

// spell has the longest spelling replaced first: where one secret begins with another, or a spelling with a shorter
// one, the rest would stay.
func spell(secrets []Secret) *spelled {
	var found []Secret
	all := &spelled{pieces: map[string]bool{}}
	for _, s := range secrets {
		if !s.Unsure {
			addPieces(all.pieces, s.Text)
		}
		for _, part := range parts(s.Text) {
			switch long := utf8.RuneCountInString(part) >= MinSecretLength; {
			case long:
				all.long = append(all.long, strings.ToLower(part))
				all.squeezed = append(all.squeezed, squeezed(part)...)
				for _, spelling := range spellings(part) {
					// media types and UUIDs are written in either
					for _, letters := range []string{spelling, strings.ToLower(spelling), strings.ToUpper(spelling)} {
						found = append(found, Secret{Text: letters, Instead: s.Instead})
					}
				}
			case !s.Unsure:
				all.short = append(all.short, spellings(part)...)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Secret) int { return len(b.Text) - len(a.Text) })
	var instead, without []string
	for _, s := range found {
		instead, without = append(instead, s.Text, s.Instead), append(without, s.Text, string(replaced))
	}
	all.instead, all.without = strings.NewReplacer(instead...), strings.NewReplacer(without...)
	return all
}

// parts are what a secret may be repeated in: all of it, all of it on one line, each line, and each run of letters and
// digits. Those look the same in every way of escaping, also in the ways that are not among the spellings.
func parts(text string) []string {
	all := []string{text, strings.Join(strings.Fields(text), " ")}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); utf8.RuneCountInString(line) >= MinSecretLength {
			all = append(all, line)
		}
	}
	for _, run := range strings.FieldsFunc(text, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) &&
			!unicode.IsDigit(r)
	}) {
		if len(run) >= minRunLength {
			all = append(all, run)
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(part string) bool { return part == "" })
}

// spellings returns the forms in which a text may come back: as it is, in JSON, in JSON inside JSON, in an address, in
// a page, and, also as a part of something longer, in hexadecimal digits and base64.
func spellings(text string) []string {
	all := []string{text, html.EscapeString(text)}
	// all, RFC 3986, JavaScript's encodeURIComponent and encodeURI
	for _, unescaped := range []string{"", "-_.~", "-_.!~*'()", "-_.!~*'();/?:@&=+$,#"} {
		escaped := percent(text, unescaped)
		all = append(all, escaped, strings.ReplaceAll(escaped, "%20", "+"), lowerPercent(escaped))
	}
	all = append(all, url.QueryEscape(text), url.PathEscape(text))
	for _, escapeHTML := range []bool{true, false} { // Go and PHP escape < > and &, most others do not
		inside := jsonText(text, escapeHTML)
		all = append(all, inside, jsonText(inside, escapeHTML), html.EscapeString(inside), strings.ReplaceAll(inside, "/",
			`\/`))
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if utf8.RuneCountInString(text) < MinSecretLength {
		return all
	}
	digits := hex.EncodeToString([]byte(text))
	all = append(all, digits, strings.ToUpper(digits))
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		all = append(all, encoding.EncodeToString([]byte(text)))
		for before := range 3 { // how it looks depends on how much stands before it; its first and last digits on what does
			encoded := encoding.EncodeToString([]byte(strings.Repeat(" ", before) + text))
			all = append(all, encoded[(before*8+5)/6:(before+len(text))*8/6])
		}
	}
	return all
}

// percent returns a text as it stands in an address, where letters, digits and some other characters are as they are.
func percent(text, unescaped string) string {
	var escaped strings.Builder
	for _, b := range []byte(text) {
		if letter := b | 0x20; '0' <= b && b <= '9' || 'a' <= letter && letter <= 'z' || strings.IndexByte(unescaped,
			b) >= 0 {
			escaped.WriteByte(b)
			continue
		}
		escaped.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{b})))
	}
	return escaped.String()
}

// lowerPercent returns an escaped text with its escapes in lower case.
func lowerPercent(escaped string) string {
	lower := []byte(escaped)
	for i := 0; i+2 < len(lower); i++ {
		if lower[i] == '%' {
			copy(lower[i+1:i+3], bytes.ToLower(lower[i+1:i+3]))
		}
	}
	return string(lower)
}

// jsonText returns a text as it stands in JSON, without the quotes around it.
func jsonText(text string, escapeHTML bool) string {
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(escapeHTML)
	_ = encoder.Encode(text) // a string always can be
	return strings.TrimSuffix(strings.TrimPrefix(quoted.String(), `"`), "\"\n")
}
