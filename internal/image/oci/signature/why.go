package signature

import (
	"encoding/base64"
	"encoding/hex"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	"github.com/sigstore/sigstore-go/pkg/verify"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// why finds out what an error of Sigstore's library means. The library's errors have no types, so that its steps are
// taken once more, in its order.
func (t *Trust) why(verifier *verify.Verifier, entity *bundle.Bundle, trusted *trustedRoot, err error) *Failure {
	logged, notLogged := verifier.VerifyTransparencyLogInclusion(entity)
	if notLogged != nil {
		return trusted.notLogged(entity, notLogged)
	}
	times, noTime := verifier.VerifyObserverTimestamps(entity, logged)
	if noTime != nil {
		return trusted.fails(image.ReasonNoTime, "too few times of it are proven: %s", said(noTime))
	}
	content, unread := entity.VerificationContent()
	if unread != nil {
		return fails(image.ReasonUnreadable, "its certificate cannot be read: %s", said(unread))
	}
	leaf := content.Certificate()
	if leaf == nil {
		return fails(image.ReasonTampered, "%s", said(err))
	}
	for _, at := range times {
		chains, untrusted := verify.VerifyLeafCertificate(at.Timestamp, leaf, trusted.TrustedRoot)
		switch {
		case untrusted != nil && !content.ValidAtTime(at.Timestamp, trusted.TrustedRoot):
			when := "it was signed at"
			if t.require.time == 0 {
				when = "require.time is 0, and the clock of this machine says"
			}
			return fails(image.ReasonExpired, "its certificate was valid from %s to %s, and %s %s", moment(leaf.NotBefore),
				moment(leaf.NotAfter), when, moment(at.Timestamp))
		case untrusted != nil:
			return trusted.fails(image.ReasonUntrusted, "no trusted root has issued its certificate, whose issuer is %s",
				oneLine(leaf.Issuer.String()))
		}
		if t.require.certificateLog == 0 {
			continue
		}
		if unlogged := verify.VerifySignedCertificateTimestamp(chains, t.require.certificateLog,
			trusted.TrustedRoot); unlogged != nil {
			return trusted.fails(image.ReasonUntrusted, "too few trusted certificate logs have its certificate: %s",
				said(unlogged))
		}
	}
	return fails(image.ReasonTampered, "the signature is not that of the content: %s", said(err))
}

func moment(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// notLogged finds out why no log entry counts.
func (r *trustedRoot) notLogged(entity verify.SignedEntity, err error) *Failure {
	entries, unread := entity.TlogEntries()
	content, _ := entity.VerificationContent()
	if unread != nil {
		return fails(image.ReasonUnreadable, "its log entry cannot be read: %s", said(unread))
	}
	isKnown := false
	for _, entry := range entries {
		log, ok := r.RekorLogs()[hex.EncodeToString([]byte(entry.LogKeyID()))]
		if !ok {
			continue
		}
		isKnown = true
		at := entry.IntegratedTime()
		switch {
		case entry.HasInclusionPromise() && tlog.VerifySET(entry, map[string]*root.TransparencyLog{
			hex.EncodeToString([]byte(entry.LogKeyID())): log}) != nil:
			return fails(image.ReasonTampered, "the promise of the log %s is not that log's", oneLine(log.BaseURL))
		case content != nil && content.Certificate() != nil && !at.IsZero() && !content.ValidAtTime(at, r.TrustedRoot):
			leaf := content.Certificate()
			return fails(image.ReasonExpired, "its certificate was valid from %s to %s, and it was logged at %s",
				moment(leaf.NotBefore), moment(leaf.NotAfter), moment(at))
		}
	}
	switch {
	case len(entries) == 0:
		return fails(image.ReasonNotLogged, "it has no entry of a transparency log")
	case !isKnown:
		return r.fails(image.ReasonUntrusted, "no trusted root has its log, whose id is %x", entries[0].LogKeyID())
	case len(entries) < maxProofs && isTooFew(err):
		return fails(image.ReasonNotLogged, "too few logs have it: %s", said(err))
	}
	return fails(image.ReasonTampered, "its log entry does not fit: %s", said(err))
}

// isTooFew reports whether the library has found entries to be valid, and fewer than it should.
func isTooFew(err error) bool {
	const text = "not enough verified log entries"
	return len(err.Error()) >= len(text) && err.Error()[:len(text)] == text
}

// fails returns a failure for which an outdated root may be the reason.
func (r *trustedRoot) fails(reason, text string, values ...any) *Failure {
	failure := fails(reason, text, values...)
	if r.isPublicGood {
		failure.Err = &outdatedError{failure.Err}
	}
	return failure
}

// An outdatedError says how old the root is that is built in.
type outdatedError struct{ error }

func (e *outdatedError) Error() string {
	return e.error.Error() + ` ("public-good" is Sigstore's root of ` + PublicGoodDate + `: if the log or authority is ` +
		`newer, give the text of a newer trusted_root.json in trusted_roots)`
}

func (e *outdatedError) Unwrap() error { return e.error }

// encodedHint returns the name that tools give to a key in a bundle.
func encodedHint(sum []byte) string { return base64.StdEncoding.EncodeToString(sum) }
