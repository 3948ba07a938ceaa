package notation

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/notaryproject/notation-core-go/signature"
	"github.com/notaryproject/notation-core-go/signature/cose"
	"github.com/notaryproject/notation-core-go/signature/jws"
	gocose "github.com/veraison/go-cose"
)

// Media types of envelopes and of their payload, and the artifact type of their manifest.
const (
	MediaTypeJWS  = jws.MediaTypeEnvelope
	MediaTypeCOSE = cose.MediaTypeEnvelope

	ArtifactType = "application/vnd.cncf.notary.signature"

	mediaTypePayload = "application/vnd.cncf.notary.payload.v1+json"
)

// What is read of an envelope, which anybody may have written.
const (
	maxEnvelope = 32 << 20
	maxChain    = 16
	maxItems    = 100_000 // of JSON or CBOR, each of which takes many times its length in memory
	maxRSA      = 8192    // bits: longer keys take seconds, as in TLS
)

// Names of protected headers, in both kinds of envelope.
const (
	headerScheme        = "io.cncf.notary.signingScheme"
	headerExpiry        = "io.cncf.notary.expiry"
	headerTime          = "io.cncf.notary.signingTime"
	headerAuthenticTime = "io.cncf.notary.authenticSigningTime"
	headerPlugin        = "io.cncf.notary.verificationPlugin"
	headerPluginVersion = "io.cncf.notary.verificationPluginMinVersion"
)

// understood are the critical headers that are obeyed, by JOSE's name or COSE's label.
var understood = []any{
	"alg", "cty", "crit", gocose.HeaderLabelAlgorithm, gocose.HeaderLabelContentType, gocose.HeaderLabelCritical,
	headerScheme, headerExpiry, headerTime, headerAuthenticTime,
}

// An envelope is what has to be known of a signature before the library is asked. The library reads it again, and
// decides: this is read first so that limits come before work, and a reason that needs no trust before one that does.
type envelope struct {
	payload     []byte
	contentType string
	algorithm   signature.Algorithm // 0 for an unknown one
	scheme      signature.SigningScheme
	critical    []any
	plugin      bool // a plugin must verify it
	time        time.Time
	expiry      time.Time
	chain       [][]byte
}

// read reads an envelope.
func read(text []byte, mediaType string) (*envelope, *Error) {
	if len(text) > maxEnvelope {
		return nil, refused(ReasonTooLarge, "the signature has %d bytes, and at most %d are read", len(text), maxEnvelope)
	}
	var e *envelope
	var err error
	switch mediaType {
	case MediaTypeJWS:
		e, err = readJWS(text)
	case MediaTypeCOSE:
		e, err = readCOSE(text)
	default:
		return nil, refused(ReasonUnsupported, "the signature is in an envelope of type %q: there are %s and %s",
			mediaType, MediaTypeJWS, MediaTypeCOSE)
	}
	if errors.Is(err, errItems) {
		return nil, refused(ReasonTooLarge, "the signature has more than %d items", maxItems)
	}
	if err != nil {
		return nil, refused(ReasonUnreadable, "the signature is no %s that can be read: %s", mediaType, err)
	}
	if len(e.chain) > maxChain {
		return nil, refused(ReasonTooLarge, "the signature has a chain of %d certificates, and at most %d are read",
			len(e.chain), maxChain)
	}
	if len(e.chain) == 0 {
		return nil, refused(ReasonUnreadable, "the signature has no certificate")
	}
	return e, nil
}

// A jwsEnvelope is JWS in its flattened form. Its fields, and those of jwsHeader, are those that the library reads.
type jwsEnvelope struct {
	Payload   string `json:"payload"`
	Protected string `json:"protected"`
	Header    struct {
		Chain [][]byte `json:"x5c"`
	} `json:"header"`
}

type jwsHeader struct {
	Algorithm     string     `json:"alg"`
	ContentType   string     `json:"cty"`
	Critical      []string   `json:"crit"`
	Scheme        string     `json:"io.cncf.notary.signingScheme"`
	Time          *time.Time `json:"io.cncf.notary.signingTime"`
	AuthenticTime *time.Time `json:"io.cncf.notary.authenticSigningTime"`
	Expiry        *time.Time `json:"io.cncf.notary.expiry"`
}

var jwsAlgorithms = map[string]signature.Algorithm{
	"PS256": signature.AlgorithmPS256, "PS384": signature.AlgorithmPS384, "PS512": signature.AlgorithmPS512,
	"ES256": signature.AlgorithmES256, "ES384": signature.AlgorithmES384, "ES512": signature.AlgorithmES512,
}

func readJWS(text []byte) (*envelope, error) {
	if manyJSON(text) {
		return nil, errItems
	}
	var outer jwsEnvelope
	if err := json.Unmarshal(text, &outer); err != nil {
		return nil, err
	}
	payload, err := base64.RawURLEncoding.DecodeString(outer.Payload)
	if err != nil {
		return nil, err
	}
	protected, err := base64.RawURLEncoding.DecodeString(outer.Protected)
	if err != nil {
		return nil, err
	}
	if manyJSON(payload) || manyJSON(protected) {
		return nil, errItems
	}
	var header jwsHeader
	if err := json.Unmarshal(protected, &header); err != nil {
		return nil, err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(protected, &all); err != nil {
		return nil, err
	}
	e := &envelope{
		payload: payload, contentType: header.ContentType, algorithm: jwsAlgorithms[header.Algorithm],
		scheme: signature.SigningScheme(header.Scheme), chain: outer.Header.Chain,
	}
	for _, signed := range []*time.Time{header.Time, header.AuthenticTime} {
		if signed != nil {
			e.time = *signed
		}
	}
	if header.Expiry != nil {
		e.expiry = *header.Expiry
	}
	for _, name := range header.Critical {
		e.critical = append(e.critical, name)
	}
	_, named := all[headerPlugin]
	_, versioned := all[headerPluginVersion]
	e.plugin = named || versioned
	return e, nil
}

var coseAlgorithms = map[gocose.Algorithm]signature.Algorithm{
	gocose.AlgorithmPS256: signature.AlgorithmPS256, gocose.AlgorithmES256: signature.AlgorithmES256,
	gocose.AlgorithmPS384: signature.AlgorithmPS384, gocose.AlgorithmES384: signature.AlgorithmES384,
	gocose.AlgorithmPS512: signature.AlgorithmPS512, gocose.AlgorithmES512: signature.AlgorithmES512,
}

func readCOSE(text []byte) (*envelope, error) {
	if manyCBOR(text) {
		return nil, errItems
	}
	var message gocose.Sign1Message
	if err := message.UnmarshalCBOR(text); err != nil {
		return nil, err
	}
	if manyJSON(message.Payload) {
		return nil, errItems
	}
	header := message.Headers.Protected
	e := &envelope{payload: message.Payload}
	if algorithm, err := header.Algorithm(); err == nil {
		e.algorithm = coseAlgorithms[algorithm]
	}
	var err error
	if e.critical, err = header.Critical(); err != nil {
		return nil, err
	}
	e.contentType, _ = header[gocose.HeaderLabelContentType].(string)
	scheme, _ := header[headerScheme].(string)
	e.scheme = signature.SigningScheme(scheme)
	for _, name := range []string{headerTime, headerAuthenticTime} {
		if signed, ok := header[name].(time.Time); ok {
			e.time = signed
		}
	}
	e.expiry, _ = header[headerExpiry].(time.Time)
	e.plugin = header[headerPlugin] != nil || header[headerPluginVersion] != nil
	certificates, _ := message.Headers.Unprotected[gocose.HeaderLabelX5Chain].([]any)
	for _, certificate := range certificates {
		der, ok := certificate.([]byte)
		if !ok {
			return nil, errors.New("a certificate in it is no string of bytes")
		}
		e.chain = append(e.chain, der)
	}
	return e, nil
}

// supported returns an error if the envelope asks for what is not known here.
func (e *envelope) supported() *Error {
	switch {
	case e.scheme != signature.SigningSchemeX509 && e.scheme != signature.SigningSchemeX509SigningAuthority:
		return refused(ReasonUnsupported, "the signature has the signing scheme %q: there are %s and %s",
			string(e.scheme), signature.SigningSchemeX509, signature.SigningSchemeX509SigningAuthority)
	case e.contentType != mediaTypePayload:
		return refused(ReasonUnsupported, "what is signed has the type %q, and not %s", e.contentType, mediaTypePayload)
	case e.algorithm == 0:
		return refused(ReasonUnsupported, "the signature has an algorithm that is none of the Notary Project's")
	case e.plugin:
		return refused(ReasonUnsupported, "the signature asks for a plugin to verify it, and plugins are not run")
	}
	for _, name := range e.critical {
		if !slices.Contains(understood, name) {
			return refused(ReasonUnsupported, "the signature has a critical attribute that is not known here: %s",
				attributeName(name))
		}
	}
	return nil
}

// certificates returns the chain, the certificate that signs first.
func (e *envelope) certificates() ([]*x509.Certificate, *Error) {
	var chain []*x509.Certificate
	for i, der := range e.chain {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, refused(ReasonUnreadable, "certificate %d of the signature's chain cannot be read: %s", i+1, err)
		}
		chain = append(chain, certificate)
	}
	if err := boundKeys(chain); err != nil {
		return nil, refused(ReasonTooLarge, "a certificate of the signature's chain %s", err)
	}
	spec, err := signature.ExtractKeySpec(chain[0])
	if err != nil {
		return nil, refused(ReasonUnsupported, "the certificate's key is none of the Notary Project's: %s", err)
	}
	if spec.SignatureAlgorithm() != e.algorithm {
		return nil, refused(ReasonUnsupported, "the signature's algorithm is not the one for its certificate's key")
	}
	return chain, nil
}
