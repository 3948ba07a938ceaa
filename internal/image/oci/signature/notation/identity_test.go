package notation

import (
	"errors"
	"maps"
	"strings"
	"testing"
)

func TestParseIdentity_subjectIsRead(t *testing.T) {
	base := map[string]string{"C": "DE", "ST": "BE", "O": "Example"}
	with := func(name, value string) map[string]string {
		all := maps.Clone(base)
		all[name] = value
		return all
	}
	tests := map[string]map[string]string{
		"x509.subject: C=DE, ST=BE, O=Example":            base,
		"x509.subject:O=Example,S=BE,C=DE":                base,
		"x509.subject:  c = DE ,  st = BE ,o=Example ":    base,
		`x509.subject: C=DE, ST=BE, O=Example\, Inc.`:     with("O", "Example, Inc."),
		`x509.subject: C=DE, ST=BE, O=Example\2C \49nc.`:  with("O", "Example, Inc."),
		`x509.subject: C=DE, ST=BE, O=B\C3\BCro`:          with("O", "Büro"),
		`x509.subject: C=DE, ST=BE, O=Büro`:               with("O", "Büro"),
		`x509.subject: C=DE, ST=BE, O=\ a\ `:              with("O", " a "),
		`x509.subject: C=DE, ST=BE, O=a=b: c\+d\\`:        with("O", `a=b: c+d\`),
		"x509.subject: C=DE, ST=BE, O=Example, OU=a b  c": with("OU", "a b  c"),
	}
	for text, want := range tests {
		got, err := parseIdentity(text)
		if err != nil || !maps.Equal(got.attributes, want) || got.text != text {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

func TestNewAuthority_malformedIdentityIsAnErrorAtItsPlace(t *testing.T) {
	good := root(t, "Root")
	tests := map[string]string{
		"":                                           `neither "*"`,
		"C=DE, ST=BE, O=Example":                     `neither "*"`,
		"x509.subject":                               `neither "*"`,
		"x509.san: C=DE, ST=BE, O=Example":           `neither "*"`,
		"x509.subject:":                              `no "="`,
		"x509.subject: C=DE, ST=BE":                  "no O",
		"x509.subject: ST=BE, O=Example":             "no C",
		"x509.subject: C=DE, O=Example":              "no ST",
		"x509.subject: C=DE, ST=BE, O=":              "empty",
		"x509.subject: C=DE, ST=BE, O=Example, Inc.": `no "="`,
		"x509.subject: C=DE, ST=BE, O=Example,":      `no "="`,
		"x509.subject: C=DE, ST=BE, S=BE, O=Example": "ST twice",
		"x509.subject: C=DE, ST=BE, O=a, O=b":        "O twice",
		"x509.subject: C=DE+ST=BE, O=a":              `"+"`,
		"x509.subject: C=DE, ST=BE, O=#0401":         "hexadecimal",
		`x509.subject: C=DE, ST=BE, O="a, b"`:        `'"'`,
		`x509.subject: C=DE, ST=BE, O=a;b`:           "';'",
		`x509.subject: C=DE, ST=BE, O=a\`:            `"\"`,
		`x509.subject: C=DE, ST=BE, O=a\x`:           `"\"`,
		`x509.subject: C=DE, ST=BE, O=\FF`:           "UTF-8",
		"x509.subject: C=DE, ST=BE, O=a, X=b":        `attribute "X"`,
		"x509.subject: C=DE, ST=BE, O=a, EMAIL=b":    "attribute",
		"*": "overlaps with item 0",
		"x509.subject: C=DE, ST=BE, O=Example, CN=a": "overlaps with item 0",
		"x509.subject: O=Example, C=DE, S=BE":        "overlaps with item 0",
	}
	for text, says := range tests {
		_, err := NewAuthority([]string{good.pem()}, []string{"x509.subject: C=DE, ST=BE, O=Example", text})
		input, ok := errors.AsType[*InputError](err)
		if !ok || input.List != ListTrustedIdentities || input.Index != 1 || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error is %v, want one about trusted_identities[1] that says %q", text, err, says)
		}
	}
	_, err := NewAuthority([]string{good.pem()}, nil)
	if input, ok := errors.AsType[*InputError](err); !ok || input.List != ListTrustedIdentities || input.Index >= 0 {
		t.Errorf("no identities: %v", err)
	}
}
