package demandflow

import (
	"net/http"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// The error names the object by its natural key, in one sentence after the other.
func TestCreate_anAmbiguousOneIsToldInSentences(t *testing.T) {
	t.Parallel()
	image := CreateRequest{Entity: &entity.DockerImage, Fields: Object{"name": "nginx", "tag": "1.27"}}
	nameless := CreateRequest{Entity: &entity.DockerImage, Fields: Object{"name": "nginx"}}
	old := asRead(`{"id":"7","entity":"DOCKERIMAGE","name":"nginx","tag":"1.27","created":1}`)
	for name, test := range map[string]struct {
		create CreateRequest
		lose   func(http.ResponseWriter)
		found  string
		want   string // HOST is the server's
	}{
		"no answer": {
			image, drop, old,
			"The new docker image nginx:1.27 may or may not exist: POST /v1/objects got no answer from HOST: EOF. " +
				"Check the endpoint, the network, and the proxy if one is set (HTTPS_PROXY).\n" +
				`Looked for name = "nginx", tag = "1.27": 1 found, 0 of them new and with the fields that were sent: 7.`,
		},
		"a refusal, and a search that fails": {
			image, func(w http.ResponseWriter) { w.WriteHeader(500) }, `{"_type":"error","message":"shard lost."}`,
			"The new docker image nginx:1.27 may or may not exist: DemandFlow answered 500 Internal Server Error to POST " +
				"/v1/objects. " +
				"DemandFlow, or a proxy on the way, failed: try again later.\n" +
				`Looked for name = "nginx", tag = "1.27": the search failed: DemandFlow answered 200 OK to POST /v1/query: the list failed in mid-stream: shard lost.`,
		},
		"no natural key": {
			nameless, func(w http.ResponseWriter) { w.WriteHeader(500) }, "",
			"The new docker image may or may not exist: DemandFlow answered 500 Internal Server Error to POST /v1/objects. " +
				"DemandFlow, or a proxy on the way, failed: try again later.\nIt has no natural key to look it up by.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := losing(t, test.lose, func() string { return test.found })
			_, err := newClient(t, server.URL).Create(t.Context(), test.create)
			want := strings.ReplaceAll(test.want, "HOST", strings.TrimPrefix(server.URL, "http://")) +
				"\nLook at DemandFlow before the next apply: import the object if it is there, else apply again."
			if err == nil || err.Error() != want {
				t.Errorf("got\n%v\nwant\n%s", err, want)
			}
		})
	}
}
