package scaleway

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

// recordingVariable names a file with answers of the real API, as a JSON list of {method, url, status, body}.
const recordingVariable = "DEMANDFLOW_SCALEWAY_RECORDING"

func TestRecordedAnswers_areUnderstood(t *testing.T) {
	t.Parallel()
	path := os.Getenv(recordingVariable)
	if path == "" {
		t.Skipf("no recorded answers of Scaleway's API: %s names no file", recordingVariable)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var answers []struct {
		Method, URL string
		Status      int
		Body        json.RawMessage
	}
	if err := json.Unmarshal(text, &answers); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for _, answer := range answers {
			recorded, err := url.Parse(answer.URL)
			if err == nil && answer.Method == r.Method && answer.Status == http.StatusOK && recorded.Path == r.URL.Path {
				w.Write(answer.Body)
				return
			}
		}
		w.WriteHeader(http.StatusNotFound)
		w.Write([]byte(`{"message":"Image was not found"}`))
	}))
	t.Cleanup(server.Close)
	client := newClient(t, &scalewaytest.Server{URL: server.URL}, nil)
	got, err := client.ImageByName(t.Context(), "fr-par", "test-namespace-2", "alpine", Options{Tag: "test"})
	if err != nil {
		t.Fatal(err)
	}
	const digest = "sha256:96e9340afe8cd4ab5ee2989f5a544c3405ff2fc2450dd1a6f9eee2a63e6cda56"
	if got.Reference != "rg.fr-par.scw.cloud/test-namespace-2/alpine:test" || *got.Digest != digest ||
		*got.Scaleway.Size != 3847002 || *got.Scaleway.Public {
		t.Errorf("got %+v", got)
	}
	if err := client.Delete(t.Context(), "fr-par", got.Scaleway.ID); err != nil {
		t.Error(err)
	}
}
