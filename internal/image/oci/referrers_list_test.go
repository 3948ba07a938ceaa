package oci

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Harbor 2.9 says application/json (https://github.com/goharbor/harbor/issues/19690). What is no list means that there
// is no such API, so that the list under a tag is read.
func TestReferrers_listMayComeUnderAnyType(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, mediaType string
		text            func(list string) string
		byTag           bool
	}{
		{"its own type", ocispec.MediaTypeImageIndex, itself, false},
		{"its own type, with parameters", ocispec.MediaTypeImageIndex + "; charset=utf-8", itself, false},
		{"JSON", "application/json; charset=utf-8", itself, false},
		{"text", "text/plain", itself, false},
		{"a list of Docker's", "application/vnd.docker.distribution.manifest.list.v2+json", itself, false},
		{"a page", "text/html", func(string) string { return "<html>Welcome</html>" }, true},
		{"other JSON", "application/json", func(string) string { return `{"errors":[{"code":"UNSUPPORTED"}]}` }, true},
		{"an empty object", "application/json", func(string) string { return `{}` }, true},
		{"a list of something else", "application/json", func(string) string { return `[]` }, true},
		{"nothing", "application/json", func(string) string { return "" }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			registry, s := serveDocuments(t), newECDSA(t)
			app := registry.image(t, "a", "linux/amd64")
			registry.stored["1"] = registry.stored[app.Digest.String()]
			entry := typed(bundleV03, registry.signedBundle(t, s, app, bundleV03, ocispec.MediaTypeEmptyJSON))
			if test.byTag {
				registry.index(t, tagFor(app.Digest), entry)
			}
			registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.Contains(r.URL.Path, "/referrers/") {
					return false
				}
				w.Header().Set("Content-Type", test.mediaType)
				_, _ = w.Write([]byte(test.text(asJSON(ocispec.Index{Manifests: []ocispec.Descriptor{entry}}))))
				return true
			})
			wantStatements(t, test.name, signaturesOf(t, registry.served, "app:1", s.public), "signature bundle: "+good)
		})
	}
}

func itself(text string) string { return text }

// An empty list is an answer: no other list is looked for.
func TestReferrers_emptyListOfAnyTypeIsAList(t *testing.T) {
	t.Parallel()
	for _, mediaType := range []string{ocispec.MediaTypeImageIndex, "application/json"} {
		registry := serveDocuments(t)
		app := registry.image(t, "a", "linux/amd64")
		registry.stored["1"] = registry.stored[app.Digest.String()]
		registry.behave(listing(mediaType, ocispec.Descriptor{}))
		wantStatements(t, mediaType, signaturesOf(t, registry.served, "app:1"))
		for _, asked := range registry.asked() {
			if strings.HasSuffix(asked, tagFor(app.Digest)) {
				t.Errorf("%s: %s", mediaType, asked)
			}
		}
	}
}

// GHCR redirects to a page for people, which may be limited (https://github.com/artifacthub/hub/issues/4785). The list
// under the tag is read at once. Without one, signatures may be missing, which is said.
func TestReferrers_limitOfAPageElsewhereIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	for status, said := range map[int]string{http.StatusTooManyRequests: "a warning", http.StatusNotFound: "nothing",
		http.StatusForbidden: "an error", http.StatusBadGateway: "an error"} {
		page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if status == http.StatusTooManyRequests {
				w.Header().Set("Retry-After", "60")
			}
			http.Error(w, "for people", status)
		}))
		t.Cleanup(page.Close)
		registry, s := serveDocuments(t), newECDSA(t)
		app := registry.image(t, "a", "linux/amd64")
		registry.stored["1"] = registry.stored[app.Digest.String()]
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/referrers/") {
				return false
			}
			http.Redirect(w, r, page.URL+"/packages", http.StatusSeeOther)
			return true
		})
		warn, warnings := collect()
		options := Options{Trust: trusting(t, s.public), Warn: warn}
		began := time.Now()
		got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", options)
		if said == "an error" {
			mention(t, err, fmt.Sprint(status), "where it redirects to")
		} else if err != nil || len(got.Signatures) > 0 || (said == "a warning") != (len(*warnings) == 1) {
			t.Errorf("%d without a list: %v, warnings %v", status, err, *warnings)
		}
		*warnings = nil
		registry.index(t, tagFor(app.Digest), typed(bundleV03, registry.signedBundle(t, s, app, bundleV03,
			ocispec.MediaTypeEmptyJSON)))
		got, err = registry.client(t).Image(t.Context(), registry.host+"/app:1", options)
		if err != nil || len(got.Signatures) != 1 || !*got.Signatures[0].Verified || len(*warnings) > 0 {
			t.Errorf("%d with a list: %v, warnings %v", status, err, *warnings)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%d was waited for: %s", status, took)
		}
	}
}

// A registry's own limit is not another place's.
func TestReferrers_limitOfTheRegistryItselfIsAnError(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	registry.stored["1"] = registry.stored[registry.image(t, "a", "linux/amd64").Digest.String()]
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		return strings.Contains(r.URL.Path, "/referrers/") && refuse(w, http.StatusTooManyRequests, "TOOMANYREQUESTS", "")
	})
	_, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeReferrers}})
	mention(t, err, "429", "TOOMANYREQUESTS")
}

// GitLab takes the tag sha256-… for the digest (https://github.com/oras-project/oras-go/issues/1396).
func TestReferrers_tagThatIsTheSubjectHasNone(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	app := registry.index(t, "1", on("linux/amd64", registry.image(t, "a", "linux/amd64")),
		on("linux/arm64", registry.image(t, "b", "linux/arm64")))
	for _, algorithm := range []digest.Algorithm{digest.SHA256, digest.SHA512} {
		stored := registry.stored[app.Digest.String()]
		same := algorithm.FromString(stored.text)
		registry.stored[tagFor(same)] = stored
		for _, reference := range []string{"app:1", "app@" + same.String()} {
			signatures, others := statementsOf(t, registry.served, reference)
			wantStatements(t, reference, append(signatures, others...))
		}
	}
}

// Tags have at most 128 characters, and the SHA-512 of a manifest has more: the distribution API cuts it, and cosign
// has no tags for it. Most tools refer to the SHA-256 of an image, by whatever digest it is read.
func TestReferrers_ofAnImageByItsSHA512(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"listed for its SHA-512", "listed for its SHA-256"} {
		registry, s := serveDocuments(t), newECDSA(t)
		app := registry.image(t, "a", "linux/amd64")
		long := app
		long.Digest = digest.SHA512.FromString(registry.stored[app.Digest.String()].text)
		subject := app
		if strings.HasSuffix(name, "512") {
			subject = long
		}
		content := registry.put(t, bundleV03, s.bundleAbout(t, subject.Digest))
		entry := registry.attachment(t, subject, bundleV03, ocispec.MediaTypeEmptyJSON, content)
		registry.index(t, tagFor(subject.Digest), entry)
		got, err := registry.client(t).Image(t.Context(), registry.host+"/app@"+long.Digest.String(),
			Options{Trust: trusting(t, s.public)})
		if err != nil {
			t.Fatal(err)
		}
		wantStatements(t, name, short(got.Signatures), "signature bundle: "+good)
		if text(got.Signatures[0].Subject) != *got.Digest || *got.Digest != long.Digest.String() {
			t.Errorf("%s: of %s", name, text(got.Signatures[0].Subject))
		}
		for _, asked := range registry.asked() {
			if tag := asked[strings.LastIndex(asked, "/")+1:]; !strings.Contains(tag, ":") && len(tag) > maxTag {
				t.Errorf("%s: no tag is as long as %s", name, tag)
			}
		}
	}
}

// Lists of referrers have pages, with links as lists of tags have them.
func TestReferrers_pagesAreFollowedAndEnd(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		pages   int // -1: without end
		link    string
		entries int
		warns   bool
		failure string
	}{
		{"three pages", 3, `<?page=%d>; rel="next"`, 3, false, ""},
		{"a link without brackets", 3, `?page=%d; rel=next`, 3, false, ""},
		{"without end", -1, `<?page=%d>; rel="next"`, maxReferrerPages, true, ""},
		{"in a circle", -1, `<?page=%d&back>; rel="next"`, 0, false, "was read before"},
	} {
		registry := serveDocuments(t)
		registry.stored["1"] = registry.stored[registry.image(t, "a", "linux/amd64").Digest.String()]
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/referrers/") {
				return false
			}
			page := 0
			_, _ = fmt.Sscan(r.URL.Query().Get("page"), &page)
			next := page + 1
			if r.URL.Query().Has("back") && page > 2 {
				next = 1
			}
			if next != test.pages {
				w.Header().Set("Link", fmt.Sprintf(test.link, next))
			}
			w.Header().Set("Content-Type", ocispec.MediaTypeImageIndex)
			_, _ = w.Write([]byte(asJSON(ocispec.Index{Manifests: []ocispec.Descriptor{
				{Digest: digest.FromString(fmt.Sprint(page))}}})))
			return true
		})
		warn, warnings := collect()
		got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeReferrers},
			Warn: warn})
		if test.failure != "" {
			mention(t, err, test.failure)
			continue
		}
		if err != nil || len(got.Attestations) != test.entries || test.warns != (len(*warnings) > 0) {
			t.Errorf("%s: %d entries, %v, warnings %v", test.name, len(got.Attestations), err, *warnings)
		}
	}
}
