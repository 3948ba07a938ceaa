package dockerconfig_test

import (
	"fmt"
	"strings"
	"testing"
)

// A value of another type concerns the registry that it is for, and no other.
func TestKeychain_wrongEntryHindersNoOtherRegistry(t *testing.T) {
	good := entry("me:pw")
	for name, text := range map[string]string{
		"a text as an entry":         `{"auths":{"other.example.com":"text","registry.example.com":%s}}`,
		"a list as an entry":         `{"auths":{"other.example.com":[],"registry.example.com":%s}}`,
		"a number as an auth":        `{"auths":{"other.example.com":{"auth":7},"registry.example.com":%s}}`,
		"a number as a helper":       `{"auths":{"registry.example.com":%s},"credHelpers":{"other.example.com":7}}`,
		"an object as a helper":      `{"auths":{"registry.example.com":%s},"credHelpers":{"other.example.com":{"a":"b"}}}`,
		"a longer path's helper":     `{"auths":{"registry.example.com":%s},"credHelpers":{"registry.example.com/other":7}}`,
		"null as a helper":           `{"auths":{"registry.example.com":%s},"credHelpers":{"registry.example.com":null}}`,
		"null as maps":               `{"auths":{"registry.example.com":%s},"credHelpers":null,"credsStore":null}`,
		"headers as a text":          `{"auths":{"registry.example.com":%s},"HttpHeaders":"x"}`,
		"plugins and proxies as one": `{"auths":{"registry.example.com":%s},"plugins":[],"proxies":1,"psFormat":{}}`,
		"a mail address as a number": `{"auths":{"registry.example.com":%s,"other.example.com":{"email":1}}}`,
	} {
		h := newHome(t)
		h.write(t, ".docker/config.json", fmt.Sprintf(text, good))
		if got := userOf(t, "registry.example.com/app"); got != "me" {
			t.Errorf("%s: the credentials are those of %q", name, got)
		}
	}
	h := newHome(t)
	h.helper(t, "h", has("registry.example.com"))
	h.write(t, ".docker/config.json", `{"credsStore":7,"credHelpers":{"registry.example.com":"h","other.example.com":{}}}`)
	if got := userOf(t, "registry.example.com/app"); got != "helped" {
		t.Errorf("a wrong store beside an own helper: %q", got)
	}
}

// The error for the registry that is asked names the key, and no secret.
func TestKeychain_wrongEntryIsAnErrorOfItsRegistry(t *testing.T) {
	const secret = "hunter2-hunter2"
	for text, words := range map[string][]string{
		`{"auths":{"registry.example.com":"` + secret + `"}}`:                           {`entry "registry.example.com"`, "no object with a login"},
		`{"auths":{"https://registry.example.com/v1/":["` + secret + `"]}}`:             {`entry "https://registry.example.com/v1/"`, "no object"},
		`{"auths":{"registry.example.com":7}}`:                                          {"no object"},
		`{"auths":{"registry.example.com":{"auth":["` + secret + `"]}}}`:                {`entry "registry.example.com"`, "its auth is no text"},
		`{"auths":{"registry.example.com":{"username":1,"password":"` + secret + `"}}}`: {"its username is no text"},
		`{"auths":{"registry.example.com/team":{"identitytoken":{"a":"` + secret + `"}}}}`: {`entry "registry.example.com/team"`,
			"its identitytoken is no text"},
		`{"credHelpers":{"registry.example.com":["` + secret + `"]}}`: {`credHelpers entry "registry.example.com"`,
			"not the name of a credential helper"},
		`{"credHelpers":{"registry.example.com/team":7}}`: {`credHelpers entry "registry.example.com/team"`},
		`{"credsStore":{"a":"` + secret + `"}}`:           {`"credsStore" is not the name of a credential helper`},
		`{"credHelpers":"` + secret + `"}`:                {`"credHelpers" is not as docker writes it`},
	} {
		h := newHome(t)
		place := h.write(t, ".docker/config.json", text)
		_, err := find(t, "registry.example.com/team/app")
		for _, word := range append(words, place) {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%s: no %q in %v", text, word, err)
			}
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error has a secret: %v", err)
		}
	}
}
