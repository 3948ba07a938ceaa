package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/moby/moby/client"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// answers starts something that is no engine, or a bad one: after the ping it answers as asked.
func answers(t *testing.T, api string, answer http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if api != "" {
			w.Header().Set("Api-Version", api)
		}
		if r.URL.Path != "/_ping" || answer == nil {
			answer(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return at(t, server.URL)
}

func status(code int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}

func TestErrors_sayWhatToDo(t *testing.T) {
	t.Parallel()
	const asJSON = "application/json"
	huge := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", asJSON)
		_, _ = w.Write([]byte(`{"Id":"`))
		chunk := []byte(strings.Repeat("a", 1<<20))
		for range largestAnswer>>20 + 1 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
	torn := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", asJSON)
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`{"Id":"sha256:`))
	}
	for _, test := range []struct {
		name   string
		api    string
		answer http.HandlerFunc
		want   string
	}{
		{"an engine that is too old", "1.39", nil, "The oldest API that is read is 1.40 (Docker 19.03): update the engine"},
		{"a web server", "", status(200, "text/html", "hello"), "it does not name the version of its API"},
		{"a proxy that keeps routes back", "1.41", status(404, "text/plain", "404 page not found"),
			"see whether a proxy keeps routes of the API back"},
		{"a proxy that forbids", "1.41", status(403, asJSON, `{"message":"request forbidden by policy"}`),
			"request forbidden by policy. Something in front of the engine"},
		{"a name that is gone", "1.41", status(404, asJSON, `{"message":"No such image: x"}`),
			"it has no such image. Pull or build it there"},
		{"a failure of the engine", "1.41", status(500, asJSON, `{"message":"layer store is damaged"}`),
			"layer store is damaged"},
		{"no image", "1.41", status(200, asJSON, `{}`), "it has no image id"},
		{"no JSON", "1.41", status(200, asJSON, `<html>`), "invalid character"},
		{"a huge answer", "1.41", huge, "the answer is larger than 64 MiB. An engine has no such answers"},
		{"a torn answer", "1.41", torn, "the answer broke off"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer := test.answer
			if answer == nil {
				answer = status(200, asJSON, "{}")
			}
			_, err := answers(t, test.api, answer).Image(t.Context(), lab, Options{})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "cannot re") {
				t.Errorf("%v\nwant %s", err, test.want)
			}
			if gone := errors.Is(err, image.ErrNotFound); gone != (test.name == "a name that is gone") {
				t.Errorf("taken for gone: %v: %v", gone, err)
			}
		})
	}
}

func TestErrors_noEngineThere(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	listener.Close()
	for host, reason := range map[string]string{
		"tcp://" + closed: "nothing answers there", "unix:///nonexistent/docker.sock": "there is no such socket",
	} {
		_, err := at(t, host).Images(t.Context(), ListOptions{})
		// Nothing twice, and nothing on how to write an address: this one is well written.
		want := "cannot reach the Docker Engine at " + host + " (the configured host): " + reason +
			". Start the engine, or say where it is: set the host, or DOCKER_HOST"
		if err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}

func TestErrors_aSocketThatMayNotBeUsed(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		// Nothing is forbidden to root, so what the system says to others is put in its place.
		c := at(t, "unix:///run/engine.sock")
		refused := failing{&net.OpError{Op: "dial", Net: "unix", Err: os.NewSyscallError("connect", syscall.EACCES)}}
		api, err := client.New(client.WithHost("unix:///run/engine.sock"),
			client.WithHTTPClient(&http.Client{Transport: refused}), client.WithScheme("http"))
		if err != nil {
			t.Fatal(err)
		}
		c.api, c.endpoint = api, &endpoint{host: "unix:///run/engine.sock", origin: "the default"}
		if _, err := c.Images(t.Context(), ListOptions{}); err == nil || !strings.Contains(err.Error(),
			"permission denied. Run as a user that may use the socket") {
			t.Error(err)
		}
		return
	}
	directory, err := os.MkdirTemp("", "e") //nolint:usetesting // too long for the path of a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(directory) })
	socket := filepath.Join(directory, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	if err := os.Chmod(socket, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := at(t, "unix://"+socket).Images(t.Context(), ListOptions{}); err == nil || !strings.Contains(err.Error(),
		"permission denied. Run as a user") {
		t.Error(err)
	}
}

func TestErrors_interruptedIsNotTheEnginesFault(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{})
	c := answers(t, "1.41", func(_ http.ResponseWriter, r *http.Request) {
		close(reached)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-reached
		cancel()
	}()
	if _, err := c.Images(ctx, ListOptions{}); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(),
		"it was interrupted") {
		t.Error(err)
	}
	late, stop := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer stop()
	if _, err := c.Images(late, ListOptions{}); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(),
		"it did not answer in time") {
		t.Error(err)
	}
}

// An engine that greets and then hangs, be it before its answer or in the middle of it.
func TestErrors_sayHowLongWasWaited(t *testing.T) {
	t.Parallel()
	waited := regexp.MustCompile(`it did not answer in time: it was waited for [1-9][0-9.]*m?s\. See whether the engine`)
	for name, begin := range map[string]func(http.ResponseWriter){
		"no answer": func(http.ResponseWriter) {},
		"half an answer": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte("["))
			_ = http.NewResponseController(w).Flush()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := answers(t, "1.41", func(w http.ResponseWriter, r *http.Request) {
				begin(w)
				<-r.Context().Done()
			})
			if _, err := c.connect(t.Context()); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if _, err := c.Images(ctx, ListOptions{}); !errors.Is(err, context.DeadlineExceeded) ||
				!waited.MatchString(err.Error()) {
				t.Error(err)
			}
		})
	}
}

func TestConnect_triesAgainAfterAFailure(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	down.Store(true)
	engine := &recording{api: "1.41", routes: map[string]string{routeList: "[]"}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		engine.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	c := at(t, server.URL)
	if _, err := c.Images(t.Context(), ListOptions{}); err == nil {
		t.Fatal("an engine that is down answered")
	}
	down.Store(false)
	if _, err := c.Images(t.Context(), ListOptions{}); err != nil {
		t.Error(err)
	}
}

func TestImage_withoutContentForThePlatformIsNotGone(t *testing.T) {
	t.Parallel()
	for _, said := range []string{
		"image with reference app:1 was found but does not match the specified platform: wanted linux/amd64, actual: linux/arm64",
		"image with reference app:1 was found but does not provide any platform",
		"no match for platform in manifest " + idOfIndex + ": not found",
		"content digest " + idOfIndex + ": not found",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Api-Version", "1.44")
			if !strings.HasSuffix(r.URL.Path, "/_ping") {
				w.WriteHeader(http.StatusNotFound)
				fmt.Fprintf(w, `{"message":%q}`, said)
			}
		}))
		_, err := at(t, server.URL).Image(t.Context(), "app:1", Options{})
		server.Close()
		if !errors.Is(err, image.ErrNoPlatform) || errors.Is(err, image.ErrNotFound) || !strings.Contains(err.Error(), said) ||
			!strings.Contains(err.Error(), "pull it there") {
			t.Errorf("%s: %v", said, err)
		}
	}
}
