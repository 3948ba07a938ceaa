package demandflow

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A logbook keeps what a client logs.
type logbook struct {
	mu      sync.Mutex
	entries []map[string]any
	texts   []string
}

func (l *logbook) log(_ context.Context, message string, fields map[string]any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, fields)
	l.texts = append(l.texts, fmt.Sprintf("%s %v", message, fields))
}

// The canary: whatever goes wrong, and whatever the other side echoes, the token shows up nowhere. Nor does a value.
func TestToken_isInNoLogAndNoError(t *testing.T) {
	t.Parallel()
	const value = "value-that-is-nobodys-business"
	echo := func(status int, form string) func(http.ResponseWriter, *http.Request, int) {
		return text(status, fmt.Sprintf(form, testToken))
	}
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request, int){
		"success":              echo(200, `{"id":"1","secret":"%s"}`),
		"success, name echoed": echo(200, `{"id":"1","%s":1}`),
		"bad request":          echo(400, `{"error":"%[1]s","message":"Bearer %[1]s"}`),
		"odd JSON":             echo(400, `{"detail":["%s"]}`),
		"text":                 echo(403, "token %s is not valid"),
		"escaped":              text(403, "token "+url.QueryEscape(testToken)+" and "+url.PathEscape(testToken)),
		"not found":            echo(404, "%s"),
		"server's fault":       echo(500, "<pre>%s</pre>"),
		"unavailable":          echo(503, "%s"),
		"limit":                echo(429, "%s"),
		"web page":             echo(200, "<html>%s"),
		"array":                echo(200, `["%s"]`),
		"error item":           echo(200, `[{"_type":"error","message":"%[1]s","entity":"%[1]s","source":"%[1]s"}]`),
		"unknown item":         echo(200, `[{"_type":"%s"}]`),
		"no id":                echo(200, `{"name":"%s"}`),
		"breaks off":           func(w http.ResponseWriter, _ *http.Request, _ int) { breakOff(w, cutAnswer+testToken) },
		"no HTTP": func(w http.ResponseWriter, _ *http.Request, _ int) {
			breakOff(w, testToken+" "+testToken+
				"\r\n\r\n")
		},
		"malformed status": func(w http.ResponseWriter, _ *http.Request, _ int) {
			breakOff(w, "HTTP/1.1 "+testToken+
				" x\r\n\r\n")
		},
		"malformed header": func(w http.ResponseWriter, _ *http.Request, _ int) {
			breakOff(w, "HTTP/1.1 200 OK\r\n"+testToken+"\r\n\r\n")
		},
		"redirect": func(w http.ResponseWriter, r *http.Request, _ int) {
			http.Redirect(w, r, "/"+testToken, http.StatusFound)
		},
		"redirect elsewhere": func(w http.ResponseWriter, r *http.Request, _ int) {
			http.Redirect(w, r, "http://x.invalid/"+testToken, http.StatusTemporaryRedirect)
		},
		"redirect to a bad place": func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Location", ":"+testToken)
			w.WriteHeader(http.StatusFound)
		},
		"twin of the same name": text(200, registry("1", time.Now(), "name", `"`+testToken+`"`)+registry("2", time.Now(),
			"name", `"`+testToken+`"`)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, answer)
			book := &logbook{}
			client := newClient(t, server.URL, func(c *Config) { c.Log, c.MaxRetries = book.log, 1 })
			request := newRegistry()
			request.Fields["name"], request.Fields["description"] = testToken, value // pasted into the wrong line
			errs := everyCall(t, client)
			_, errs["create"] = client.Create(t.Context(), request)
			_, errs["get by token"] = client.Get(t.Context(), "X", testToken)
			_, errs["update"] = client.Update(t.Context(), "X", "1", Object{"description": value})
			for call, err := range errs {
				for ; err != nil; err = errors.Unwrap(err) { // a caller may print what it unwraps
					mustNotShow(t, call, fmt.Sprintf("%v %+v %#v", err, err, err.Error()), value)
				}
			}
			if len(book.texts) < len(errs) {
				t.Errorf("%d log entries for %d calls", len(book.texts), len(errs))
			}
			for _, entry := range book.texts {
				mustNotShow(t, "log", entry, value)
			}
		})
	}
}

func mustNotShow(t *testing.T, where, text, value string) {
	t.Helper()
	for _, secret := range []string{testToken, url.QueryEscape(testToken), url.PathEscape(testToken), "geheim", value} {
		if strings.Contains(text, secret) {
			t.Errorf("%s shows %q: %s", where, secret, text)
		}
	}
}

func TestLog_tellsOfEachAttemptWithFieldNamesAlone(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 1 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		text(200, wholeObject("1", `"zebra":"private","ant":1`))(w, r, n)
	})
	book := &logbook{}
	client := newClient(t, server.URL, func(c *Config) { c.Log = book.log })
	if _, err := client.Update(t.Context(), "X", "1", Object{"zebra": "private", "ant": 1}); err != nil {
		t.Fatal(err)
	}
	if len(book.entries) != 3 {
		t.Fatalf("logged %q", book.texts)
	}
	for i, want := range []map[string]any{
		{"method": "PATCH", "path": "/v1/objects/1", "status": 502, "attempt": 1, "request_fields": []string{"ant", "zebra"}},
		{"method": "PATCH", "path": "/v1/objects/1", "status": 200, "attempt": 2, "request_fields": []string{"ant", "zebra"}},
		{"method": "PATCH", "path": "/v1/objects/1", "answer_fields": []string{
			"_df_version", "ant", "comboKey", "created", "id", "ownerId", "subscription", "updated", "updatedId", "zebra",
		}},
	} {
		for name, value := range want {
			if got := book.entries[i][name]; !reflect.DeepEqual(got, value) {
				t.Errorf("entry %d: %s is %v, want %v", i, name, got, value)
			}
		}
	}
	if duration, err := time.ParseDuration(fmt.Sprint(book.entries[0]["duration"])); err != nil || duration < 0 {
		t.Errorf("duration %v: %v", duration, err)
	}
	if slices.ContainsFunc(book.texts, func(entry string) bool { return strings.Contains(entry, "private") }) {
		t.Errorf("a value was logged: %q", book.texts)
	}
}

func TestLog_tellsOfAnAdoption(t *testing.T) {
	t.Parallel()
	server := losing(t, drop, func() string { return registry("new", time.Now()) })
	book := &logbook{}
	if err := createError(t, newClient(t, server.URL, func(c *Config) { c.Log = book.log })); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(book.entries, func(fields map[string]any) bool {
		return fields["id"] == "new" &&
			fields["entity"] == "DOCKERREGISTRY"
	}) {
		t.Errorf("logged %q", book.texts)
	}
}
