package demandflow

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// tableSecrets returns the names of the secret fields of each entity of the tables; of all of them under "".
var tableSecrets = sync.OnceValue(func() map[string][]string {
	names := map[string][]string{}
	for _, e := range entity.All() {
		names[e.Code] = []string{}
		for _, field := range e.Fields() {
			if field.Secret {
				names[e.Code] = append(names[e.Code], field.Name)
			}
		}
		names[""] = union(names[""], names[e.Code]...)
	}
	return names
})

// secretNames returns the names of the fields that the tables, or the tenant's definition as far as it was read, call
// secret.
func (c *Client) secretNames(entityCode string) []string {
	names, known := tableSecrets()[entityCode]
	if !known {
		names = tableSecrets()[""]
	}
	if read, _ := c.definitions.get(entityCode); read.definition != nil {
		for i := range read.definition.Fields {
			if field := &read.definition.Fields[i]; field.Hidden() {
				names = union(names, field.Name)
			}
		}
	}
	return names
}

// secretsIn returns the texts of an object's secret fields.
func (c *Client) secretsIn(entityCode string, object Object) []wire.Secret {
	return secretsOf(object, c.secretNames(entityCode), false)
}

// redactionOf returns the redaction of the secrets in a body. The texts of fields that the tables do not know count
// too: a tenant's own field may be a password, whatever its definition says. Numbers and booleans are none.
func (c *Client) redactionOf(entityCode string, body Object) *wire.Redaction {
	secrets := c.secretsIn(entityCode, body)
	known := slices.Concat(entity.System(), fieldsOf(entityCode))
	var own []string
	for _, name := range fieldNames(body) {
		if !slices.Contains(entity.Reserved(), name) && !slices.ContainsFunc(known,
			func(f *entity.Field) bool { return f.Name == name }) {
			own = append(own, name)
		}
	}
	return wire.NewRedaction(append(secrets, secretsOf(body, own, true)...)...)
}

// fieldsOf returns the fields of an entity of the tables, of all of them where it is none.
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

func secretsOf(object Object, names []string, unsure bool) []wire.Secret {
	var secrets []wire.Secret
	for _, name := range names {
		for _, text := range texts(object[name]) {
			secrets = append(secrets, wire.Secret{Text: text, Instead: "[" + name + "]", Unsure: unsure})
		}
	}
	return secrets
}

// texts returns the texts in a JSON value; a tenant's own field may hold more than one.
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

// AddSecrets keeps secrets out of errors and logs that the client has not come across itself: those of a state. Those
// too short to be replaced are not kept; they would silence every message.
func (c *Client) AddSecrets(entityCode string, fields Object) {
	c.secrets.AddSeen(slices.DeleteFunc(c.secretsIn(entityCode, fields), func(s wire.Secret) bool {
		return utf8.RuneCountInString(s.Text) < wire.MinSecretLength || strings.Trim(s.Text, mask) == ""
	})...)
}

// Redact takes the secrets that the client has come across out of a text for people.
func (c *Client) Redact(text string) string { return c.redact(text, nil) }

// redact replaces the token, the secrets that the client has come across, and those of a request.
func (c *Client) redact(text string, secrets *wire.Redaction) string {
	return secrets.Replace(c.secrets.Replace(c.redactToken(text)))
}

// containsEncoded reports whether a text has one of these secrets in an encoding that redact cannot take out.
func (c *Client) containsEncoded(text string, secrets *wire.Redaction) bool {
	return c.token.ContainsEncoded(text) || c.secrets.ContainsEncoded(text) || secrets.ContainsEncoded(text)
}

// harmless returns err unless its text shows what must be hidden: Go quotes malformed headers, and a caller may
// print what it unwraps.
func (c *Client) harmless(err error, secrets *wire.Redaction) error {
	if text := err.Error(); !ours(err) &&
		(secrets.ContainsShort(text) || c.containsEncoded(text, secrets) || c.redact(text, secrets) != text) {
		return nil
	}
	return err
}

// redactToken replaces the token, which a proxy or an echoing server may have put into anything.
func (c *Client) redactToken(text string) string { return c.token.Replace(text) }
