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
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// How long a secret, or a piece of one, must be to be taken out of a text.
const (
	shortestPiece = 4 // in characters: shorter ones stand in every message, and its gaps would tell what they are
	shortestRun   = 8 // letters and digits in a row, in bytes
)

// notShown stands in the place of a text that has a secret which cannot be taken out of it.
const notShown = "(what the other side said is not shown: it may repeat a secret that is too short to be taken out)"

// A secret is a text that must not be shown, and what is shown instead. It is unsure where nobody calls its field a secret.
type secret struct {
	text, instead string
	unsure        bool
}

// A redaction finds secrets in what the other side says: a server that refuses a request may repeat it. nil finds none. How
// secrets are spelled is worked out when an error asks for it; most requests succeed.
type redaction struct {
	// spelled gives what replaces the spellings of secrets, and those of secrets that are too short to be replaced.
	spelled func() (pieces *strings.Replacer, short []string)
}

// replace puts the names of fields in the place of secrets, as far as these are long enough.
func (r *redaction) replace(text string) string {
	if r == nil {
		return text
	}
	pieces, _ := r.spelled()
	return pieces.Replace(text)
}

// betrays says whether a text has a secret that is too short to be replaced.
func (r *redaction) betrays(text string) bool {
	if r == nil {
		return false
	}
	_, short := r.spelled()
	return slices.ContainsFunc(short, func(spelling string) bool { return strings.Contains(text, spelling) })
}

// secretNames are the secret fields of each entity of the tables; of all of them under "".
var secretNames = sync.OnceValue(func() map[string][]string {
	names := map[string][]string{}
	for _, e := range entity.All() {
		names[e.Code] = []string{}
		for _, field := range e.Fields() {
			if field.Secret {
				names[e.Code] = append(names[e.Code], field.Name)
			}
		}
		names[""] = with(names[""], names[e.Code]...)
	}
	return names
})

// secretsIn are the texts of the fields that the tables, or the tenant's definition as far as it was read, call secret.
func (c *Client) secretsIn(entityCode string, object Object) []secret {
	names, known := secretNames()[entityCode]
	if !known {
		names = secretNames()[""]
	}
	if read, _ := c.definitions.get(entityCode); read.definition != nil {
		definition := read.definition
		for i := range definition.Fields {
			if field := &definition.Fields[i]; field.Hidden() && !slices.Contains(names, field.Name) {
				names = with(names, field.Name)
			}
		}
	}
	return secretsOf(object, names, false)
}

// redactionOf is of the secrets in a body. The texts of fields that the tables do not know count too: a tenant's own field
// may be a password, whatever its definition says. Numbers and booleans are none.
func (c *Client) redactionOf(entityCode string, body Object) *redaction {
	secrets := c.secretsIn(entityCode, body)
	known := slices.Concat(entity.System(), fieldsOf(entityCode))
	var own []string
	for _, name := range fieldNames(body) {
		if !slices.Contains(entity.Reserved(), name) && !slices.ContainsFunc(known, func(f *entity.Field) bool { return f.Name == name }) {
			own = append(own, name)
		}
	}
	return newRedaction(append(secrets, secretsOf(body, own, true)...)...)
}

// fieldsOf are the fields of an entity of the tables, of all of them where it is none.
func fieldsOf(entityCode string) []*entity.Field {
	if of := entity.ByCode(entityCode); of != nil {
		return of.Fields()
	}
	var all []*entity.Field
	for _, e := range entity.All() {
		all = append(all, e.Fields()...)
	}
	return all
}

func secretsOf(object Object, names []string, unsure bool) []secret {
	var secrets []secret
	for _, name := range names {
		for _, text := range texts(object[name]) {
			secrets = append(secrets, secret{text, "[" + name + "]", unsure})
		}
	}
	return secrets
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

func newRedaction(secrets ...secret) *redaction {
	if len(secrets) == 0 {
		return nil
	}
	return &redaction{sync.OnceValues(func() (*strings.Replacer, []string) { return spell(secrets) })}
}

// spell has the longest spelling replaced first: where one secret begins with another, or a spelling with a shorter one, the
// rest would stay.
func spell(secrets []secret) (pieces *strings.Replacer, short []string) {
	var found []secret
	for _, s := range secrets {
		for _, part := range parts(s.text) {
			switch long := utf8.RuneCountInString(part) >= shortestPiece; {
			case long:
				for _, spelling := range spellings(part) {
					found = append(found, secret{text: spelling, instead: s.instead})
				}
			case !s.unsure:
				short = append(short, spellings(part)...)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b secret) int { return len(b.text) - len(a.text) })
	var pairs []string
	for _, s := range found {
		pairs = append(pairs, s.text, s.instead)
	}
	return strings.NewReplacer(pairs...), short
}

// parts are what a secret may be repeated in: all of it, all of it on one line, each line, and each run of letters and
// digits. Those look the same in every way of escaping, also in the ways that are not among the spellings.
func parts(text string) []string {
	all := []string{text, strings.Join(strings.Fields(text), " ")}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); utf8.RuneCountInString(line) >= shortestPiece {
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
	if utf8.RuneCountInString(text) < shortestPiece {
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

// hide replaces the token, the secrets that the client has come across, and those of a request.
func (c *Client) hide(text string, secrets *redaction) string {
	return secrets.replace(c.memory.redaction().replace(c.redact(text)))
}

// harmless returns err unless its text shows what must be hidden: Go quotes malformed headers, and who unwraps an error may
// print it.
func (c *Client) harmless(err error, secrets *redaction) error {
	if text := err.Error(); !ours(err) && (secrets.betrays(text) || c.hide(text, secrets) != text) {
		return nil
	}
	return err
}

// redact replaces the token, which a proxy or an echoing server may have put into anything.
func (c *Client) redact(text string) string { return c.token.replace(text) }
