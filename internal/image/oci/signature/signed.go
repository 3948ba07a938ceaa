// Package signature verifies who has signed an image: Sigstore's bundles, cosign's signatures and attestations, and
// Notation's signatures, with keys, certificates of Sigstore instances and Notation's authorities. Sigstore's library
// does the cryptography. It imports internal/image and internal/wire, and reads nothing over a network.
package signature

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	"github.com/sigstore/sigstore-go/pkg/bundle"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

const (
	maxText    = 32 << 20 // bytes of a root, and of what is signed
	maxSubject = 1024     // subjects of a statement, which is the limit of Sigstore's library
	maxSaid    = 300      // characters of foreign text that an error repeats
	// maxItems is how many values what is around a predicate may have: two bytes of text take two hundred of memory.
	maxItems = 20_000
)

// isCrowded reports whether JSON has more values than are read, before it takes memory.
func isCrowded(text []byte) bool {
	return bytes.Count(text, []byte(","))+bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) > maxItems
}

// crowded is why such a text is not read.
func crowded(text []byte) *Failure {
	if !json.Valid(text) {
		return fails(image.ReasonUnreadable, "it is not in JSON, or is nested too deeply")
	}
	return fails(image.ReasonTooLarge, "it has more than %d values", maxItems)
}

func oneLine(text string) string { return wire.Cut(wire.OneLine(text), maxSaid) }

// said returns what Sigstore's library said, without what it says of errors that it does not have.
func said(err error) string {
	return oneLine(strings.ReplaceAll(err.Error(), "; error: %!w(<nil>)", ""))
}

// A Failure is why a signature is not valid.
type Failure struct {
	Reason string // one of image.Reasons
	Err    error
}

func (f *Failure) Error() string { return f.Err.Error() }
func (f *Failure) Unwrap() error { return f.Err }

func fails(reason, text string, values ...any) *Failure {
	return &Failure{Reason: reason, Err: fmt.Errorf(text, values...)}
}

// payloadInToto is the type of an envelope's payload that is a statement of in-toto.
const payloadInToto = "application/vnd.in-toto+json"

// statementsInToto are the types of a statement in the versions of in-toto.
var statementsInToto = []string{"https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"}

// A Signed is what was signed, with its signature. It is read and not verified yet.
type Signed struct {
	entity *bundle.Bundle
	// artifact is what a signature of a message is of; nil for an envelope, which holds it.
	artifact []byte
	content  content
	// proofs is what is wrong with a log entry or certificate of cosign's first form, which a key's signature does
	// not need.
	proofs *Failure
}

// A content is what the signed bytes themselves say.
type content struct {
	predicateType string
	predicate     json.RawMessage // nil for an image's signature
	subjects      []about
}

// An about is one subject, with its digests in hexadecimal digits, by algorithm.
type about struct {
	digests     map[string]string
	annotations map[string]string
}

// Predicate returns the type and the content of a statement; an empty type for an image's signature of cosign's first
// form.
func (s *Signed) Predicate() (predicateType string, predicate []byte) {
	return s.content.predicateType, s.content.predicate
}

// ReadBundle reads a Sigstore bundle. What it returns beside a failure can be described, and not verified.
func ReadBundle(text []byte) (*Signed, *Failure) {
	if isCrowded(text) {
		return nil, crowded(text)
	}
	entity := &bundle.Bundle{}
	switch err := entity.UnmarshalJSON(text); {
	case errors.Is(err, bundle.ErrUnsupportedMediaType):
		return nil, fails(image.ReasonUnsupported, "it is a bundle of an unknown version: %s", said(err))
	case len(entity.GetVerificationMaterial().GetTlogEntries()) > maxProofs,
		len(entity.GetVerificationMaterial().GetTimestampVerificationData().GetRfc3161Timestamps()) > maxProofs:
		return nil, fails(image.ReasonTooLarge, "it has more than %d log entries or time stamps", maxProofs)
	case err != nil:
		return nil, fails(image.ReasonUnreadable, "it is no Sigstore bundle: %s", said(err))
	}
	envelope := entity.GetDsseEnvelope()
	if envelope == nil {
		return nil, fails(image.ReasonUnsupported, "it is the signature of a file, as cosign sign-blob makes it: the "+
			"signature of an image says that it is one")
	}
	stated, failure := readStatement(envelope.GetPayloadType(), envelope.GetPayload())
	if failure != nil {
		return nil, failure
	}
	if len(envelope.GetSignatures()) != 1 {
		return &Signed{entity: entity, content: stated}, fails(image.ReasonUnsupported,
			"its envelope has %d signatures: a bundle has exactly one", len(envelope.GetSignatures()))
	}
	return &Signed{entity: entity, content: stated}, nil
}

// ReadStatement reads a statement of in-toto that is not signed, and checks that it is about the subject.
func ReadStatement(text []byte, subject digest.Digest) (predicateType string, predicate []byte, failure *Failure) {
	stated, failure := readStatement(payloadInToto, text)
	switch {
	case failure != nil:
		return "", nil, failure
	case stated.of(subject) == nil:
		return "", nil, stated.other()
	}
	return stated.predicateType, stated.predicate, nil
}

// readStatement reads the payload of an envelope, which is a statement of in-toto.
func readStatement(payloadType string, payload []byte) (content, *Failure) {
	if payloadType != payloadInToto {
		return content{}, fails(image.ReasonUnsupported, "what is signed is a %q, whose subject is unknown",
			oneLine(payloadType))
	}
	var stated struct {
		Type          string          `json:"_type"`
		PredicateType string          `json:"predicateType"`
		Predicate     json.RawMessage `json:"predicate"`
		Subject       subjects        `json:"subject"`
	}
	err := json.Unmarshal(payload, &stated)
	switch {
	case errors.Is(err, errCrowded):
		return content{}, fails(image.ReasonTooLarge, "its subjects have more than %d values", maxItems)
	case err != nil:
		return content{}, fails(image.ReasonUnreadable, "what is signed is no statement of in-toto: %s", said(err))
	}
	switch {
	case !slices.Contains(statementsInToto, stated.Type):
		return content{}, fails(image.ReasonUnsupported, "what is signed is a %q, and no statement of in-toto",
			oneLine(stated.Type))
	case len(stated.Subject) > maxSubject:
		return content{}, fails(image.ReasonTooLarge, "what is signed is about %d subjects: %d are read", len(stated.Subject),
			maxSubject)
	}
	read := content{predicateType: stated.PredicateType, predicate: stated.Predicate}
	for _, subject := range stated.Subject {
		read.subjects = append(read.subjects, about{subject.Digest, texts(subject.Annotations)})
	}
	return read, nil
}

// subjects are the subjects of a statement.
type subjects []oneSubject

type oneSubject struct {
	Digest      map[string]string `json:"digest"`
	Annotations map[string]any    `json:"annotations"`
}

var errCrowded = errors.New("it has too many values")

// UnmarshalJSON refuses so many values that they would take much memory. The predicate, which may have many, is not
// decoded.
func (s *subjects) UnmarshalJSON(text []byte) error {
	if isCrowded(text) {
		return errCrowded
	}
	return json.Unmarshal(text, (*[]oneSubject)(s))
}

// texts returns annotations, nil if there are none. Those that are no texts are in JSON.
func texts(annotations map[string]any) map[string]string {
	var read map[string]string
	for name, value := range annotations {
		text, is := value.(string)
		if !is {
			encoded, err := json.Marshal(value)
			if err != nil {
				continue
			}
			text = string(encoded)
		}
		if read == nil {
			read = map[string]string{}
		}
		read[oneLine(name)] = oneLine(text)
	}
	return read
}

// of returns what the content says of a manifest, nil if it is not about it.
func (c *content) of(subject digest.Digest) *about {
	for index := range c.subjects {
		if c.subjects[index].digests[subject.Algorithm().String()] == subject.Encoded() {
			return &c.subjects[index]
		}
	}
	return nil
}

// other returns the failure of content that is about another image.
func (c *content) other() *Failure {
	if len(c.subjects) == 0 {
		return fails(image.ReasonOtherSubject, "it is about no image: it names no subject")
	}
	for _, algorithm := range []string{"sha256", "sha512"} {
		if encoded := c.subjects[0].digests[algorithm]; encoded != "" {
			return fails(image.ReasonOtherSubject, "it is about another image, %s:%s", algorithm, oneLine(encoded))
		}
	}
	return fails(image.ReasonOtherSubject, "it is about another image")
}

// Describe sets what the signed content and the certificate say, which is not verified yet.
func (s *Signed) Describe(statement *image.Statement) {
	if s.artifact == nil { // an envelope: what is written beside it says nothing, also where it has no type itself
		statement.PredicateType = known(s.content.predicateType)
		statement.Kind = image.KindOfPredicate(s.content.predicateType)
	}
	if s.proofs != nil {
		statement.Warnings = append(statement.Warnings, s.proofs.Error()) // a key may have signed it all the same
	}
	if verification, err := s.entity.VerificationContent(); err == nil && verification.Certificate() != nil {
		statement.Claimed = signerOf(verification.Certificate())
	}
}
