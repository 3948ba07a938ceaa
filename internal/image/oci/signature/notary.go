package signature

import (
	"errors"
	"fmt"
	"time"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/notation"
)

// VerifyNotation sets whether one of Notation's authorities that are trusted has signed, and that it is about the
// subject, which is known without trust.
func VerifyNotation(statement *image.Statement, envelope []byte, mediaType string, subject digest.Digest,
	trust *Trust) {
	statement.Kind = image.KindSignature
	claims, err := notation.Read(envelope, mediaType)
	if err == nil {
		statement.Claimed = &image.Signer{CertificateIssuer: known(claims.Issuer),
			SubjectAlternativeName: known(claims.Subject)}
	}
	var authorities []notation.Authority
	if trust != nil {
		authorities = trust.notation
	}
	verified, err := notation.Verify(envelope, mediaType, ocispec.Descriptor{Digest: subject}, authorities, time.Now())
	if failure, is := errors.AsType[*notation.Error](err); is {
		if trust != nil || failure.Reason != notation.ReasonUntrusted {
			statement.Fails(string(failure.Reason), failure.Error(), trust != nil)
		}
		return
	}
	if err != nil { // never: but what is not known must not pass for verified
		statement.Fails(image.ReasonUnreadable, oneLine(err.Error()), trust != nil)
		return
	}
	statement.Verified, statement.Signer, statement.Claimed = new(true), statement.Claimed, nil
	statement.Matched = new(fmt.Sprintf("notation[%d] %s", verified.Authority, oneLine(verified.Identity)))
	for _, stamp := range verified.Timestamps {
		statement.Timestamps = append(statement.Timestamps, image.Timestamp{
			Type: "TimestampAuthority", URI: oneLine(stamp.Authority), Timestamp: image.InstantOf(&stamp.Time)})
	}
	if !verified.SignedAt.IsZero() {
		statement.SignedAt = image.InstantOf(&verified.SignedAt)
	}
	for name, value := range verified.Target.Annotations {
		if statement.Annotations == nil {
			statement.Annotations = map[string]string{}
		}
		statement.Annotations[oneLine(name)] = oneLine(value)
	}
}
