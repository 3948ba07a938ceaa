package openshift

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"
)

// SetPageSize has lists come in small pages.
func SetPageSize(t testing.TB, c *Client, size int) { connected(t, c).pageSize = size }

// SetImpatient has failed requests made again at once.
func SetImpatient(t testing.TB, c *Client) { connected(t, c).retryWait = time.Microsecond }

// SetBetween has a function called before every request.
func SetBetween(t testing.TB, c *Client, between func(*http.Request)) {
	client := connected(t, c).client
	client.Transport = calling{client.Transport, between}
}

type calling struct {
	http.RoundTripper
	between func(*http.Request)
}

func (c calling) RoundTrip(request *http.Request) (*http.Response, error) {
	c.between(request)
	return c.RoundTripper.RoundTrip(request)
}

func connected(t testing.TB, c *Client) *connection {
	t.Helper()
	connection, err := c.connect()
	if err != nil {
		t.Fatal(err)
	}
	return connection
}

// OnMachine puts a client on a machine whose environment and home are a test's, with a service account under
// serviceaccount.
func OnMachine(c *Client, home string, environment map[string]string) *Client {
	c.machine = machine{
		getenv: func(name string) string { return environment[name] }, home: func() string { return home },
		serviceAccount: filepath.Join(home, "serviceaccount"), now: time.Now,
	}
	return c
}

// SetLoginLimit bounds the wait for credentials.
func SetLoginLimit(t testing.TB, c *Client, limit time.Duration) {
	t.Helper()
	client := connected(t, c).client
	wait, ok := client.Transport.(*loginWait)
	if !ok {
		t.Fatal("nothing waits for credentials")
	}
	client.Transport = &loginWait{wait.RoundTripper, limit}
}
