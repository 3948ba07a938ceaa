package demandflow

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// shortestLine is the shortest line of a longer secret that is redacted by itself: shorter ones stand in every message.
const shortestLine = 4

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
	var pairs []string
	for _, name := range fieldNames(body) {
		field := known[name]
		if slices.Contains(entity.Reserved(), name) || field != nil && !field.Secret {
			continue
		}
		if secret, ok := body[name].(string); ok && secret != "" {
			for _, spelling := range spellings(secret) {
				pairs = append(pairs, spelling, "["+name+"]")
			}
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	return strings.NewReplacer(pairs...)
}

// spellings are the forms in which a secret may come back, the longest first: as it is, on one line, each line of it, in
// JSON, in an address, in base64.
func spellings(secret string) []string {
	texts := []string{secret, strings.Join(strings.Fields(secret), " ")}
	for line := range strings.Lines(secret) {
		if line = strings.TrimSpace(line); len(line) >= shortestLine {
			texts = append(texts, line)
		}
	}
	var all []string
	for _, text := range texts {
		quoted, _ := json.Marshal(text) // a string always can be
		inside := string(quoted[1 : len(quoted)-1])
		again, _ := json.Marshal(inside) // as a JSON text inside a JSON text
		all = append(all, text, inside, string(again[1:len(again)-1]), url.QueryEscape(text), url.PathEscape(text),
			base64.StdEncoding.EncodeToString([]byte(text)), base64.URLEncoding.EncodeToString([]byte(text)))
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" })
}
