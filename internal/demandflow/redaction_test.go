package demandflow

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
	hidden := redaction(secret{password, "[password]"})
	quoted := `{"password":"` + jsonText(password, false) + `"}`
	for name, text := range map[string]string{
		"as it is":            password,
		"JSON":                quoted,
		"JSON, HTML escaped":  jsonText(password, true),
		"JSON in JSON":        strconv.Quote(quoted),
		"query":               url.QueryEscape(password),
		"path":                url.PathEscape(password),
		"page":                html.EscapeString(password),
		"JSON in a page":      html.EscapeString(quoted),
		"JSON in an address":  url.QueryEscape(quoted),
		"JSON of ASCII alone": strings.ReplaceAll(quoted, "ä", `\u00e4`),
		"its one word":        core,
	} {
		if got := hidden.Replace("before " + text + " after"); strings.Contains(got, core) || !strings.Contains(got, "[password]") {
			t.Errorf("%s: %s", name, got)
		}
	}
	for before := range 4 {
		text := strings.Repeat("x", before) + password + "tail"
		for _, encoded := range []string{base64.StdEncoding.EncodeToString([]byte(text)), base64.RawURLEncoding.EncodeToString([]byte(text))} {
			if got := hidden.Replace(encoded); !strings.Contains(got, "[password]") {
				t.Errorf("base64 after %d: %s", before, got)
			}
		}
		if got := hidden.Replace(fmt.Sprintf("%X", text)); !strings.Contains(got, "[password]") {
			t.Errorf("hexadecimal after %d: %s", before, got)
		}
	}
}

func TestRedaction_leavesNoRestWhereOneSecretBeginsWithAnother(t *testing.T) {
	t.Parallel()
	got := redactionOf(Object{"password": "hush", "token": "hush-hush"}).Replace("hush-hush, hush")
	if want := "[token], [password]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRedaction_findsTheTextsInATenantsOwnDocument(t *testing.T) {
	t.Parallel()
	got := redactionOf(Object{"rotation": map[string]any{"keys": []any{"first-key", 2, "other-key"}}}).Replace("no: first-key, other-key")
	if want := "no: [rotation], [rotation]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRedaction_leavesTheRestOfAMessage(t *testing.T) {
	t.Parallel()
	const message = `400 Bad Request: the field "password" of "Platform Harbor" is too short (id 4711)`
	if got := redactionOf(Object{"password": "a b\nc", "token": `"`, "name": "Harbor"}).Replace(strings.ReplaceAll(message, `"`, "")); got != strings.ReplaceAll(message, `"`, "") {
		t.Errorf("got %q", got)
	}
}
