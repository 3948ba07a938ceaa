package demandflow

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// How long a part of a secret must be to be redacted by itself, in bytes: shorter ones stand in every message.
const (
	shortestLine = 4 // a line of a longer secret
	shortestRun  = 8 // letters and digits in a row
)

// A secret is a text that must not be shown, and what is shown instead.
type secret struct{ text, instead string }

// redactionOf finds the secrets of a body in what the other side says of it: a server that refuses a request may repeat it.
// Fields that the tables do not know count as secrets too, because a tenant's own field may be a password. The result is nil
// where there is nothing to hide.
func redactionOf(body Object) *strings.Replacer {
	known := map[string]*entity.Field{}
	for _, e := range entity.All() {
		for _, field := range slices.Concat(e.Fields(), entity.System()) {
			if e.Code == body.Text("entity") || body.Text("entity") == "" {
				known[field.Name] = field
			}
		}
	}
	var secrets []secret
	for _, name := range fieldNames(body) {
		field := known[name]
		if slices.Contains(entity.Reserved(), name) || field != nil && !field.Secret {
			continue
		}
		for _, text := range texts(body[name]) {
			secrets = append(secrets, secret{text, "[" + name + "]"})
		}
	}
	if len(secrets) == 0 {
		return nil
	}
	return redaction(secrets...)
}

// texts are the texts in a JSON value; a tenant's own field may hold more than one.
func texts(value any) []string {
	var all []string
	switch value := value.(type) {
	case string:
		all = append(all, value)
	case []any:
		for _, item := range value {
			all = append(all, texts(item)...)
		}
	case map[string]any:
		for _, name := range fieldNames(value) {
			all = append(all, texts(value[name])...)
		}
	}
	return all
}

// redaction replaces secrets, the longest spelling first: where one secret begins with another, or a spelling with a
// shorter one, the rest would stay.
func redaction(secrets ...secret) *strings.Replacer {
	var found []secret
	for _, s := range secrets {
		for _, part := range parts(s.text) {
			for _, spelling := range spellings(part) {
				found = append(found, secret{spelling, s.instead})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b secret) int { return len(b.text) - len(a.text) })
	var pairs []string
	for _, s := range found {
		pairs = append(pairs, s.text, s.instead)
	}
	return strings.NewReplacer(pairs...)
}

// parts are what a secret may be repeated in: all of it, all of it on one line, each line, and each run of letters and
// digits. Those look the same in every way of escaping, also in the ways that are not among the spellings.
func parts(text string) []string {
	all := []string{text, strings.Join(strings.Fields(text), " ")}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) >= shortestLine {
			all = append(all, line)
		}
	}
	for _, run := range strings.FieldsFunc(text, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(run) >= shortestRun {
			all = append(all, run)
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(part string) bool { return part == "" })
}

// spellings are the forms in which a text may come back: as it is, in JSON, in JSON inside JSON, in an address, in a page,
// and, also as a part of something longer, in hexadecimal digits and base64.
func spellings(text string) []string {
	all := []string{text, url.QueryEscape(text), url.PathEscape(text), html.EscapeString(text)}
	for _, escapeHTML := range []bool{true, false} { // Go and PHP escape < > and &, most others do not
		inside := jsonText(text, escapeHTML)
		all = append(all, inside, jsonText(inside, escapeHTML), html.EscapeString(inside))
	}
	if len(text) < shortestLine {
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

// jsonText is a text as it stands in JSON, without the quotes around it.
func jsonText(text string, escapeHTML bool) string {
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(escapeHTML)
	_ = encoder.Encode(text) // a string always can be
	return strings.TrimSuffix(strings.TrimPrefix(quoted.String(), `"`), "\"\n")
}

// hide replaces the token, and the secrets of a request, in a text that may repeat them.
func (c *Client) hide(text string, secrets *strings.Replacer) string {
	text = c.redact(text)
	if secrets != nil {
		text = secrets.Replace(text)
	}
	return text
}

// harmless returns err unless its text shows what must be hidden: Go quotes malformed headers, and who unwraps an error may
// print it.
func (c *Client) harmless(err error, secrets *strings.Replacer) error {
	if text := err.Error(); c.hide(text, secrets) != text {
		return nil
	}
	return err
}

// redact replaces the token, which a proxy or an echoing server may have put into anything.
func (c *Client) redact(text string) string { return c.secrets.Replace(text) }
