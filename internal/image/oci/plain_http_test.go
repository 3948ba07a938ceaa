package oci

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A firstByte is a connection whose first byte was looked at.
type firstByte struct {
	net.Conn
	read *bufio.Reader
}

func (c firstByte) Read(p []byte) (int, error) { return c.read.Read(p) }

// A withoutTLS listener hands connections on that do not begin TLS, and treats the others as it likes.
type withoutTLS struct {
	net.Listener
	treat func(net.Conn)
	begun *atomic.Int64
}

func (l withoutTLS) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		read := bufio.NewReader(conn)
		if first, err := read.Peek(1); err != nil || first[0] == 0x16 { // a handshake
			l.begun.Add(1)
			l.treat(conn)
			continue
		}
		return firstByte{conn, read}, nil
	}
}

// plainServer is a registry without TLS that treats those who begin TLS in a way of its own.
func plainServer(t *testing.T, treat func(net.Conn)) (host string, begun *atomic.Int64) {
	t.Helper()
	behind := serve(t)
	behind.push(t, "app:1", imageFor(t, "linux/amd64"))
	begun = &atomic.Int64{}
	server := httptest.NewUnstartedServer(behind.forward(t))
	server.Listener = withoutTLS{server.Listener, treat, begun}
	server.Start()
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), begun
}

// forward hands requests on to the registry.
func (s *served) forward(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		request, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+s.host+r.URL.Path, nil)
		if err != nil {
			t.Error(err)
			return
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Error(err)
			return
		}
		defer response.Body.Close()
		for name := range response.Header {
			w.Header()[name] = response.Header[name]
		}
		w.WriteHeader(response.StatusCode)
		_, _ = io.Copy(w, response.Body)
	}
}

// What a server without TLS does when somebody begins TLS is its own matter.
func TestPlainHTTP_isFoundWhateverAServerMakesOfTLS(t *testing.T) {
	t.Parallel()
	for name, treat := range map[string]func(net.Conn){
		"it hangs up": func(c net.Conn) { c.Close() },
		"it resets": func(c net.Conn) {
			_ = c.(*net.TCPConn).SetLinger(0)
			c.Close()
		},
		"it says 400": func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			c.Close()
		},
		"it says something else": func(c net.Conn) {
			_, _ = io.WriteString(c, "SSH-2.0-nonsense\r\n")
			c.Close()
		},
		"it says nothing": func(c net.Conn) { t.Cleanup(func() { c.Close() }) },
	} {
		host, begun := plainServer(t, treat)
		client := newClient(t, map[string]Registry{host: {Insecure: true}})
		client.tlsTimeout = 100 * time.Millisecond
		for range 2 {
			if _, err := client.Image(t.Context(), host+"/app:1", Options{Include: []string{IncludeConfig}}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if begun.Load() != 1 {
			t.Errorf("%s: TLS is begun %d times, want once", name, begun.Load())
		}
	}
}

// A network that breaks while TLS begins does not make a registry one without TLS.
func TestPlainHTTP_isNotTakenForABrokenNetwork(t *testing.T) {
	t.Parallel()
	behind := serve(t)
	behind.push(t, "app:1", imageFor(t, "linux/amd64"))
	server := httptest.NewUnstartedServer(behind.forward(t))
	breaking := &breaking{Listener: server.Listener}
	breaking.left.Store(1)
	server.Listener = breaking
	server.StartTLS()
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "https://")
	client := newClient(t, map[string]Registry{host: {Insecure: true}})
	if _, err := client.Image(t.Context(), host+"/app:1", Options{}); err != nil {
		t.Error(err)
	}
	connection, err := client.connect(host, nil)
	if err != nil || connection.plain.Load() || !connection.secured.Load() {
		t.Errorf("it is taken for a registry without TLS: %v", err)
	}
}

// A breaking listener hangs up on its first connections.
type breaking struct {
	net.Listener
	left atomic.Int64
}

func (b *breaking) Accept() (net.Conn, error) {
	conn, err := b.Listener.Accept()
	for err == nil && b.left.Add(-1) >= 0 {
		conn.Close()
		conn, err = b.Listener.Accept()
	}
	return conn, err
}
