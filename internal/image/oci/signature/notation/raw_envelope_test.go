package notation

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	gocose "github.com/veraison/go-cose"
)

// replaceChain puts other certificates into an envelope, which are not signed.
func replaceChain(t *testing.T, mediaType string, text []byte, chain ...*x509.Certificate) []byte {
	t.Helper()
	var ders [][]byte
	var list []any
	for _, certificate := range chain {
		ders, list = append(ders, certificate.Raw), append(list, certificate.Raw)
	}
	if mediaType == MediaTypeCOSE {
		return changeCOSE(t, text, func(m *gocose.Sign1Message) { m.Headers.Unprotected[gocose.HeaderLabelX5Chain] = list })
	}
	return changeJWS(t, text, func(e map[string]any) { e["header"].(map[string]any)["x5c"] = ders })
}

func changeJWS(t testing.TB, text []byte, change func(map[string]any)) []byte {
	t.Helper()
	var envelope map[string]any
	if err := json.Unmarshal(text, &envelope); err != nil {
		t.Fatal(err)
	}
	change(envelope)
	return toJSON(t, envelope)
}

func changeCOSE(t testing.TB, text []byte, change func(*gocose.Sign1Message)) []byte {
	t.Helper()
	var message gocose.Sign1Message
	if err := message.UnmarshalCBOR(text); err != nil {
		t.Fatal(err)
	}
	message.Headers.RawUnprotected = nil
	change(&message)
	changed, err := message.MarshalCBOR()
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func toJSON(t testing.TB, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A header has the protected headers of both kinds of envelope, and what is signed. The library signs no bad ones.
type header struct {
	mediaType string
	values    map[any]any
	payload   string
}

// newHeader returns the headers of a good signature.
func newHeader(mediaType string) header {
	h := header{mediaType, map[any]any{headerScheme: "notary.x509"},
		`{"targetArtifact":{"mediaType":"` + manifestType + `","digest":"` + image.Digest.String() + `","size":5}}`}
	if mediaType == MediaTypeJWS {
		h.values["alg"], h.values["cty"], h.values["crit"] = "ES256", mediaTypePayload, []any{headerScheme}
		h.values[headerTime] = now.Format(time.RFC3339)
		return h
	}
	h.values[gocose.HeaderLabelAlgorithm] = gocose.AlgorithmES256
	h.values[gocose.HeaderLabelContentType] = mediaTypePayload
	h.values[gocose.HeaderLabelCritical] = []any{headerScheme}
	h.values[headerTime] = cbor.Tag{Number: 1, Content: now.Unix()}
	return h
}

// key returns the name of a header that COSE has as a number.
func (h header) key(name string) any {
	if h.mediaType == MediaTypeCOSE {
		switch name {
		case "alg":
			return gocose.HeaderLabelAlgorithm
		case "cty":
			return gocose.HeaderLabelContentType
		case "crit":
			return gocose.HeaderLabelCritical
		}
	}
	return name
}

// signRaw signs headers as they are.
func signRaw(t testing.TB, by party, h header) []byte {
	t.Helper()
	if h.mediaType == MediaTypeJWS {
		named := map[string]any{}
		for name, value := range h.values {
			named[name.(string)] = value
		}
		protected := base64.RawURLEncoding.EncodeToString(toJSON(t, named))
		payload := base64.RawURLEncoding.EncodeToString([]byte(h.payload))
		sum := sha256.Sum256([]byte(protected + "." + payload))
		r, s, err := ecdsa.Sign(rand.Reader, by.key.(*ecdsa.PrivateKey), sum[:])
		if err != nil {
			t.Fatal(err)
		}
		raw := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		var chain [][]byte
		for _, certificate := range by.chain {
			chain = append(chain, certificate.Raw)
		}
		return toJSON(t, map[string]any{"protected": protected, "payload": payload,
			"signature": base64.RawURLEncoding.EncodeToString(raw), "header": map[string]any{"x5c": chain}})
	}
	message := gocose.NewSign1Message()
	maps.Copy(message.Headers.Protected, h.values)
	message.Payload = []byte(h.payload)
	algorithm, ok := h.values[gocose.HeaderLabelAlgorithm].(gocose.Algorithm)
	if !ok {
		algorithm = gocose.AlgorithmES256
	}
	signer, err := gocose.NewSigner(algorithm, by.key)
	if err != nil {
		t.Fatal(err)
	}
	if err := message.Sign(rand.Reader, nil, signer); err != nil {
		t.Fatal(err)
	}
	var chain []any
	for _, certificate := range by.chain {
		chain = append(chain, certificate.Raw)
	}
	message.Headers.Unprotected[gocose.HeaderLabelX5Chain] = chain
	text, err := message.MarshalCBOR()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
