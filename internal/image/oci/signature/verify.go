package signature

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/opencontainers/go-digest"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	"github.com/sigstore/sigstore-go/pkg/verify"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// Verify sets whether one of those that are trusted has signed, and that it is about the subject, which is known
// without trust. A nil trust verifies no more than that.
func (s *Signed) Verify(statement *image.Statement, subject digest.Digest, trust *Trust) {
	if s.content.of(subject) == nil {
		failure := s.content.other()
		statement.Fails(failure.Reason, failure.Error(), trust != nil)
		return
	}
	if trust == nil {
		return
	}
	found, failure := trust.verify(s, subject)
	if failure != nil {
		statement.Fails(failure.Reason, failure.Error(), true)
		return
	}
	statement.Verified, statement.Matched, statement.Annotations = new(true), &found.matched,
		s.content.of(subject).annotations
	statement.Signer, statement.Claimed, statement.LogIndex = found.signer, nil, found.logIndex
	for _, stamp := range found.times {
		statement.Timestamps = append(statement.Timestamps, image.Timestamp{
			Type: stamp.Type, URI: oneLine(stamp.URI), Timestamp: image.InstantOf(&stamp.Timestamp),
		})
	}
	if len(statement.Timestamps) > 0 {
		statement.SignedAt = statement.Timestamps[0].Timestamp
	}
}

// A verdict is what is known of a valid signature.
type verdict struct {
	matched  string
	signer   *image.Signer
	times    []verify.TimestampVerificationResult
	logIndex *int64
}

// verify verifies a signature with the keys, and with the certificates of the roots.
func (t *Trust) verify(s *Signed, subject digest.Digest) (*verdict, *Failure) {
	about := func() verify.ArtifactPolicyOption {
		if s.artifact != nil {
			return verify.WithArtifact(bytes.NewReader(s.artifact))
		}
		raw, _ := hex.DecodeString(subject.Encoded()) // a digest is valid
		return verify.WithArtifactDigest(subject.Algorithm().String(), raw)
	}
	failure := fails(image.ReasonUntrusted, "it was not made with any of the public keys")
	for _, key := range t.keys {
		found, unfit := t.byKey(s.entity, about, key)
		if unfit == nil {
			return found, nil
		}
		if unfit.Reason != image.ReasonUntrusted {
			failure = unfit
		}
	}
	content, err := s.entity.VerificationContent()
	switch {
	case err != nil:
		return nil, fails(image.ReasonUnreadable, "its certificate cannot be read: %s", said(err))
	case s.proofs != nil && len(t.roots) > 0:
		return nil, s.proofs
	case content.Certificate() == nil && len(t.keys) == 0:
		return nil, fails(image.ReasonUntrusted, "it was made with a key, and no public key is trusted")
	case content.Certificate() == nil:
		return nil, failure
	case len(t.roots) == 0 && failure.Reason == image.ReasonUntrusted:
		return nil, fails(image.ReasonUntrusted, "it was made with a certificate (keyless), and no root is trusted: add "+
			"trusted_roots and identities if the signer may be trusted")
	}
	for index, trusted := range t.roots {
		found, unfit := t.byCertificate(s.entity, about, trusted)
		if unfit == nil {
			return found, nil
		}
		// Of several roots that one counts which has issued the certificate.
		if index == 0 || unfit.Reason != image.ReasonUntrusted {
			failure = unfit
		}
	}
	return nil, failure
}

// maxDifferences is how many identities an error compares with a certificate.
const maxDifferences = 3

// A keySigned is a bundle that is verified with a key, whatever certificate it has.
type keySigned struct{ *bundle.Bundle }

// VerificationContent returns a key without a name: one key is tried at a time.
func (keySigned) VerificationContent() (verify.VerificationContent, error) {
	return &bundle.PublicKey{}, nil
}

func (t *Trust) byKey(entity *bundle.Bundle, about func() verify.ArtifactPolicyOption, key trustedKey) (*verdict,
	*Failure) {
	found := &verdict{matched: fmt.Sprintf("public_keys[%d] %s", key.index, key.Fingerprint)}
	options := []verify.VerifierOption{verify.WithNoObserverTimestamps(), verify.WithoutStatementPredicate()}
	verifier, err := verify.NewVerifier(key.material(), options...)
	if err != nil {
		return nil, fails(image.ReasonUnsupported, "%s", said(err))
	}
	if _, err := verifier.Verify(keySigned{entity}, verify.NewPolicy(about(), verify.WithKey())); err != nil {
		if madeWith(entity, key) {
			return nil, fails(image.ReasonTampered, "it names %s, which did not sign this content: %s", found.matched,
				said(err))
		}
		return nil, fails(image.ReasonUntrusted, "it was not made with %s", found.matched)
	}
	if t.require.keyLog == 0 {
		return found, nil
	}
	failure := fails(image.ReasonNotLogged, "no trusted log has it")
	for _, trusted := range t.roots {
		material := root.TrustedMaterialCollection{key.material(), trusted.TrustedRoot}
		verifier, err := verify.NewVerifier(material, append(options, verify.WithTransparencyLog(t.require.keyLog))...)
		if err != nil {
			return nil, fails(image.ReasonUnsupported, "%s", said(err))
		}
		if _, err := verifier.VerifyTransparencyLogInclusion(keySigned{entity}); err != nil {
			failure = trusted.notLogged(keySigned{entity}, err)
			continue
		}
		found.logIndex = indexOf(keySigned{entity}, material)
		return found, nil
	}
	return nil, failure
}

// madeWith reports whether a bundle itself says that it was made with a key: by the key's digest, or in a log entry.
func madeWith(entity *bundle.Bundle, key trustedKey) bool {
	sum, err := hex.DecodeString(key.Fingerprint[len("sha256:"):])
	if err == nil && entity.GetVerificationMaterial().GetPublicKey().GetHint() == encodedHint(sum) {
		return true
	}
	entries, _ := entity.TlogEntries()
	for _, entry := range entries {
		if (&bundle.PublicKey{}).CompareKey(entry.PublicKey(), key.material()) {
			return true
		}
	}
	return false
}

func (t *Trust) byCertificate(entity *bundle.Bundle, about func() verify.ArtifactPolicyOption,
	trusted *trustedRoot) (*verdict, *Failure) {
	options := []verify.VerifierOption{verify.WithoutStatementPredicate()}
	if t.require.log > 0 {
		options = append(options, verify.WithTransparencyLog(t.require.log))
	}
	if t.require.certificateLog > 0 {
		options = append(options, verify.WithSignedCertificateTimestamps(t.require.certificateLog))
	}
	if t.require.time > 0 {
		options = append(options, verify.WithObserverTimestamps(t.require.time))
	} else {
		options = append(options, verify.WithCurrentTime())
	}
	verifier, err := verify.NewVerifier(trusted.TrustedRoot, options...)
	if err != nil {
		return nil, fails(image.ReasonUnsupported, "%s", said(err))
	}
	// The identity is compared after all else, so that its failure is told from that of a certificate.
	verified, err := verifier.Verify(entity, verify.NewPolicy(about(), verify.WithoutIdentitiesUnsafe()))
	if err != nil {
		return nil, t.why(verifier, entity, trusted, err)
	}
	if verified.Signature == nil || verified.Signature.Certificate == nil {
		return nil, fails(image.ReasonUntrusted, "it has no certificate")
	}
	certified := *verified.Signature.Certificate
	var differences []string
	for index, identity := range t.identities {
		differs := identity.Verify(certified)
		if differs == nil {
			found := &verdict{matched: fmt.Sprintf("identities[%d] %s", index, oneLine(certified.SubjectAlternativeName)),
				signer: signerIn(certified), times: verified.VerifiedTimestamps}
			if t.require.log > 0 {
				found.logIndex = indexOf(entity, trusted)
			}
			return found, nil
		}
		if index < maxDifferences {
			differences = append(differences, fmt.Sprintf("identities[%d]: %s", index, said(differs)))
		}
	}
	return nil, fails(image.ReasonIdentity, "it was signed by %s (issuer %s), and none of the identities is that: %s",
		oneLine(certified.SubjectAlternativeName), oneLine(certified.Issuer), strings.Join(differences, "; "))
}

// indexOf returns the index of the first log entry that is valid by itself, nil if there is none. Sigstore's library
// leaves out entries of unknown logs, which may say anything.
func indexOf(entity verify.SignedEntity, trusted root.TrustedMaterial) *int64 {
	entries, err := entity.TlogEntries()
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		if _, err := verify.VerifyTlogEntry(logged{entity, entry}, trusted, 1, false); err == nil {
			return new(entry.LogIndex())
		}
	}
	return nil
}

// A logged is a bundle with one of its log entries.
type logged struct {
	verify.SignedEntity
	entry *tlog.Entry
}

// TlogEntries returns the entry.
func (l logged) TlogEntries() ([]*tlog.Entry, error) { return []*tlog.Entry{l.entry}, nil }
