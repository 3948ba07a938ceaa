package provider_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A gossip is a DemandFlow that can be told to carry nothing out any more, and to repeat in its answers what it was
// sent: the Authorization header, the body's secrets, the stored object. How it does so depends on the registry that is
// asked for: it is called after the manner.
type gossip struct {
	*emulator.Server
	stored  []string // the methods whose messages also have the secrets that the object has now
	mutex   sync.Mutex
	about   []string       // the methods whose requests it answers so; none at first
	answers map[string]int // by method and manner
}

// methodQuery is what a query counts as: it is a POST that reads.
const methodQuery = "QUERY"

// gossips tells it which methods to answer so from now on.
func (g *gossip) gossips(about ...string) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.about = about
}

func (g *gossip) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	method := r.Method
	if r.URL.Path == "/v1/query" {
		method = methodQuery
	}
	if manner, stored := g.manner(r, body); g.turn(method, manner) {
		said := hear(r, body, stored, slices.Contains(g.stored, method))
		if method == http.MethodPatch && slices.Contains(successes, manner) { // what a success says was done
			g.Server.ServeHTTP(httptest.NewRecorder(), r)
		}
		manners[manner](w, said)
		return
	}
	g.Server.ServeHTTP(w, r)
}

// turn reports whether a request is to be answered in the manner, and takes note of it.
func (g *gossip) turn(method, manner string) bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if manners[manner] == nil || !slices.Contains(g.about, method) {
		return false
	}
	g.answers[method+" "+manner]++
	return true
}

// manner is the name of the registry that a request is about, and what is stored of it; a list is cut off, a query
// refused.
func (g *gossip) manner(r *http.Request, body []byte) (string, map[string]any) {
	stored := map[string]any{}
	switch {
	case r.URL.Path == "/v1/query":
		return "traces", g.Objects(entity.DockerRegistry.Code)[0]
	case strings.HasPrefix(r.URL.Path, "/v1/entities/"):
		return "cuts", g.Objects(entity.DockerRegistry.Code)[0]
	case r.URL.Path == "/v1/objects":
		_ = json.Unmarshal(body, &stored)
	default:
		stored = g.Object(path.Base(r.URL.Path))
	}
	name, _ := stored["name"].(string)
	return strings.TrimPrefix(name, "new-"), stored
}

// What a gossip heard: who asks, and what they sent, as people write it and as JSON; and what there is of the object
// now.
type heard struct{ text, json, object string }

// hear adds the secrets that are stored where the message is to have them, as databases do that show the row they
// refuse. It keeps to what matters, so that all of it stands in the part of a message that an error repeats. JSON is
// written as most languages do: < > and & as they are.
func hear(r *http.Request, body []byte, stored map[string]any, rows bool) heard {
	var sent map[string]any
	_ = json.Unmarshal(body, &sent)
	authorization := r.Header.Get("Authorization")
	text, secrets := authorization, map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		if isSecret(name) {
			secrets[name] = sent[name]
			text += fmt.Sprintf(" %s %v", name, sent[name])
		}
	}
	if rows {
		for _, field := range secretFields() {
			text += fmt.Sprintf(" row %v", stored[field.Name])
		}
	}
	whole := maps.Clone(stored)
	maps.Copy(whole, sent)
	maps.DeleteFunc(whole, func(name string, _ any) bool { return name != "id" && !isSecret(name) })
	whole["authorization"] = authorization
	return heard{text, asJSON(secrets) + authorization, asJSON(whole)}
}

// isSecret counts the tenant's own fields among the secrets.
func isSecret(name string) bool {
	field := entity.DockerRegistry.Field(name)
	return field != nil && field.Secret || field == nil && !slices.Contains(entity.Reserved(), name)
}

func asJSON(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return strings.TrimSpace(text.String())
}

// successes are the manners with the status of a success. A PATCH that is answered so was carried out, and a read
// completes it.
var successes = []string{"breaks-off", "cuts", "forgets", "lists", "rambles"}

// manners are the ways to answer. Statuses of 500 and more, and no answer, have the client try again, so that its log
// of that is seen too.
var manners = map[string]func(w http.ResponseWriter, h heard){
	"repeats": func(w http.ResponseWriter, h heard) { refuse(w, 400, "bad request", "cannot take "+h.text) },
	"codes":   func(w http.ResponseWriter, h heard) { refuse(w, 403, h.text, "") },
	"quotes":  func(w http.ResponseWriter, h heard) { refuse(w, 422, "unprocessable", strconv.Quote(h.json)) },
	"rejects": func(w http.ResponseWriter, h heard) { refuse(w, 401, "unauthorized", h.json) },
	"encodes": func(w http.ResponseWriter, h heard) {
		refuse(w, 400, "no", base64.StdEncoding.EncodeToString([]byte(h.json)))
	},
	"shifts": func(w http.ResponseWriter, h heard) {
		refuse(w, 400, "no", base64.RawURLEncoding.EncodeToString([]byte("?"+h.json)))
	},
	"digits":   func(w http.ResponseWriter, h heard) { refuse(w, 400, "no", fmt.Sprintf("%x", h.text)) },
	"escapes":  func(w http.ResponseWriter, h heard) { refuse(w, 409, "conflict", url.QueryEscape(h.json)) },
	"traces":   func(w http.ResponseWriter, h heard) { write(w, 500, "TypeError: "+h.text+"\n  at save "+h.object) },
	"dumps":    func(w http.ResponseWriter, h heard) { write(w, 503, "save("+h.object+"): "+h.text) },
	"shows":    func(w http.ResponseWriter, h heard) { write(w, 502, "<html><p>"+html.EscapeString(h.text)+h.object) },
	"rambles":  func(w http.ResponseWriter, h heard) { write(w, 200, "saved "+h.text+" as "+h.object) },
	"lists":    func(w http.ResponseWriter, h heard) { write(w, 200, "["+h.object+"]") },
	"forgets":  func(w http.ResponseWriter, h heard) { write(w, 200, strings.Replace(h.object, `"id":`, `"was":`, 1)) },
	"cuts":     func(w http.ResponseWriter, h heard) { write(w, 200, strings.TrimSuffix(h.object, "}")) },
	"hangs-up": func(http.ResponseWriter, heard) { panic(http.ErrAbortHandler) },
	"breaks-off": func(w http.ResponseWriter, h heard) {
		w.Header().Set("Content-Length", strconv.Itoa(len(h.object)+1))
		write(w, 200, h.object)
	},
	"sends-away": func(w http.ResponseWriter, h heard) {
		w.Header().Set("Location", "http://elsewhere.invalid/"+url.PathEscape(h.text))
		w.WriteHeader(http.StatusTemporaryRedirect)
	},
	"sends-nowhere": func(w http.ResponseWriter, h heard) {
		w.Header().Set("Location", ":"+strings.Join(strings.Fields(h.text), " "))
		w.WriteHeader(http.StatusFound)
	},
	"garbles": func(w http.ResponseWriter, h heard) {
		hijack(w, "HTTP/1.1 400 Bad Request\r\n"+strings.Join(strings.Fields(h.text), " ")+"\r\n\r\n")
	},
	"goes-on": func(w http.ResponseWriter, h heard) {
		hijack(w, "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}"+h.text)
	},
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	write(w, status, asJSON(map[string]any{"error": code, "message": message}))
}

func write(w http.ResponseWriter, status int, body string) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// hijack answers past HTTP.
func hijack(w http.ResponseWriter, raw string) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	defer connection.Close()
	_, _ = io.WriteString(connection, raw)
}

// wantGossip says that every manner had its turn with a method.
func (g *gossip) wantGossip(t *testing.T, method string) {
	t.Helper()
	g.mutex.Lock()
	defer g.mutex.Unlock()
	for _, manner := range slices.Sorted(maps.Keys(manners)) {
		if g.answers[method+" "+manner] == 0 {
			t.Errorf("no %s was answered in the manner %q", method, manner)
		}
	}
}
