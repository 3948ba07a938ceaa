package signature

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/sigstore/sigstore-go/pkg/fulcio/certificate"
	"github.com/sigstore/sigstore-go/pkg/verify"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/notation"
)

// Verify says who is trusted to sign an image, as the argument "verify" has it.
type Verify struct {
	PublicKeys   []string   `tfsdk:"public_keys" doc:"Public keys in PEM, or certificates that have them."`
	TrustedRoots []string   `tfsdk:"trusted_roots" doc:"Roots of Sigstore instances, or 'public-good'."`
	Identities   []Identity `tfsdk:"identities" doc:"Identities that may sign with a certificate of the roots."`
	Notation     []Notation `tfsdk:"notation" doc:"Authorities of Notation's signatures."`
	Require      *Require   `tfsdk:"require" doc:"What a signature with a certificate must come with."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Verify) Details() map[string]string {
	return map[string]string{
		"public_keys": "One text may hold several. A signature that one of them made is valid, also if no log has it.",
		"trusted_roots": "Each is the text of a 'trusted_root.json', in JSON or JSON lines, as 'cosign trusted-root " +
			"create' and " +
			"'gh attestation trusted-root' print it. 'public-good' is the root of Sigstore's public instance as of " +
			PublicGoodDate + ", built in: nothing is asked over the network. They go together with 'identities'.",
		"identities": "One of them must match: without identities, anybody who can get a certificate could sign.",
		"require":    "Defaults to one of each.",
	}
}

// An Identity is who may sign with a certificate of Sigstore's.
type Identity struct {
	Issuer            *string `tfsdk:"issuer" doc:"OIDC issuer that says who the signer is."`
	IssuerRegex       *string `tfsdk:"issuer_regex" doc:"Regular expression (RE2) for the whole issuer."`
	Subject           *string `tfsdk:"subject" doc:"Subject of the certificate: a workflow or an e-mail address."`
	SubjectRegex      *string `tfsdk:"subject_regex" doc:"Regular expression (RE2) for the whole subject."`
	SourceRepository  *string `tfsdk:"source_repository" doc:"Address of the repository that was built."`
	SourceRef         *string `tfsdk:"source_ref" doc:"Branch or tag that was built, such as 'refs/heads/main'."`
	RunnerEnvironment *string `tfsdk:"runner_environment" doc:"'github-hosted' or 'self-hosted'."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Identity) Details() map[string]string {
	return map[string]string{
		"issuer":  "Such as 'https://token.actions.githubusercontent.com'. It or 'issuer_regex' is required.",
		"subject": "It, 'subject_regex' or 'source_repository' is required.",
	}
}

// A Notation is a trusted authority of Notation's signatures.
type Notation struct {
	Certificates      []string `tfsdk:"certificates" doc:"Certificates of authorities in PEM."`
	TrustedIdentities []string `tfsdk:"trusted_identities" doc:"Subjects that may sign, as in Notation's trust policies."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Notation) Details() map[string]string {
	return map[string]string{
		"trusted_identities": "Such as 'x509.subject: C=DE, ST=BE, O=Example', or '*' for all that the authority " +
			"has certified.",
	}
}

// Require is how many proofs a signature with a certificate must come with. Nil is 1.
type Require struct {
	Log            *int64 `tfsdk:"log" doc:"Number of transparency logs that have the signature."`
	Time           *int64 `tfsdk:"time" doc:"Number of verified times, of logs or time stamp authorities."`
	CertificateLog *int64 `tfsdk:"certificate_log" doc:"Number of certificate logs that have the certificate."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Require) Details() map[string]string {
	return map[string]string{
		"log": "0 is for instances without a log. If it is set, and there are 'trusted_roots', a key's signature " +
			"must be in " +
			"a log, too.",
		"time": "0 checks certificates against the clock of this machine, at which those of Sigstore's, valid " +
			"for ten minutes, are expired.",
		"certificate_log": "0 is for authorities without a certificate log.",
	}
}

// A Trust is what Verify says, read and checked. Nil trusts nobody, and verifies nothing.
type Trust struct {
	keys       []trustedKey
	roots      []*trustedRoot
	identities []verify.CertificateIdentity
	notation   []notation.Authority
	require    struct{ log, time, certificateLog, keyLog int }
}

type trustedKey struct {
	Key
	index int // of the text with it
}

// An Error is what is wrong with one item of Verify.
type Error struct {
	Argument string // such as "identities"
	Index    int    // of the item; -1 for the argument as a whole
	Field    string // of the item; empty for the item as a whole
	Item     int    // in a field that is a list; -1 for the field as a whole
	Err      error
}

func (e *Error) Error() string {
	switch {
	case e.Index < 0:
		return fmt.Sprintf("%s: %s", e.Argument, e.Err)
	case e.Field == "":
		return fmt.Sprintf("%s[%d]: %s", e.Argument, e.Index, e.Err)
	}
	return fmt.Sprintf("%s[%d].%s: %s", e.Argument, e.Index, e.Field, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// NewTrust reads who is trusted. Its errors are all that is wrong, and repeat nothing of keys and roots.
func NewTrust(given Verify) (*Trust, []*Error) {
	t := &Trust{}
	var wrong []*Error
	note := func(argument string, index int, field string, err error) {
		if err != nil {
			item := -1
			if part, is := errors.AsType[*notation.InputError](err); is {
				field, item, err = part.List, part.Index, part.Err
			}
			wrong = append(wrong, &Error{Argument: argument, Index: index, Field: field, Item: item, Err: err})
		}
	}
	for index, text := range given.PublicKeys {
		keys, err := ParseKeys(text)
		note("public_keys", index, "", err)
		for _, key := range keys {
			t.keys = append(t.keys, trustedKey{Key: key, index: index})
		}
	}
	for index, text := range given.TrustedRoots {
		roots, err := parseRoots(text)
		note("trusted_roots", index, "", err)
		t.roots = append(t.roots, roots...)
	}
	for index, identity := range given.Identities {
		matcher, field, err := identity.matcher()
		note("identities", index, field, err)
		t.identities = append(t.identities, matcher)
	}
	for index, authority := range given.Notation {
		known, err := notation.NewAuthority(authority.Certificates, authority.TrustedIdentities)
		note("notation", index, "", err)
		t.notation = append(t.notation, known)
	}
	switch {
	case len(given.TrustedRoots) > 0 && len(given.Identities) == 0 && !given.logsKeys():
		note("trusted_roots", -1, "", errors.New("they need identities: without these, anybody who can get a certificate "+
			"could sign the image. Say who may sign, by issuer and subject"))
	case len(given.Identities) > 0 && len(given.TrustedRoots) == 0:
		note("identities", -1, "", errors.New(`they need trusted_roots, which say whose certificates count: "public-good" `+
			`for Sigstore's public instance, or the text of a trusted_root.json`))
	}
	t.require.log, t.require.time, t.require.certificateLog = 1, 1, 1
	if given.Require != nil {
		for _, one := range []struct {
			name string
			from *int64
			to   *int
		}{{"log", given.Require.Log, &t.require.log}, {"time", given.Require.Time, &t.require.time},
			{"certificate_log", given.Require.CertificateLog, &t.require.certificateLog}} {
			if one.from == nil {
				continue
			}
			if *one.from < 0 || *one.from > maxProofs {
				note("require", -1, one.name, fmt.Errorf("it is %d: give a number from 0 to %d", *one.from, maxProofs))
			}
			*one.to = int(min(max(*one.from, 0), maxProofs))
		}
		switch required := given.Require.Log; {
		case required == nil:
		case *required > 0 && len(given.TrustedRoots) == 0:
			note("require", -1, "log", errors.New("no log is trusted: give the root of the log in trusted_roots, or leave out "+
				"require.log"))
		case len(given.TrustedRoots) > 0:
			t.require.keyLog = t.require.log
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return t, nil
}

// logsKeys reports whether roots are given for their logs alone, which must have what keys have signed.
func (v Verify) logsKeys() bool {
	return len(v.PublicKeys) > 0 && v.Require != nil && v.Require.Log != nil && *v.Require.Log > 0
}

// maxProofs is how many log entries and time stamps a bundle may have, which is the limit of Sigstore's library.
const maxProofs = 32

// matcher returns the identity as Sigstore's library compares it, or what is wrong with it and in which field.
func (i Identity) matcher() (verify.CertificateIdentity, string, error) {
	var none verify.CertificateIdentity
	for _, one := range []struct {
		name         string
		text, regex  *string
		isCompulsory bool
	}{
		{"issuer", i.Issuer, i.IssuerRegex, true},
		{"subject", i.Subject, i.SubjectRegex, image.ValueOf(i.SourceRepository) == ""},
	} {
		if image.ValueOf(one.text) != "" && image.ValueOf(one.regex) != "" {
			return none, one.name, fmt.Errorf("there are %s and %s_regex: leave out one of them", one.name, one.name)
		}
		if image.ValueOf(one.text) == "" && image.ValueOf(one.regex) == "" && one.isCompulsory {
			alternative := ""
			if one.name == "subject" {
				alternative = ", or source_repository"
			}
			return none, one.name, fmt.Errorf("it is missing: an identity needs %s or %s_regex%s, so that nobody else's "+
				"certificate matches. Terraform drops names that it does not know: check the spelling", one.name, one.name,
				alternative)
		}
		if _, err := regexp.Compile(image.ValueOf(one.regex)); err != nil {
			return none, one.name + "_regex", fmt.Errorf("it is no regular expression: %w", err)
		}
	}
	if ref := image.ValueOf(i.SourceRef); ref != "" && !strings.HasPrefix(ref, "refs/") {
		return none, "source_ref", errors.New("it does not begin with refs/: write refs/heads/main for a branch, or " +
			"refs/tags/v1.2.3 for a tag")
	}
	if repository := image.ValueOf(i.SourceRepository); repository != "" && !strings.Contains(repository, "://") {
		return none, "source_repository", errors.New("it is no address: write https://github.com/example/app")
	}
	subject := whole(i.SubjectRegex)
	if image.ValueOf(i.Subject) == "" && subject == "" {
		subject = ".*" // the repository says enough
	}
	san, err := verify.NewSANMatcher(image.ValueOf(i.Subject), subject)
	if err != nil {
		return none, "subject", err
	}
	issuer, err := verify.NewIssuerMatcher(image.ValueOf(i.Issuer), whole(i.IssuerRegex))
	if err != nil {
		return none, "issuer", err
	}
	matcher, err := verify.NewCertificateIdentity(san, issuer, certificate.Extensions{
		SourceRepositoryURI: image.ValueOf(i.SourceRepository), SourceRepositoryRef: image.ValueOf(i.SourceRef),
		RunnerEnvironment: image.ValueOf(i.RunnerEnvironment),
	})
	return matcher, "", err
}

// whole returns a regular expression that matches the whole of a text.
func whole(regex *string) string {
	if image.ValueOf(regex) == "" {
		return ""
	}
	known, err := syntax.Parse(*regex, syntax.Perl)
	if err != nil {
		return *regex // what is wrong with it has been said
	}
	return `\A(?:` + known.String() + `)\z` // in a form that closes whatever the text leaves open
}
