package wire

import (
	"encoding/base64"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

func TestRedaction_findsASecretHoweverItIsSpelt(t *testing.T) {
	t.Parallel()
	const core = "geheimnis"
	const password = `p"<ä>&\ ` + core + ` 100%`
	hidden := NewRedaction(Secret{Text: password, Instead: "[password]"})
	quoted := `{"password":"` + jsonText(password, false) + `"}`
	for name, text := range map[string]string{
		"as it is":            password,
		"JSON":                quoted,
		"JSON, HTML escaped":  jsonText(password, true),
		"JSON in JSON":        strconv.Quote(quoted),
		"query":               url.QueryEscape(password),
		"path":                url.PathEscape(password),
		"every byte escaped":  percent(password, ""),
		"encodeURIComponent":  percent(password, "-_.!~*'()"),
		"escapes in lower":    lowerPercent(percent(password, "")),
		"page":                html.EscapeString(password),
		"JSON in a page":      html.EscapeString(quoted),
		"JSON in an address":  url.QueryEscape(quoted),
		"JSON of ASCII alone": strings.ReplaceAll(quoted, "ä", `\u00e4`),
		"in capitals":         strings.ToUpper(password),
		"its one word":        core,
	} {
		if got := hidden.Replace("before " + text + " after"); strings.Contains(strings.ToLower(got), core) ||
			!strings.Contains(got, "[password]") {
			t.Errorf("%s: %s", name, got)
		}
	}
	for before := range 4 {
		text := strings.Repeat("x", before) + password + "tail"
		for _, encoded := range []string{base64.StdEncoding.EncodeToString([]byte(text)),
			base64.RawURLEncoding.EncodeToString([]byte(text))} {
			if got := hidden.Replace(encoded); !strings.Contains(got, "[password]") {
				t.Errorf("base64 after %d: %s", before, got)
			}
		}
		if got := hidden.Replace(fmt.Sprintf("%X", text)); !strings.Contains(got, "[password]") {
			t.Errorf("hexadecimal after %d: %s", before, got)
		}
	}
}
