package notation

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	gocose "github.com/veraison/go-cose"
)

func TestVerify_headersAndPayloadsDecideTheReason(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	tests := []struct {
		what   string
		change func(*header)
		reason Reason
		says   string
	}{
		{"as it should be", func(*header) {}, "", ""},
		{"scheme", func(h *header) { h.values[headerScheme] = "notary.x510" }, ReasonUnsupported, "notary.x510"},
		{"no scheme", func(h *header) { delete(h.values, headerScheme); h.values[h.key("crit")] = []any{headerTime} },
			ReasonUnsupported, "signing scheme"},
		{"type", func(h *header) { h.values[h.key("cty")] = "application/json" }, ReasonUnsupported, "application/json"},
		{"critical", func(h *header) {
			h.values["com.example.rule"] = "x"
			h.values[h.key("crit")] = []any{headerScheme, "com.example.rule"}
		}, ReasonUnsupported, "com.example.rule"},
		{"not critical", func(h *header) { h.values["com.example.note"] = "x" }, "", ""},
		{"plugin", func(h *header) {
			h.values[headerPlugin] = "com.example.plugin"
			h.values[h.key("crit")] = []any{headerScheme, headerPlugin}
		}, ReasonUnsupported, "plugin"},
		{"plugin that is not critical", func(h *header) { h.values[headerPlugin] = "x" }, ReasonUnsupported, "plugin"},
		{"expiry that is not critical", func(h *header) {
			h.values[headerExpiry] = now.Add(time.Hour).Format(time.RFC3339)
			if h.mediaType == MediaTypeCOSE {
				h.values[headerExpiry] = cbor.Tag{Number: 1, Content: now.Unix() + 3600}
			}
		}, ReasonUnreadable, "critical"},
		{"no time", func(h *header) { delete(h.values, headerTime) }, ReasonNoTime, "does not say when"},
		{"no time by an authority", func(h *header) {
			delete(h.values, headerTime)
			h.values[headerScheme] = "notary.x509.signingAuthority"
		}, ReasonNoTime, "does not say when"},
		{"payload", func(h *header) { h.payload = "junk" }, ReasonUnreadable, "JSON"},
		{"payload with more after it", func(h *header) { h.payload += "{}" }, ReasonUnreadable, "JSON"},
		{"payload without artifact", func(h *header) { h.payload = "{}" }, ReasonUnreadable, "no artifact"},
		{"payload without digest", func(h *header) { h.payload = `{"targetArtifact":{"digest":"sha256:1"}}` },
			ReasonUnreadable, "no digest"},
		{"deep payload", func(h *header) { h.payload = strings.Repeat("[", 100_000) }, ReasonUnreadable, "JSON"},
		{"foreign text", func(h *header) { h.values[headerScheme] = "a\nb\x1b[31m" + strings.Repeat("c", 10_000) },
			ReasonUnsupported, "a"},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			inBoth(t, func(t *testing.T, mediaType string) {
				h := newHeader(mediaType)
				test.change(&h)
				_, err := Verify(signRaw(t, signer, h), mediaType, image, trusting(t, []string{authority.pem()}), now)
				if test.reason == "" {
					if err != nil {
						t.Error(err)
					}
					return
				}
				wantReason(t, err, test.reason, test.says)
				if len(err.Error()) > 1000 {
					t.Errorf("error has %d bytes", len(err.Error()))
				}
			})
		})
	}
}

func TestVerify_otherAlgorithmsAreUnsupported(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	for _, algorithm := range []string{"none", "HS256", "RS256", "EdDSA", ""} {
		h := newHeader(MediaTypeJWS)
		h.values["alg"] = algorithm
		_, err := Verify(signRaw(t, signer, h), MediaTypeJWS, image, trusting(t, []string{authority.pem()}), now)
		wantReason(t, err, ReasonUnsupported, "algorithm")
	}
	h := newHeader(MediaTypeJWS)
	h.values["alg"] = "ES384"
	_, err := Verify(signRaw(t, signer, h), MediaTypeJWS, image, trusting(t, []string{authority.pem()}), now)
	wantReason(t, err, ReasonUnsupported, "certificate's key")
	// A key that Notation does not know.
	for _, generate := range []func() (crypto.Signer, error){
		func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P224(), rand.Reader) },
		func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 1024) },
	} {
		key, err := generate()
		if err != nil {
			t.Fatal(err)
		}
		weak := certify(t, &authority, key, &x509.Certificate{
			Subject: name, KeyUsage: x509.KeyUsageDigitalSignature, NotBefore: now.Add(-day), NotAfter: now.Add(day),
		})
		inBoth(t, func(t *testing.T, mediaType string) {
			text := replaceChain(t, mediaType, signRaw(t, signer, newHeader(mediaType)), weak.chain...)
			_, err := Verify(text, mediaType, image, trusting(t, []string{authority.pem()}), now)
			wantReason(t, err, ReasonUnsupported, "key")
		})
	}
}

func TestVerify_tamperedSignatureIsRefused(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	authorities := trusting(t, []string{authority.pem()})
	jws, cose := sign(t, MediaTypeJWS, signer), sign(t, MediaTypeCOSE, signer)
	other := `{"targetArtifact":{"mediaType":"` + manifestType + `","digest":"` + image.Digest.String() +
		`","size":5,"annotations":{"build":"43"}}}`
	wantTampered := func(what, mediaType string, text []byte) {
		t.Helper()
		t.Log(what)
		for _, given := range [][]Authority{authorities, nil} {
			_, err := Verify(text, mediaType, image, given, now)
			wantReason(t, err, ReasonTampered)
		}
	}
	wantTampered("payload", MediaTypeJWS, changeJWS(t, jws, func(e map[string]any) {
		e["payload"] = base64.RawURLEncoding.EncodeToString([]byte(other))
	}))
	wantTampered("signature", MediaTypeJWS, changeJWS(t, jws, func(e map[string]any) {
		e["signature"] = base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{1}, 64))
	}))
	wantTampered("no signature", MediaTypeJWS, changeJWS(t, jws, func(e map[string]any) { delete(e, "signature") }))
	wantTampered("header", MediaTypeJWS, changeJWS(t, jws, func(e map[string]any) {
		e["protected"] = base64.RawURLEncoding.EncodeToString(toJSON(t, map[string]any{
			"alg": "ES256", "cty": mediaTypePayload, "crit": []string{headerScheme}, headerScheme: "notary.x509",
			headerTime: "2020-01-01T00:00:00Z",
		}))
	}))
	wantTampered("payload", MediaTypeCOSE, changeCOSE(t, cose, func(m *gocose.Sign1Message) { m.Payload = []byte(other) }))
	wantTampered("signature", MediaTypeCOSE, changeCOSE(t, cose, func(m *gocose.Sign1Message) { m.Signature[3] ^= 1 }))
	wantTampered("header", MediaTypeCOSE, changeCOSE(t, cose, func(m *gocose.Sign1Message) {
		m.Headers.RawProtected = nil
		m.Headers.Protected[headerTime] = cbor.Tag{Number: 1, Content: 1}
	}))
	// About another image and tampered with: what needs no cryptography comes first.
	_, err := Verify(changeJWS(t, jws, func(e map[string]any) {
		e["payload"] = base64.RawURLEncoding.EncodeToString([]byte(strings.ReplaceAll(other, image.Digest.String(),
			"sha256:"+strings.Repeat("0", 64))))
	}), MediaTypeJWS, image, authorities, now)
	wantReason(t, err, ReasonOtherSubject)
}

func TestVerify_junkIsUnreadable(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	jws, cose := sign(t, MediaTypeJWS, signer), sign(t, MediaTypeCOSE, signer)
	unset := func(keys ...string) []byte {
		return changeJWS(t, jws, func(e map[string]any) {
			for _, key := range keys {
				delete(e, key)
			}
		})
	}
	tests := []struct {
		mediaType string
		text      []byte
	}{
		{MediaTypeJWS, nil}, {MediaTypeCOSE, nil}, {MediaTypeJWS, []byte("null")}, {MediaTypeJWS, []byte(`"x"`)},
		{MediaTypeJWS, cose}, {MediaTypeCOSE, jws}, {MediaTypeCOSE, []byte{0xd2, 0x84}}, {MediaTypeCOSE, cose[:len(cose)/2]},
		{MediaTypeJWS, jws[:len(jws)/2]}, {MediaTypeJWS, append(bytes.Clone(jws), '{')},
		{MediaTypeCOSE, append(bytes.Clone(cose), 0)},
		{MediaTypeJWS, unset("protected")}, {MediaTypeJWS, unset("header")}, {MediaTypeJWS, unset("payload")},
		{MediaTypeJWS, []byte(strings.Repeat(`{"a":`, 1_000_000))}, {MediaTypeCOSE, bytes.Repeat([]byte{0x81}, 1_000_000)},
		{MediaTypeJWS, changeJWS(t, jws, func(e map[string]any) { e["header"] = map[string]any{"x5c": [][]byte{{1}}} })},
		{MediaTypeJWS, changeJWS(t, jws, func(e map[string]any) { e["header"] = map[string]any{"x5c": []any{nil}} })},
		{MediaTypeCOSE, changeCOSE(t, cose, func(m *gocose.Sign1Message) { m.Payload = nil })},
		{MediaTypeCOSE, changeCOSE(t, cose, func(m *gocose.Sign1Message) {
			m.Headers.Unprotected[gocose.HeaderLabelX5Chain] = signer.chain[0].Raw
		})},
		{MediaTypeCOSE, changeCOSE(t, cose, func(m *gocose.Sign1Message) {
			m.Headers.Unprotected[gocose.HeaderLabelX5Chain] = []any{[]byte{1}, []byte{2}}
		})},
	}
	for i, test := range tests {
		_, err := Verify(test.text, test.mediaType, image, nil, now)
		t.Log(i, err)
		wantReason(t, err, ReasonUnreadable)
	}
}

func TestVerify_whatIsTooLargeIsNotRead(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	inBoth(t, func(t *testing.T, mediaType string) {
		_, err := Verify(make([]byte, maxEnvelope+1), mediaType, image, nil, now)
		wantReason(t, err, ReasonTooLarge)
		var chain []*x509.Certificate
		for range maxChain + 1 {
			chain = append(chain, authority.chain[0])
		}
		_, err = Verify(replaceChain(t, mediaType, sign(t, mediaType, signer), chain...), mediaType, image, nil, now)
		wantReason(t, err, ReasonTooLarge, "17 certificates")
	})
}

func TestVerify_whatWouldTakeMuchMemoryIsNotDecoded(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	many := strings.Repeat("[],", maxItems) + "[]"
	padded := func(h header) header {
		h.payload = strings.TrimSuffix(h.payload, "}") + `,"more":[` + many + `]}`
		return h
	}
	empty := make([]any, maxItems)
	inHeader := func(mediaType string) header {
		h := newHeader(mediaType)
		h.values["more"] = empty
		return h
	}
	for _, mediaType := range mediaTypes {
		_, err := Verify(signRaw(t, signer, padded(newHeader(mediaType))), mediaType, image, nil, now)
		wantReason(t, err, ReasonTooLarge, "items")
		_, err = Verify(signRaw(t, signer, inHeader(mediaType)), mediaType, image, nil, now)
		wantReason(t, err, ReasonTooLarge, "items")
	}
	_, err := Verify([]byte(`{"header":{"x5c":[`+many+`]}}`), MediaTypeJWS, image, nil, now)
	wantReason(t, err, ReasonTooLarge, "items")
	text := changeCOSE(t, sign(t, MediaTypeCOSE, signer), func(m *gocose.Sign1Message) {
		m.Headers.Unprotected["more"] = empty
	})
	_, err = Verify(text, MediaTypeCOSE, image, nil, now)
	wantReason(t, err, ReasonTooLarge, "items")
	// What is long and has few items is read.
	long := newHeader(MediaTypeJWS)
	long.payload = strings.Replace(long.payload, `"size"`, `"annotations":{"a":"`+strings.Repeat("a", 4<<20)+`"},"size"`, 1)
	for _, mediaType := range mediaTypes {
		h := newHeader(mediaType)
		h.payload = long.payload
		if _, err := Verify(signRaw(t, signer, h), mediaType, image, trusting(t, []string{authority.pem()}), now); err != nil {
			t.Errorf("%s: %v", mediaType, err)
		}
	}
}

func TestVerify_keysThatTakeSecondsAreNotUsed(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	huge := certify(t, &authority, hugeKey{}, &x509.Certificate{Subject: name})
	inBoth(t, func(t *testing.T, mediaType string) {
		text := replaceChain(t, mediaType, sign(t, mediaType, signer), signer.chain[0], huge.chain[0])
		_, err := Verify(text, mediaType, image, nil, now)
		wantReason(t, err, ReasonTooLarge, "16384 bits")
	})
}

// A hugeKey is an RSA key that takes long to make, and is not made: nothing is signed with it.
type hugeKey struct{ crypto.Signer }

func (hugeKey) Public() crypto.PublicKey {
	return &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 16383, 1), E: 65537}
}

func TestVerify_otherMediaTypesAreUnsupported(t *testing.T) {
	for _, mediaType := range []string{"", "application/json", "application/pkcs7-signature", MediaTypeJWS + "; a=b"} {
		_, err := Verify(nil, mediaType, image, nil, now)
		wantReason(t, err, ReasonUnsupported, MediaTypeJWS, MediaTypeCOSE)
	}
}
