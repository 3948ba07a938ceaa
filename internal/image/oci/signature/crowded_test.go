package signature_test

import (
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
)

// Two bytes of text may take two hundred of memory, so that what is small enough to be read may still be too much.
func TestRead_ofMillionsOfSmallValuesNeedsLittleMemory(t *testing.T) { //nolint:paralleltest // it measures the process
	many := "[" + strings.Repeat("{},", 1<<20) + "{}]"
	const bundled = `{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"tlogEntries":`
	enveloped := func(payload, signatures string) string {
		return fmt.Sprintf(`{"payloadType":"application/vnd.in-toto+json","payload":%q,"signatures":%s}`,
			base64.StdEncoding.EncodeToString([]byte(payload)), signatures)
	}
	read := map[string]func([]byte) (*signature.Signed, *signature.Failure){
		"a bundle": signature.ReadBundle,
		"a signature": func(text []byte) (*signature.Signed, *signature.Failure) {
			return signature.ReadCosign(text, nil)
		},
		"an envelope": func(text []byte) (*signature.Signed, *signature.Failure) {
			return signature.ReadEnvelope(text, nil)
		},
	}
	for _, test := range []struct{ form, text, reason string }{
		{"a bundle", bundled + many + "}}", image.ReasonTooLarge},
		{"a bundle", bundled + many, image.ReasonUnreadable},
		{"an envelope", enveloped("{}", many), image.ReasonTooLarge},
		{"an envelope", enveloped(`{"_type":"https://in-toto.io/Statement/v1","subject":`+many+"}", "[{}]"),
			image.ReasonTooLarge},
		{"a signature", `{"critical":{"type":"cosign container image signature"},"optional":{"a":` + many + "}}",
			image.ReasonTooLarge},
	} {
		text := []byte(test.text)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, failure := read[test.form](text)
		runtime.ReadMemStats(&after)
		if failure == nil || failure.Reason != test.reason {
			t.Errorf("%s: %v, want %s", test.form, failure, test.reason)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 {
			t.Errorf("%s of %d MiB takes %d MiB", test.form, len(text)>>20, took>>20)
		}
	}
}

// A statement without a type is no signature, whatever is written beside it.
func TestDescribe_statementWithoutATypeIsWhatItIs(t *testing.T) {
	t.Parallel()
	instance, key := signaturetest.New(t), signaturetest.Key(t, "ours")
	known, failure := signature.ReadBundle(instance.Bundle(t, signaturetest.Statement(subject.String(), "", "{}"),
		signaturetest.Signing{Key: key}))
	if failure != nil {
		t.Fatal(failure)
	}
	s := image.Statement{Kind: image.KindSignature, PredicateType: new(image.PredicateCosignSign)}
	known.Describe(&s)
	known.Verify(&s, subject, trusting(t, signature.Verify{PublicKeys: []string{publicKey(t, key)}}))
	if !*s.Verified || s.Kind != image.KindAttestation || s.PredicateType != nil {
		t.Errorf("%+v", s)
	}
}
