package oci

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// Only the first page says that there is no such API. What a later one says instead of a list cuts the list.
func TestReferrers_laterPageThatIsNoListIsAnError(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400, 404, 405, 406, 501} {
		registry := serveDocuments(t)
		app := registry.image(t, "a", "linux/amd64")
		registry.stored["1"] = registry.stored[app.Digest.String()]
		registry.index(t, tagFor(app.Digest)) // the list under the tag is empty
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			switch {
			case !strings.Contains(r.URL.Path, "/referrers/"):
				return false
			case r.URL.Query().Has("page"):
				http.Error(w, "<html>no</html>", status)
				return true
			}
			w.Header().Set("Link", `<?page=2>; rel="next"`)
			w.Header().Set("Content-Type", ocispec.MediaTypeImageIndex)
			_, _ = w.Write([]byte(asJSON(ocispec.Index{Manifests: []ocispec.Descriptor{{Digest: digestOfNothing}}})))
			return true
		})
		_, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeReferrers}})
		if mention(t, err, "what refers to"); status != http.StatusOK {
			mention(t, err, fmt.Sprint(status))
		}
	}
}

// A signature that cannot be read for a moment is not one that is broken. One that is lost is listed with its error.
func TestReferrers_registryThatFailsIsNoLostSignature(t *testing.T) {
	t.Parallel()
	for status, isContent := range map[int]bool{404: true, 410: true, 400: false, 401: false, 403: false, 408: false,
		429: false, 500: false, 503: false} {
		for _, of := range []string{"the manifest", "the bundle", "cosign's layer", "an attestation in the index"} {
			registry, s := serveDocuments(t), newECDSA(t)
			attestation := attesting(registry.image(t, "x", "unknown/unknown"))
			app := registry.index(t, "1", on("linux/amd64", registry.image(t, "a", "linux/amd64")), attestation)
			entry := typed(bundleV03, registry.signedBundle(t, s, app, bundleV03, ocispec.MediaTypeEmptyJSON))
			layer := registry.simpleSignature(t, s, app)
			registry.index(t, tagFor(app.Digest), entry)
			registry.put(t, ocispec.MediaTypeImageManifest, ocispec.Manifest{Layers: []ocispec.Descriptor{layer}},
				cosignTag(app.Digest)+formSignature)
			fails := map[string]string{"the manifest": entry.Digest.String(), "cosign's layer": layer.Digest.String(),
				"the bundle":                  digest.FromString(s.bundleAbout(t, app.Digest)).String(),
				"an attestation in the index": attestation.Digest.String()}[of]
			var failed atomic.Bool
			registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
				is := strings.HasSuffix(r.URL.Path, fails) || of == "the bundle" && strings.Contains(r.URL.Path, "/blobs/") &&
					!strings.HasSuffix(r.URL.Path, layer.Digest.String())
				if is {
					failed.Store(true)
				}
				return is && refuse(w, status, "", "")
			})
			got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Trust: trusting(t, s.public)})
			switch {
			case !failed.Load():
				t.Errorf("%s was not asked for", of)
			case !isContent:
				mention(t, err, fmt.Sprint(status))
			case err != nil || !strings.Contains(fmt.Sprint(short(got.Signatures), short(got.Attestations)), fmt.Sprint(status)):
				t.Errorf("%d for %s: %v, %v", status, of, err, short(got.Signatures))
			}
		}
	}
}

// Signatures that may be there are not an empty list, which says that there are none. Attestations are a list all the
// same: nothing is compared with them.
func TestReferrers_listThatCannotBeReadIsNotEmpty(t *testing.T) {
	t.Parallel()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "for people", http.StatusTooManyRequests)
	}))
	t.Cleanup(page.Close)
	registry, s := serveDocuments(t), newECDSA(t)
	app := registry.image(t, "a", "linux/amd64")
	registry.stored["1"] = registry.stored[app.Digest.String()]
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		isList := strings.Contains(r.URL.Path, "/referrers/")
		if isList {
			http.Redirect(w, r, page.URL, http.StatusSeeOther)
		}
		return isList
	})
	options := Options{Trust: trusting(t, s.public)}
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", options)
	if err != nil || got.Signatures != nil || got.Attestations == nil {
		t.Errorf("%v, %v, %v", got.Signatures, got.Attestations, err)
	}
	registry.put(t, ocispec.MediaTypeImageManifest, ocispec.Manifest{
		Layers: []ocispec.Descriptor{registry.simpleSignature(t, s, app)}}, cosignTag(app.Digest)+formSignature)
	wantStatements(t, "under cosign's tag", signaturesOf(t, registry.served, "app:1", s.public), "signature cosign: "+good)
}

// What a registry says of one subject does not hold for the next one, unless it says that it has no such API.
func TestReferrers_answerForOneSubjectIsNotThatForAnother(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		once   bool
	}{
		{"none for it", func(w http.ResponseWriter, _ *http.Request) { refuse(w, 404, "MANIFEST_UNKNOWN", "") }, false},
		{"another digest", func(w http.ResponseWriter, _ *http.Request) { refuse(w, 400, "DIGEST_INVALID", "") }, false},
		{"another type", func(w http.ResponseWriter, _ *http.Request) { refuse(w, 406, "", "") }, false},
		{"a page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, false},
		{"no such route", http.NotFound, true},
		{"no such method", func(w http.ResponseWriter, _ *http.Request) { refuse(w, 405, "UNSUPPORTED", "") }, true},
		{"no such API", func(w http.ResponseWriter, _ *http.Request) { refuse(w, 501, "", "") }, true},
	} {
		registry, s := serveDocuments(t), newECDSA(t)
		one := registry.image(t, "a", "linux/amd64")
		app := registry.index(t, "1", on("linux/amd64", one))
		lists := listing(ocispec.MediaTypeImageIndex, one,
			typed(bundleV03, registry.signedBundle(t, s, one, bundleV03, ocispec.MediaTypeEmptyJSON)))
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/referrers/"+app.Digest.String()) {
				test.answer(w, r)
				return true
			}
			return lists(w, r)
		})
		if got := signaturesOf(t, registry.served, "app:1", s.public); (len(got) == 0) != test.once {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// Calls share what a registry answered, so what one call makes of it must not change what the others see.
func TestRefusal_ofAPartLeavesTheAnswerAsItIs(t *testing.T) {
	t.Parallel()
	answered := &refusal{status: http.StatusNotFound, gone: true}
	if err := ofPart(answered); errors.Is(err, image.ErrNotFound) {
		t.Errorf("a part that is not there is an image that is not there: %v", err)
	}
	if !errors.Is(answered, image.ErrNotFound) {
		t.Errorf("the answer itself became another: %v", answered)
	}
}
