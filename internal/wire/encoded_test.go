package wire

import (
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// encoders are ways in which a server, a proxy or a log may spell what it repeats.
var encoders = []struct {
	name   string
	encode func(string) string
}{
	{"as it is", func(text string) string { return text }},
	{"JSON escapes", func(text string) string { return units(text, `\u%04x`) }},
	{"JSON escapes in capitals", func(text string) string { return units(text, `\u%04X`) }},
	{"JavaScript's old escapes", func(text string) string { return units(text, `%%u%04x`) }},
	{"entities", func(text string) string { return runes(text, "&#%d;") }},
	{"hexadecimal entities", func(text string) string { return runes(text, "&#x%x;") }},
	{"runes in braces", func(text string) string { return runes(text, `\u{%x}`) }},
	{"a percent sign and digits", func(text string) string { return percent(text, "") }},
	{"a query", url.QueryEscape},
	{"a page", html.EscapeString},
	{"a quoted text", strconv.Quote},
	{"a quoted text of ASCII", strconv.QuoteToASCII},
	{"bytes of C", func(text string) string { return bytesOf(text, `\x%02x`, "") }},
	{"octal bytes of C", func(text string) string { return bytesOf(text, `\%03o`, "") }},
	{"a fingerprint", func(text string) string { return bytesOf(text, "%02X", ":") }},
	{"an array of C", func(text string) string { return bytesOf(text, "0x%02x", ", ") }},
	{"Go's bytes", func(text string) string { return fmt.Sprintf("%d", []byte(text)) }},
	{"base64 of a part", func(text string) string {
		return base64.StdEncoding.EncodeToString([]byte("ann:" + text +
			";x"))
	}},
	{"base64 over lines", func(text string) string {
		return wrapped(base64.StdEncoding.EncodeToString([]byte("ann:"+text)),
			7)
	}},
	{"base32", func(text string) string { return base32.StdEncoding.EncodeToString([]byte("an:" + text)) }},
	{"lines", func(text string) string { return wrapped(text, 5) }},
	{"letter by letter", func(text string) string { return strings.Join(strings.Split(text, ""), " ") }},
}

func units(text, format string) string {
	var all strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&all, format, unit)
	}
	return all.String()
}

func runes(text, format string) string {
	var all strings.Builder
	for _, r := range text {
		fmt.Fprintf(&all, format, r)
	}
	return all.String()
}

func bytesOf(text, format, between string) string {
	var all []string
	for _, b := range []byte(text) {
		all = append(all, fmt.Sprintf(format, b))
	}
	return strings.Join(all, between)
}

// wrapped breaks a text into lines of that many characters.
func wrapped(text string, length int) string {
	return regexp.MustCompile(`.{`+strconv.Itoa(length)+`}`).ReplaceAllString(text, "$0\n  ")
}

// A text that cannot be shown without a secret is not shown at all; what has none is shown as it is.
func TestSecrets_inAnyEncodingAreNotShown(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"Geheimnis4711", `p"<ä>&\ geheimnis 100%`, "a+b/c==dEf.g-h_i", "хранить=вечно🔑"} {
		secrets := &Secrets{}
		secrets.AddSeen(Secret{Text: secret, Instead: "[password]"})
		for _, inner := range encoders {
			for _, outer := range encoders {
				if opaque(outer.name) && inner.name != "as it is" {
					continue
				}
				encoded := outer.encode(inner.encode(secret))
				got := secrets.Line("the value "+encoded+" is refused", 9999)
				if strings.Contains(got, OneLine(encoded)) || got != Withheld && !strings.Contains(got, "[password]") {
					t.Errorf("%s in %s: %s", inner.name, outer.name, got)
				}
			}
		}
	}
	secrets := &Secrets{}
	secrets.AddSeen(Secret{Text: "password", Instead: "[password]"}, Secret{Text: "Geheimnis4711", Instead: "[token]"})
	for _, text := range []string{
		"the field pass is required by word", `a \u00e4 in %41 pages &lt;b&gt;`, "0x41 = 65",
	} {
		if got := secrets.Line(text, 999); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	if got := secrets.Line("the password is Geheimnis4711", 99); got != "the [password] is [token]" {
		t.Errorf("got %q", got)
	}
}

// opaque reports whether an encoding hides the escapes inside it from a reader who does not decode it on purpose.
func opaque(encoder string) bool {
	return slices.Contains([]string{"lines", "letter by letter", "a fingerprint", "an array of C", "Go's bytes",
		"base64 of a part",
		"base64 over lines", "base32"}, encoder)
}

// A server that cuts what it repeats gives the rest away.
func TestSecrets_inPartAreNotShown(t *testing.T) {
	t.Parallel()
	const secret = "df_pat_8Jq2-LmX0_vR7t.Yw4Zb"
	secrets := &Secrets{}
	secrets.AddSeen(Secret{Text: secret, Instead: "[token]"}, Secret{Text: "the owner of this image", Instead: "[own]",
		Unsure: true})
	for text, want := range map[string]string{
		"no token " + secret[:20] + "…":       Withheld,
		"it ends with " + secret[12:]:         Withheld,
		`it is df_pat_8Jq2-LmX0`:              Withheld,
		"it begins with " + secret[:8]:        "it begins with " + secret[:8],
		"what the owner of this registry may": "what the owner of this registry may",
	} {
		if got := secrets.Line(text, 99); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func FuzzSecrets_noEncodingShowsThem(f *testing.F) {
	f.Add("geheimnis-4711", "before", "after", byte(1), byte(7))
	f.Add(`a"b\c<d>e&f`, "%", `\`, byte(3), byte(3))
	f.Add("ключ от дома", "&#", "0x", byte(5), byte(9))
	f.Fuzz(func(t *testing.T, secret, before, after string, inner, outer byte) {
		if len(squeeze(secret)) < minRunLength || OneLine(secret) != secret {
			t.Skip("a secret that is taken out by other means")
		}
		first, second := encoders[int(inner)%len(encoders)], encoders[int(outer)%len(encoders)]
		if opaque(second.name) {
			first = encoders[0]
		}
		secrets := &Secrets{}
		secrets.AddSeen(Secret{Text: secret, Instead: "[password]"})
		encoded := second.encode(first.encode(secret))
		if got := secrets.Line(before+" "+encoded+" "+after, 1<<20); strings.Contains(got, OneLine(encoded)) {
			t.Errorf("%s in %s: %q", first.name, second.name, got)
		}
	})
}
