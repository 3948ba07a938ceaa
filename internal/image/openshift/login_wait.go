package openshift

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// tokenTimeout is how long an auth provider may take for a token. It asks its issuer twice.
const tokenTimeout = 30 * time.Second

// A loginError is the error of a request that was not sent, because there are no credentials for it.
type loginError struct{ error }

func (e *loginError) Unwrap() error { return e.error }

// errNotInTime is the error of a login that was given up.
var errNotInTime = errors.New("it gave none in time")

// A loginWait is a transport that bounds the wait of client-go's transports for credentials. They neither end with a
// request's context nor have a limit of their own: neither the commands of plugins, nor the requests of the OIDC
// provider to its issuer.
type loginWait struct {
	http.RoundTripper               // client-go's
	limit             time.Duration // 0 for none but the request's own
}

// A departure is a request's mark in its context: whether it has got below client-go's transports.
type departure struct {
	once    sync.Once
	sent    chan struct{} // closed when the request is sent
	givenUp chan struct{} // closed when it is to be sent no more
}

// departureKey is the key of a departure in a context.
type departureKey struct{}

// RoundTrip sends a request as soon as it has credentials.
func (w loginWait) RoundTrip(request *http.Request) (*http.Response, error) {
	type answer struct {
		response *http.Response
		err      error
	}
	mark := &departure{sent: make(chan struct{}), givenUp: make(chan struct{})}
	marked := request.WithContext(context.WithValue(request.Context(), departureKey{}, mark))
	answered := make(chan answer, 1)
	go func() {
		response, err := w.RoundTripper.RoundTrip(marked) //nolint:bodyclose // the caller closes it, or the end of this
		answered <- answer{response, err}
	}()
	var late <-chan time.Time
	if w.limit > 0 {
		timer := time.NewTimer(w.limit)
		defer timer.Stop()
		late = timer.C
	}
	var err error
	select {
	case <-mark.sent: // the transports below keep to the request's context
		a := <-answered
		return a.response, a.err
	case a := <-answered:
		if a.err != nil && !mark.isSent() {
			a.err = &loginError{a.err}
		}
		return a.response, a.err
	case <-request.Context().Done():
		err = request.Context().Err()
	case <-late:
		err = errNotInTime
	}
	close(mark.givenUp)
	go func() {
		if a := <-answered; a.err == nil { // it was sent at this very moment
			_ = a.response.Body.Close()
		}
	}()
	return nil, &loginError{err}
}

func (d *departure) isSent() bool {
	select {
	case <-d.sent:
		return true
	default:
		return false
	}
}

// sending notes that a request has credentials, as far as it needs any, and is sent.
type sending struct{ http.RoundTripper }

func (s sending) RoundTrip(request *http.Request) (*http.Response, error) {
	if mark, ok := request.Context().Value(departureKey{}).(*departure); ok {
		select {
		case <-mark.givenUp:
			return nil, errNotInTime
		default:
			mark.once.Do(func() { close(mark.sent) })
		}
	}
	return s.RoundTripper.RoundTrip(request)
}

// issuerOf returns the address of an auth provider's issuer, without a user, for errors; "" if it has none.
func issuerOf(configured string) string {
	at, err := url.Parse(configured)
	if err != nil || at.Host == "" {
		return ""
	}
	return fmt.Sprintf("%s://%s%s", at.Scheme, at.Host, at.EscapedPath())
}
