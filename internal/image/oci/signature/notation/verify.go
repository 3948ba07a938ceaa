// Package notation verifies signatures of the Notary Project, as Notation makes them: envelopes in JWS or COSE about a
// manifest's descriptor. It reads nothing over a network, so that it does not check whether a certificate was revoked,
// and it runs no plugins. What is right is what the Notary Project's own verifier accepts at its level "strict", beside
// revocation, with a time stamp needed only where a certificate has expired (its "afterCertExpiry").
//
// It is stricter where that verifier is lenient: a critical attribute that is not known is refused, and so is a
// signature with a verified time stamp from a time when its certificate was not valid.
package notation

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/notaryproject/notation-core-go/signature"
	nx509 "github.com/notaryproject/notation-core-go/x509"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Claims are what an envelope says. Anybody can write one.
type Claims struct {
	Target       ocispec.Descriptor // the manifest, with the annotations that were signed with it
	Scheme       string             // "notary.x509" or "notary.x509.signingAuthority"
	Time         time.Time          // when it was signed; zero if it does not say so
	Expiry       time.Time          // zero if it does not expire
	Subject      string             // of the certificate that signed it (RFC 4514)
	Issuer       string
	SigningAgent string // the software that made it; only in a Result, and not signed even there
}

// A Result is what a verified signature says, and what proves it.
type Result struct {
	Claims
	SignedAt   time.Time   // when it was signed, as the authority or a time stamp proves; zero if nothing does
	Timestamps []Timestamp // those that were verified
	Authority  int         // the index of the authority that is trusted
	Identity   string      // its trusted identity that the certificate is for, as it was given
}

// Read returns what an envelope claims, without verifying anything. Errors are of type *Error.
func Read(text []byte, mediaType string) (Claims, error) {
	e, target, chain, err := check(text, mediaType)
	if err != nil {
		return Claims{}, err
	}
	return Claims{
		Target: target, Scheme: string(e.scheme), Time: e.time.UTC(), Expiry: e.expiry.UTC(),
		Subject: chain[0].Subject.String(), Issuer: chain[0].Issuer.String(),
	}, nil
}

// check reads an envelope, and checks all that needs neither trust nor a subject.
func check(text []byte, mediaType string) (*envelope, ocispec.Descriptor, []*x509.Certificate, error) {
	e, refusal := read(text, mediaType)
	if refusal != nil {
		return nil, ocispec.Descriptor{}, nil, refusal
	}
	target, refusal := e.target()
	if refusal == nil {
		refusal = e.supported()
	}
	var chain []*x509.Certificate
	if refusal == nil {
		chain, refusal = e.certificates()
	}
	if refusal != nil {
		return nil, ocispec.Descriptor{}, nil, refusal
	}
	return e, target, chain, nil
}

// Verify verifies an envelope about a manifest. The subject's digest must be that of the signature, and its media type
// and size where they are given. Errors are of type *Error. That the signature is about the subject and was made with
// the certificate's key is checked also without authorities; the error is then ReasonUntrusted.
func Verify(text []byte, mediaType string, subject ocispec.Descriptor, authorities []Authority, now time.Time) (
	Result, error,
) {
	content, err := verifyContent(text, mediaType, subject)
	if err != nil {
		return Result{}, err
	}
	result := Result{Claims: content.claims}
	if err := result.trust(content.signer, authorities, now); err != nil {
		return Result{}, err
	}
	return result, nil
}

// A content is what an envelope says that was made with its certificate's key.
type content struct {
	claims Claims
	signer *signature.SignerInfo
}

// verifyContent checks all that needs no trust, and then that the certificate's key signed it.
func verifyContent(text []byte, mediaType string, subject ocispec.Descriptor) (*content, error) {
	e, target, chain, err := check(text, mediaType)
	if err != nil {
		return nil, err
	}
	if refusal := isAbout(target, subject); refusal != nil {
		return nil, refusal
	}
	parsed, err := signature.ParseEnvelope(mediaType, text)
	if err != nil {
		return nil, refused(ReasonUnreadable, "the signature cannot be read: %s", err)
	}
	verified, err := parsed.Verify()
	if err != nil {
		return nil, e.reason(err, chain)
	}
	if !bytes.Equal(verified.Payload.Content, e.payload) || verified.Payload.ContentType != e.contentType {
		return nil, refused(ReasonUnreadable, "the signature can be read in two ways")
	}
	signer := &verified.SignerInfo
	for _, attribute := range signer.SignedAttributes.ExtendedAttributes {
		if attribute.Critical {
			return nil, refused(ReasonUnsupported, "the signature has a critical attribute that is not known here: %s",
				attributeName(attribute.Key))
		}
	}
	leaf := signer.CertificateChain[0]
	return &content{Claims{
		Target:       target,
		Scheme:       string(signer.SignedAttributes.SigningScheme),
		Time:         signer.SignedAttributes.SigningTime.UTC(),
		Expiry:       signer.SignedAttributes.Expiry.UTC(),
		Subject:      leaf.Subject.String(),
		Issuer:       leaf.Issuer.String(),
		SigningAgent: oneLine(signer.UnsignedAttributes.SigningAgent),
	}, signer}, nil
}

// reason returns why the library does not verify an envelope.
func (e *envelope) reason(err error, chain []*x509.Certificate) *Error {
	if _, tampered := errors.AsType[*signature.SignatureIntegrityError](err); tampered {
		return refused(ReasonTampered, "the signature was not made with the key of its certificate, or what is signed was "+
			"changed since: %s", err)
	}
	if e.time.IsZero() {
		return refused(ReasonNoTime, "the signature does not say when it was made")
	}
	if broken := nx509.ValidateCodeSigningCertChain(chain, nil); broken != nil {
		return refused(ReasonUntrusted, "the signature's chain of certificates does not hold: %s", broken)
	}
	return refused(ReasonUnreadable, "the signature is not as the Notary Project specifies it: %s", err)
}

// target returns the descriptor that is signed.
func (e *envelope) target() (ocispec.Descriptor, *Error) {
	var payload struct {
		Target *ocispec.Descriptor `json:"targetArtifact"`
	}
	if err := decode(e.payload, &payload); err != nil {
		return ocispec.Descriptor{}, refused(ReasonUnreadable, "what is signed is not in JSON: %s", err)
	}
	if payload.Target == nil {
		return ocispec.Descriptor{}, refused(ReasonUnreadable, "what is signed names no artifact")
	}
	if err := payload.Target.Digest.Validate(); err != nil {
		return ocispec.Descriptor{}, refused(ReasonUnreadable, "what is signed names no digest that can be read: %s", err)
	}
	return ocispec.Descriptor{
		MediaType: payload.Target.MediaType, Digest: payload.Target.Digest, Size: payload.Target.Size,
		Annotations: payload.Target.Annotations,
	}, nil
}

// isAbout returns an error unless a signature is about the subject.
func isAbout(target, subject ocispec.Descriptor) *Error {
	switch {
	case target.Digest != subject.Digest:
		return refused(ReasonOtherSubject, "it is a signature of another image, %s", string(target.Digest))
	case subject.MediaType != "" && target.MediaType != subject.MediaType:
		return refused(ReasonOtherSubject, "it is a signature of a manifest of type %q, and this one is %q",
			target.MediaType, subject.MediaType)
	case subject.Size != 0 && target.Size != subject.Size:
		return refused(ReasonOtherSubject, "it is a signature of a manifest of %d bytes, and this one has %d",
			target.Size, subject.Size)
	}
	return nil
}

// trust sets what is true because an authority is trusted. Of several authorities, the first one that verifies the
// signature counts, else the one that came closest.
func (r *Result) trust(signer *signature.SignerInfo, authorities []Authority, now time.Time) error {
	chain := signer.CertificateChain
	var closest *Error
	for index, authority := range authorities {
		if !authority.trusts(chain) {
			continue
		}
		identity, err := authority.match(chain[0])
		if err != nil {
			if closest == nil {
				closest = refused(ReasonIdentity, "the certificate of %s is from a trusted authority, but %s", r.Subject, err)
			}
			continue
		}
		refusal := r.valid(signer, authority, now)
		if refusal == nil {
			r.Authority, r.Identity = index, identity
			return nil
		}
		if closest == nil || closest.Reason == ReasonIdentity {
			closest = refusal
		}
	}
	if closest != nil {
		return closest
	}
	if len(authorities) == 0 {
		return refused(ReasonUntrusted, "it is a signature of Notation, and none of its authorities is trusted; the "+
			"certificate is of %s, issued by %s", r.Subject, r.Issuer)
	}
	root := chain[len(chain)-1]
	return refused(ReasonUntrusted, "the certificate was issued by %s, and its chain leads to none of the given "+
		"authorities; it ends at %s, whose certificate has the SHA-256 %x",
		r.Issuer, root.Subject.String(), sha256.Sum256(root.Raw))
}

// valid checks expiry, and that the certificates were valid when it counts: when the signature is proven to be made,
// and else now.
func (r *Result) valid(signer *signature.SignerInfo, authority Authority, now time.Time) *Error {
	if !r.Expiry.IsZero() && !now.Before(r.Expiry) {
		return refused(ReasonExpired, "the signature expired at %s", rfc3339(r.Expiry))
	}
	chain := signer.CertificateChain
	if signer.SignedAttributes.SigningScheme == signature.SigningSchemeX509SigningAuthority {
		if err := chainValidAt(chain, r.Time, r.Time); err != nil {
			return refused(ReasonExpired, "when it was signed, at %s, %s", rfc3339(r.Time), err)
		}
		r.SignedAt = r.Time
		return nil
	}
	token := signer.UnsignedAttributes.TimestampSignature
	if len(token) > 0 {
		stamp, err := verifyTimestamp(token, signer.Signature, authority)
		if err == nil {
			if err := chainValidAt(chain, stamp.Time.Add(-stamp.Accuracy), stamp.Time.Add(stamp.Accuracy)); err != nil {
				return refused(ReasonExpired, "at the time of its time stamp, %s, %s", rfc3339(stamp.Time), err)
			}
			r.Timestamps, r.SignedAt = []Timestamp{stamp}, stamp.Time
			return nil
		}
		if invalid := chainValidAt(chain, now, now); invalid != nil {
			return refused(ReasonNoTime, "%s, and the time stamp does not prove that it was signed before: %s", invalid, err)
		}
		return nil // it is valid without its time stamp, which anybody could have added
	}
	if err := chainValidAt(chain, now, now); err != nil {
		return refused(ReasonExpired, "%s, and no time stamp proves when it was signed", err)
	}
	return nil
}

// chainValidAt returns an error unless all certificates are valid from a time to another.
func chainValidAt(chain []*x509.Certificate, from, to time.Time) error {
	for _, certificate := range chain {
		if err := validAt(certificate, from, to); err != nil {
			return err
		}
	}
	return nil
}

// attributeName returns the name of an attribute, which COSE may have as a number.
func attributeName(name any) string { return oneLine(fmt.Sprint(name)) }
