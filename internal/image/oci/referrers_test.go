package oci

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
)

// A registry lists referrers in any order, and the next time in another one.
func TestReferrers_areInAnOrderOfTheirOwn(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:1", imageFor(t, "linux/amd64"))
	one, two, three := "sha256:"+strings.Repeat("1", 64), "sha256:"+strings.Repeat("2", 64), "sha256:"+
		strings.Repeat("3", 64)
	listed := func(kind, digest string) string {
		return fmt.Sprintf(
			`{"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":%q,"digest":%q,"size":1}`, kind, digest)
	}
	entries := []string{listed("b/b", two), listed("b/b", one), listed("a/a", three)}
	for range 2 {
		slices.Reverse(entries)
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(r.URL.Path, "/referrers/") {
				w.Header().Set("Content-Type", "application/vnd.oci.image.index.v1+json")
				fmt.Fprintf(w, `{"schemaVersion":2,"manifests":[%s]}`, strings.Join(entries, ","))
				return true
			}
			return false
		})
		got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1",
			Options{Include: []string{IncludeReferrers}})
		if err != nil {
			t.Fatal(err)
		}
		var digests []string
		for _, statement := range got.Attestations {
			digests = append(digests, text(statement.Digest))
		}
		if !slices.Equal(digests, []string{three, one, two}) {
			t.Errorf("of %v the order is %v", entries, digests)
		}
	}
}

// What a key has signed as another kind of thing is no statement about an image, whatever it looks like.
func TestEnvelope_ofAnotherTypeIsNoStatement(t *testing.T) {
	t.Parallel()
	s, subject := newECDSA(t), digest.FromString("app")
	for kind, words := range map[string]string{payloadInToto: "",
		"application/json": "whose subject is unknown"} {
		signed, failure := signature.ReadEnvelope(s.envelopeOf(t, kind, statementFor("https://in-toto.io/Statement/v1",
			subject.String(), "x")), nil)
		if words != "" {
			mention(t, failure, words)
			continue
		}
		if failure != nil {
			t.Fatal(failure)
		}
		statement := &image.Statement{}
		signed.Verify(statement, subject, trusting(t, s.public))
		if statement.Verified == nil || !*statement.Verified {
			t.Errorf("%+v", statement)
		}
	}
}
