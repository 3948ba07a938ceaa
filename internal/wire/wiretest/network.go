// Package wiretest is a network in memory for tests. Its hosts are handlers. It records the requests to each host, so
// that a test can check which host has received a credential. It also has what tests of real servers share.
package wiretest

import (
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A Network carries requests to its hosts. It is an http.RoundTripper.
type Network struct {
	mutex sync.Mutex
	hosts map[wire.Origin]http.Handler
	sent  []Sent
}

// A Sent is a request that has reached a host.
type Sent struct {
	Method string
	URL    *url.URL
	Header http.Header
	Body   string
}

// Serve puts a handler at an address, such as https://registry.example.com:5000.
func (n *Network) Serve(t testing.TB, address string, handler http.Handler) {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.hosts == nil {
		n.hosts = map[wire.Origin]http.Handler{}
	}
	n.hosts[wire.OriginOf(at)] = handler
}

// RoundTrip passes a request to the handler of its host. Without a handler the connection is refused.
func (n *Network) RoundTrip(request *http.Request) (*http.Response, error) {
	body := []byte{}
	if request.Body != nil {
		var err error
		if body, err = io.ReadAll(request.Body); err != nil {
			return nil, err
		}
		request.Body.Close()
	}
	n.mutex.Lock()
	handler := n.hosts[wire.OriginOf(request.URL)]
	if handler != nil {
		n.sent = append(n.sent, Sent{Method: request.Method, URL: request.URL, Header: request.Header.Clone(),
			Body: string(body)})
	}
	n.mutex.Unlock()
	if handler == nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	arrived := request.Clone(request.Context())
	arrived.Body, arrived.Host, arrived.RequestURI = io.NopCloser(strings.NewReader(string(body))), request.URL.Host,
		request.URL.RequestURI()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, arrived)
	response := recorder.Result()
	response.Request = request
	return response, nil
}

// Sent returns the requests that have reached a host, in their order.
func (n *Network) Sent() []Sent {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return slices.Clone(n.sent)
}

// Forget forgets what was sent so far.
func (n *Network) Forget() {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.sent = nil
}

// Leaks returns a description of each request with a secret to other addresses than the allowed ones.
func (n *Network) Leaks(secret string, allowed ...string) []string {
	var leaks []string
	for _, sent := range n.Sent() {
		if where := sent.holds(secret); where != "" && !slices.ContainsFunc(allowed, sent.wentTo) {
			leaks = append(leaks, fmt.Sprintf("%s %s has %q in its %s", sent.Method, sent.URL, secret, where))
		}
	}
	return leaks
}

func (s Sent) wentTo(address string) bool {
	at, err := url.Parse(address)
	return err == nil && wire.OriginOf(at) == wire.OriginOf(s.URL)
}

// holds returns the part of a request that has a secret, as it is or encoded, "" if there is none.
func (s Sent) holds(secret string) string {
	texts := map[string]string{"body": s.Body, "address": s.URL.String()}
	for name, values := range s.Header {
		texts[name+" header"] = strings.Join(values, "\n")
	}
	for _, where := range slices.Sorted(maps.Keys(texts)) {
		text := texts[where]
		unescaped, _ := url.QueryUnescape(text)
		if strings.Contains(text, secret) || strings.Contains(unescaped, secret) {
			return where
		}
		for word := range strings.FieldsSeq(text) {
			if decoded, err := base64.StdEncoding.DecodeString(word); err == nil && strings.Contains(string(decoded), secret) {
				return where
			}
		}
	}
	return ""
}
