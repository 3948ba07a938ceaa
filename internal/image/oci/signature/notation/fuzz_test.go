package notation

import (
	"errors"
	"maps"
	"strings"
	"testing"
)

func FuzzVerify(f *testing.F) {
	authority := certify(f, nil, fixedKey(f, 1), rootTemplate("Root"))
	signer := certify(f, &authority, fixedKey(f, 2), leafTemplate(name, now.Add(-10*day), now.Add(day)))
	stampsRoot := certify(f, nil, fixedKey(f, 3), rootTemplate("Stamps Root"))
	stamps := stamper{certify(f, &stampsRoot, fixedKey(f, 4), stamperTemplate(f)), now.Add(-2 * day)}
	for _, mediaType := range mediaTypes {
		f.Add(sign(f, mediaType, signer), mediaType)
		f.Add(sign(f, mediaType, signer, bySigningAuthority, expiringAt(now.Add(day)),
			withAttribute("a", false)), mediaType)
		f.Add(sign(f, mediaType, signer, stampedBy(stamps)), mediaType)
		f.Add(sign(f, mediaType, signer, withPayload(mediaTypePayload, "{}")), mediaType)
	}
	authorities := trusting(f, []string{authority.pem(), stampsRoot.pem()})
	f.Fuzz(func(t *testing.T, text []byte, mediaType string) {
		result, err := Verify(text, mediaType, image, authorities, now)
		if err != nil {
			if refusal, ok := errors.AsType[*Error](err); !ok || refusal.Reason == "" {
				t.Fatalf("no reason: %v", err)
			}
			if strings.ContainsAny(err.Error(), "\n\r\x1b") || len(err.Error()) > 4*maxSaid {
				t.Fatalf("error is no short line: %q", err)
			}
			return
		}
		if result.Target.Digest != image.Digest || result.Identity != anIdentity {
			t.Fatalf("verified %+v", result)
		}
		claims, err := Read(text, mediaType)
		if err != nil || claims.Target.Digest != image.Digest || !claims.Time.Equal(result.Time) ||
			!claims.Expiry.Equal(result.Expiry) || claims.Subject != result.Subject {
			t.Fatalf("Read: %v, %+v; Verify: %+v", err, claims, result)
		}
	})
}

func FuzzParseIdentity(f *testing.F) {
	for _, text := range []string{
		"*", anIdentity, "x509.subject:C=DE,ST=BE,O=Example", `x509.subject: C=DE, S=BE, O=A\, B\2c \C3\A4 \ `,
		"x509.subject:", "",
		"x509.subject: C=DE+ST=BE, O=#04", `x509.subject: C=DE, ST=BE, O="A, B"`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := parseIdentity(text)
		if err != nil {
			return
		}
		if text == wildcard {
			return
		}
		if missingAttribute(parsed.attributes) != nil || !parsed.covers(parsed.attributes) {
			t.Fatalf("%q is %v", text, parsed.attributes)
		}
		// Written anew with everything escaped, and in another order, it is the same.
		var parts []string
		for name, value := range parsed.attributes {
			var escaped strings.Builder
			for i := range len(value) {
				escaped.WriteString(`\` + hexOf(value[i]))
			}
			parts = append(parts, name+"="+escaped.String())
		}
		again, err := parseIdentity("x509.subject:" + strings.Join(parts, " , "))
		if err != nil || !maps.Equal(again.attributes, parsed.attributes) {
			t.Fatalf("%q is %v, and then %v: %v", text, parsed.attributes, again.attributes, err)
		}
	})
}

func hexOf(b byte) string { return string("0123456789abcdef"[b>>4]) + string("0123456789abcdef"[b&15]) }

func FuzzNewAuthority(f *testing.F) {
	authority := root(f, "Root")
	f.Add(authority.pem())
	f.Add("x" + authority.pem() + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
	f.Add("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
	f.Fuzz(func(t *testing.T, text string) {
		made, err := NewAuthority([]string{text}, []string{wildcard})
		if _, ok := errors.AsType[*InputError](err); err != nil && !ok {
			t.Fatalf("%T", err)
		}
		if err == nil && len(made.certificates) == 0 {
			t.Fatal("no certificate, and no error")
		}
	})
}
