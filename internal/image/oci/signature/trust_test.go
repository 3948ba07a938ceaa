package signature_test

import (
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
)

const signingConfig = `{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json",` +
	`"caUrls":[{"url":"https://hunter2.example.com"}]}`

// What is wrong is said at its place, and nothing of keys and roots is repeated.
func TestNewTrust_saysWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	root := signaturetest.New(t).Root(t)
	key := publicKey(t, newECDSA(t))
	rooted := func(identities ...signature.Identity) signature.Verify {
		return signature.Verify{TrustedRoots: []string{root}, Identities: identities}
	}
	roots := func(texts ...string) signature.Verify {
		return signature.Verify{TrustedRoots: texts, Identities: []signature.Identity{release}}
	}
	issuer, subject := release.Issuer, new("me@example.com")
	for name, test := range map[string]struct {
		given signature.Verify
		at    string
		words string
	}{
		"a key that is none": {signature.Verify{PublicKeys: []string{key, "hunter2"}}, "public_keys[1]", "not in PEM"},
		"roots without identities": {signature.Verify{TrustedRoots: []string{root}}, "trusted_roots",
			"anybody who can get a certificate"},
		"identities without roots": {signature.Verify{Identities: []signature.Identity{release}}, "identities", "trusted_roots"},
		"identities beside keys alone": {signature.Verify{PublicKeys: []string{key}, Identities: []signature.Identity{release}},
			"identities", "public-good"},
		"a log that keys must be in, and none is trusted": {signature.Verify{PublicKeys: []string{key},
			Require: &signature.Require{Log: new(int64(1))}}, "require", "no log is trusted"},
		"a ref that is short": {rooted(signature.Identity{Issuer: issuer, Subject: subject, SourceRef: new("main")}),
			"identities[0].source_ref", "refs/heads/main"},
		"a repository without its host": {rooted(signature.Identity{Issuer: issuer, SourceRepository: new("example/app")}),
			"identities[0].source_repository", "https://"},
		"an empty root":                  {roots(""), "trusted_roots[0]", "is empty"},
		"a word in place of a root":      {roots(root, "public_good"), "trusted_roots[1]", "which is in JSON"},
		"a root that is cut":             {roots(root[:len(root)-10]), "trusted_roots[0]", "which is in JSON"},
		"a signing config":               {roots(signingConfig), "trusted_roots[0]", "signing config"},
		"a signing config behind a root": {roots(root + "\n" + signingConfig), "trusted_roots[0]", "signing config"},
		"a bundle":                       {roots(`{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}`), "trusted_roots[0]", "no trusted root"},
		"an object":                      {roots("{}"), "trusted_roots[0]", "no mediaType"},
		"a list":                         {roots("[" + root + "]"), "trusted_roots[0]", "no mediaType"},
		"null":                           {roots("null"), "trusted_roots[0]", "no mediaType"},
		"a root of a version to come": {roots(strings.Replace(root, "version=0.1", "version=9.9", 1)), "trusted_roots[0]",
			"cannot be read"},
		"a root with a key that is junk": {roots(strings.Replace(root, `"rawBytes":"`, `"rawBytes":"AAAA`, 1)),
			"trusted_roots[0]", "cannot be read"},
		"a root with a key that is not in base64": {roots(strings.Replace(root, `"rawBytes":"`, `"rawBytes":"*`, 1)),
			"trusted_roots[0]", "not of the form of a trusted root (line 1:"},
		"a root with a field that is none": {roots(`{"hunter2":1,` + root[1:]), "trusted_roots[0]",
			"not of the form of a trusted root (line 1:"},
		"too many roots":           {roots(strings.Repeat(root+"\n", 101)), "trusted_roots[0]", "more than 100"},
		"a root that is too large": {roots(strings.Repeat(" ", 33<<20)), "trusted_roots[0]", "bytes"},
		"no issuer":                {rooted(release, signature.Identity{Subject: subject}), "identities[1].issuer", "missing"},
		"an empty issuer":          {rooted(signature.Identity{Issuer: new(""), Subject: subject}), "identities[0].issuer", "missing"},
		"no subject":               {rooted(signature.Identity{Issuer: issuer}), "identities[0].subject", "missing"},
		"a ref alone": {rooted(signature.Identity{Issuer: issuer, SourceRef: new("refs/heads/main")}), "identities[0].subject",
			"missing"},
		"both forms of an issuer": {rooted(signature.Identity{Issuer: issuer, IssuerRegex: new(".+"), Subject: subject}),
			"identities[0].issuer", "leave out one"},
		"both forms of a subject": {rooted(signature.Identity{Issuer: issuer, Subject: subject, SubjectRegex: new(".+")}),
			"identities[0].subject", "leave out one"},
		"both forms of a subject beside a repository": {rooted(signature.Identity{Issuer: issuer, Subject: subject,
			SubjectRegex: new(".+"), SourceRepository: new("https://github.com/example/app")}), "identities[0].subject",
			"leave out one"},
		"an issuer that does not compile": {rooted(signature.Identity{IssuerRegex: new("("), Subject: subject}),
			"identities[0].issuer_regex", "no regular expression"},
		"a subject that does not compile": {rooted(signature.Identity{Issuer: issuer, SubjectRegex: new("a{2,1}")}),
			"identities[0].subject_regex", "no regular expression"},
		"a subject that compiles only between brackets": {rooted(signature.Identity{Issuer: issuer, SubjectRegex: new("a)|(b")}),
			"identities[0].subject_regex", "no regular expression"},
		"a subject in Perl's words": {rooted(signature.Identity{Issuer: issuer, SubjectRegex: new("(?=a)b")}),
			"identities[0].subject_regex", "no regular expression"},
		"a negative number": {signature.Verify{PublicKeys: []string{key}, Require: &signature.Require{Log: new(int64(-1))}},
			"require", "-1"},
		"a number that is too large": {signature.Verify{PublicKeys: []string{key},
			Require: &signature.Require{Time: new(int64(33))}}, "require", "33"},
		"an authority that is none": {signature.Verify{Notation: []signature.Notation{{Certificates: []string{"hunter2"},
			TrustedIdentities: []string{"*"}}}}, "notation[0].certificates", ""},
	} {
		trust, wrong := signature.NewTrust(test.given)
		if trust != nil || len(wrong) != 1 || !strings.HasPrefix(wrong[0].Error(), test.at) || !strings.Contains(wrong[0].Error(), test.words) ||
			len(wrong[0].Error()) > 700 {
			t.Errorf("%s: %v", name, wrong)
			continue
		}
		for _, secret := range []string{"hunter2", key[30:60], root[200:240]} {
			if strings.Contains(wrong[0].Error(), secret) {
				t.Errorf("%s: %q is repeated in %s", name, secret, wrong[0])
			}
		}
	}
}

// All that is wrong is said at once.
func TestNewTrust_saysAllThatIsWrong(t *testing.T) {
	t.Parallel()
	_, wrong := signature.NewTrust(signature.Verify{PublicKeys: []string{"", "x"}, TrustedRoots: []string{"x"},
		Identities: []signature.Identity{{}, {Issuer: new("x"), SubjectRegex: new("(")}}})
	if len(wrong) != 5 {
		t.Errorf("%v", wrong)
	}
}

// Roots are taken in any form in which tools print them.
func TestNewTrust_takesRootsAsToolsPrintThem(t *testing.T) {
	t.Parallel()
	root := signaturetest.New(t).Root(t)
	for name, text := range map[string]string{
		"in a line": root, "with a line end": root + "\n", "in lines": root + "\r\n" + root + "\r\n",
		"in one line": root + root, "with indents": strings.ReplaceAll(root, ",", ",\n\t"), "by name": signature.PublicGood,
	} {
		given := signature.Verify{TrustedRoots: []string{text}, Identities: []signature.Identity{release}}
		if trust, wrong := signature.NewTrust(given); trust == nil || len(wrong) > 0 {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}
