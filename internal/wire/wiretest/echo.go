package wiretest

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Echo returns ways in which servers repeat the headers of a request in what they say, by their names.
func Echo(r *http.Request) map[string]string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			lines = append(lines, name+": "+value)
			if scheme, credential, found := strings.Cut(value, " "); found && scheme == "Basic" {
				decoded, _ := base64.StdEncoding.DecodeString(credential)
				lines = append(lines, "decoded: "+string(decoded))
			}
		}
	}
	plain := strings.Join(lines, "\n")
	quoted, _ := json.Marshal(r.Header)
	return map[string]string{
		"as they are": plain, "in JSON": string(quoted), "in JSON in JSON": strconv.Quote(string(quoted)),
		"in a page":          html.EscapeString(plain),
		"escaped as a query": url.QueryEscape(plain), "escaped as a path": url.PathEscape(plain),
		"in base64":               base64.StdEncoding.EncodeToString([]byte(plain)),
		"in base64 for addresses": base64.RawURLEncoding.EncodeToString([]byte(plain)),
		"in hexadecimal digits":   hex.EncodeToString([]byte(plain)),
	}
}

// EchoNames returns the ways of Echo, in order.
func EchoNames() []string {
	return slices.Sorted(maps.Keys(Echo(&http.Request{})))
}

var encoded = regexp.MustCompile(`[A-Za-z0-9+/_-]{8,}`)

// Shows reports whether a text has a secret in it, as it is or encoded.
func Shows(text, secret string) bool {
	readings := []string{text, html.UnescapeString(text), strings.ReplaceAll(text, `\`, "")}
	for _, unescape := range []func(string) (string, error){url.QueryUnescape, url.PathUnescape} {
		if reading, err := unescape(text); err == nil {
			readings = append(readings, reading)
		}
	}
	for _, word := range encoded.FindAllString(text, -1) {
		for skip := range 4 { // something else may stand before it
			if skip > len(word) {
				break
			}
			word := word[skip:]
			for _, decode := range []func(string) ([]byte, error){base64.RawStdEncoding.DecodeString,
				base64.RawURLEncoding.DecodeString, hex.DecodeString} {
				for cut := range 4 {
					if decoded, err := decode(word[:max(0, len(word)-cut)]); err == nil {
						readings = append(readings, string(decoded))
					}
				}
			}
		}
	}
	return slices.ContainsFunc(readings, func(reading string) bool { return strings.Contains(reading, secret) })
}

// Answer writes an answer of JSON.
func Answer(w http.ResponseWriter, status int, format string, arguments ...any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, format, arguments...)
}
