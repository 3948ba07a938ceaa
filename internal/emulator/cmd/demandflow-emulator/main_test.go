package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// lockedBuffer may be read while the command still writes.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// started runs the command until the test ends, and returns its URL and a stop that returns what run returned.
func started(t *testing.T, stderr io.Writer, args ...string) (url, stdout string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	file := filepath.Join(t.TempDir(), "url")
	var out lockedBuffer
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, append(args, "-url-file", file), &out, stderr) }()
	stop = func() error { cancel(); return <-ended }
	t.Cleanup(cancel)
	for {
		if text, err := os.ReadFile(file); err == nil { // written after all output
			return strings.TrimSpace(string(text)), out.String(), stop
		}
		select {
		case err := <-ended:
			t.Fatalf("it ended before it listened: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
}

func send(t *testing.T, method, url, token, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRun_printsItsURLAndTheVariablesToSet(t *testing.T) {
	t.Parallel()
	url, stdout, stop := started(t, io.Discard, "-token", "df_pat_demo")
	first, rest, _ := strings.Cut(stdout, "\n")
	if first != "DemandFlow emulator listens on "+url {
		t.Errorf("the first line is %q", first)
	}
	for _, export := range []string{"export DEMANDFLOW_ENDPOINT=" + url + "\n", "export DEMANDFLOW_TOKEN=df_pat_demo\n"} {
		if !strings.Contains(rest, export) {
			t.Errorf("%q lacks %q", rest, export)
		}
	}
	if status, text := send(t, http.MethodGet, url+"/v1/entities/PPL/SUB", "df_pat_demo", ""); status != http.StatusOK {
		t.Errorf("answered %d: %s", status, text)
	}
	if err := stop(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if _, err := http.DefaultTransport.RoundTrip(mustRequest(t, url)); err == nil {
		t.Error("it still listens after it ended")
	}
}

func mustRequest(t *testing.T, url string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func TestRun_servesASeedAsTheFlagsSay(t *testing.T) {
	t.Parallel()
	seed := file(t, "seed.json", `[
		{"entity": "DOCKERREGISTRY", "id": "main", "name": "Main", "url": "r.example.com", "registryType": "2", "status": "1"},
		{"entity": "DOCKERIMAGE", "name": "nginx", "tag": "1", "status": "1", "registry": "main"}
	]`)
	url, _, _ := started(t, io.Discard, "-seed", seed, "-lists", "ndjson", "-unset", "null", "-latency", "1ms",
		"-subscription", "11111111-1111-4111-8111-111111111111")
	_, text := send(t, http.MethodGet, url+"/v1/entities/DOCKERIMAGE/SUB", emulator.DefaultToken, "")
	for _, part := range []string{`"fullImageName":"r.example.com/nginx:1"`, `"description":null`,
		`"subscription":"11111111-`} {
		if !strings.HasPrefix(text, "{") || !strings.Contains(text, part) {
			t.Errorf("%s\nlacks %s, or is no NDJSON", text, part)
		}
	}
}

// The way to another definition that CONTRIBUTING.md shows: the answer of one emulator is a seed for the next.
func TestRun_takesADefinitionThatItAnsweredWith(t *testing.T) {
	t.Parallel()
	url, _, _ := started(t, io.Discard)
	_, definition := send(t, http.MethodGet, url+"/v1/objects/DOCKERREGISTRY?entity=DEFINITION", emulator.DefaultToken, "")
	renamed := strings.Replace(definition, `\"Harbor\"`, `\"Our Harbor\"`, 1)
	if renamed == definition {
		t.Fatalf("the definition has no Harbor to rename:\n%s", definition)
	}
	url, _, _ = started(t, io.Discard, "-seed", file(t, "registry.json", "["+renamed+"]"))
	if _, text := send(t, http.MethodGet, url+"/v1/objects/DOCKERREGISTRY?entity=DEFINITION", emulator.DefaultToken,
		""); !strings.Contains(text, "Our Harbor") {
		t.Errorf("the seed did not replace the definition:\n%s", text)
	}
}

func TestRun_logsRequestsWithNamesAndNeverValues(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "requests")
	url, _, stop := started(t, io.Discard, "-requests", log)
	send(t, http.MethodPost, url+"/v1/objects", emulator.DefaultToken,
		`{"password": "hunter2", "entity": "DOCKERREGISTRY"}`)
	send(t, http.MethodPost, url+"/v1/query", emulator.DefaultToken, `[{"entity": "PPL"}, {"tag": "hunter2"}]`)
	send(t, http.MethodGet, url+"/v1/entities/PPL/SUB%7CENT:?fields=id", emulator.DefaultToken, "")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	want := "POST /v1/objects 400 entity,password\nPOST /v1/query 400 entity,tag\nGET " +
		"/v1/entities/PPL/SUB%7CENT:?fields=id 403\n"
	if string(text) != want {
		t.Errorf("got\n%swant\n%s", text, want)
	}
}

func TestRun_canLogRequestsToStderr(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	url, _, stop := started(t, &stderr, "-requests", "-")
	send(t, http.MethodGet, url+"/v1/objects/x", "df_pat_wrong", "")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if got := stderr.String(); got != "GET /v1/objects/x 403\n" {
		t.Errorf("got %q", got)
	}
}

func TestRun_saysWhatIsWrongWithASeed(t *testing.T) {
	t.Parallel()
	good := `{"entity": "DOCKERIMAGE", "name": "nginx", "tag": "1", "status": "1"}`
	for name, test := range map[string]struct{ content, says string }{
		"a missing field": {"[\n" + good + ",\n\n{\"entity\": \"DOCKERIMAGE\",\n\"name\": \"x\", \"status\": \"1\"}]",
			"seed.json:4: entry 2: DOCKERIMAGE: tag is required"},
		"a wrong option": {"[" + strings.Replace(good, `"status": "1"`, `"status": "Active"`, 1) + "]",
			"seed.json:1: entry 1: DOCKERIMAGE: status must be the id of an option"},
		"broken JSON":       {"[\n" + good + ",\n{\"entity\": }]", "seed.json:3: entry 2: "},
		"an end too early":  {"[\n" + good, "seed.json:2: entry 2: "},
		"no array":          {good, "seed.json:1: entry 1: a seed is a JSON array of objects: it begins with {"},
		"no object":         {"[\n1]", "seed.json:2: entry 1: "},
		"null":              {"[null]", "null is no object"},
		"an empty file":     {"", "unexpected EOF"},
		"two arrays":        {"[]\n[]", "something follows the array"},
		"an unknown entity": {`[{"entity": "NOPE"}]`, `entity "NOPE" is not one`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := run(t.Context(), []string{"-seed", file(t, "seed.json", test.content)}, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want …%s", err, test.says)
			}
		})
	}
}

func TestRun_refusesFlagsAndFilesThatDoNotWork(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "none", "file")
	for says, args := range map[string][]string{
		`"yaml" is none of array, ndjson`: {"-lists", "yaml"},
		`unexpected argument "seed.json"`: {"seed.json"},
		"cannot read the -seed file":      {"-seed", missing},
		"cannot open the -requests file":  {"-requests", missing},
		"cannot write the -url-file":      {"-url-file", missing},
		"choose another -listen address":  {"-listen", "256.0.0.1:0"},
	} {
		err := run(t.Context(), args, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: got %v, want %s", args, err, says)
		}
	}
	var usage bytes.Buffer
	if err := run(t.Context(), []string{"-h"}, io.Discard, &usage); !errors.Is(err, flag.ErrHelp) ||
		!strings.Contains(usage.String(), "-url-file") || !strings.Contains(usage.String(),
		"replaces that entity's definition") {
		t.Errorf("-h gives %v and %s", err, usage.String())
	}
}

func TestRun_takesDigestsFromARegistry(t *testing.T) {
	t.Parallel()
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead && r.URL.Path == "/v2/library/nginx/manifests/1.27" {
			w.Header().Set("Docker-Content-Digest", "sha256:0f")
			return
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	t.Cleanup(registry.Close)
	url, _, _ := started(t, io.Discard, "-registry", registry.URL)
	for tag, known := range map[string]bool{"1.27": true, "1.28": false} {
		body := `{"entity":"DOCKERIMAGE","level":420,"comboKey":"SUB:` + emulator.DefaultSubscription +
			`|ENT:","name":"library/nginx","tag":"` + tag + `","status":"1"}`
		status, answer := send(t, http.MethodPost, url+"/v1/objects", emulator.DefaultToken, body)
		if status != http.StatusCreated || strings.Contains(answer, `"sha256:0f"`) != known {
			t.Errorf("tag %s: %d %s", tag, status, answer)
		}
	}
}
