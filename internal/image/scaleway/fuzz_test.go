package scaleway

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	registry "github.com/scaleway/scaleway-sdk-go/api/registry/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (r roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return r(request) }

// FuzzAnswers has every request answered with the same bytes: nothing may panic, hang or show the key, and what comes
// out is about what was asked.
func FuzzAnswers(f *testing.F) {
	id, namespace := scalewaytest.ID(1), scalewaytest.ID(900000)
	for _, body := range []string{
		`{"id":"` + id + `","namespace_id":"` + id +
			`","name":"web","tags":["v1"],"size":1,"created_at":"2026-07-17T09:50:07Z","images":[],"total_count":0}`,
		`{"images":[{"id":"` + id + `","namespace_id":"` + namespace + `"}],"total_count":1,"id":"` + namespace + `"}`,
		`{"namespaces":[null],"images":[null],"tags":[null],"total_count":1}`,
		`{"tags":[{"id":"` + id + `","digest":"sha256:"}],"total_count":1,"id":"` + id + `","namespace_id":"` + id + `"}`,
		`{"message":"Image was not found"}`, `{"type":"denied_authentication","method":{}}`, `null`, `[]`, ``,
		`{"total_count":-1}`, `{"id":"` + scalewaytest.SecretKey + `"}`,
		`{"size":18446744073709551615,"id":"` + id + `","namespace_id":"` + id + `"}`,
	} {
		for _, status := range []int{200, 404, 403} {
			f.Add(status, "application/json", []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, status int, kind string, body []byte) {
		if status < 200 || status > 499 || status == http.StatusTooManyRequests {
			t.Skip("no status of a final answer")
		}
		secrets := secretsOf(scalewaytest.SecretKey)
		sender := newHTTPClient(&url.URL{Scheme: "https", Host: "api.scaleway.com"}, secrets, time.Millisecond, false)
		sender.client.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			return &http.Response{
				StatusCode: status, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(bytes.NewReader(body)),
				ContentLength: int64(len(body)), Request: r,
			}, nil
		})
		sdk, err := scw.NewClient(scw.WithHTTPClient(sender), scw.WithAuth(scalewaytest.AccessKey, scalewaytest.SecretKey))
		if err != nil {
			t.Fatal(err)
		}
		conn := &connection{api: registry.NewAPI(sdk), region: "fr-par", secrets: secrets}
		client := &Client{connect: func() (*connection, error) { return conn, nil }, statusWait: time.Millisecond}
		check := func(err error) {
			if err != nil && strings.Contains(err.Error(), scalewaytest.SecretKey) {
				t.Errorf("the key is shown: %v", err)
			}
		}
		got, err := client.Image(t.Context(), "fr-par", id, Options{Include: []string{IncludeTags}})
		check(err)
		if (got == nil) == (err == nil) || got != nil && !strings.EqualFold(got.Scaleway.ID, id) {
			t.Errorf("got %v, %v", got, err)
		}
		images, err := client.Images(t.Context(), ListOptions{Include: []string{IncludeTags}})
		check(err)
		for _, i := range images {
			if i.Scaleway.ID == "" {
				t.Error("an image without an id")
			}
		}
		check(client.SetVisibility(t.Context(), "fr-par", id, VisibilityPublic))
	})
}
