package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// largestAnswer is the limit for an answer. A list has about a kilobyte per image, so this is for tens of thousands of
// them.
const largestAnswer = 64 << 20

// A bounded transport limits the size of answers, and adds the time of waiting to the error of a deadline.
type bounded struct {
	http.RoundTripper
	onHeader func(http.Header)
}

func (b bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	asked := time.Now()
	response, err := b.RoundTripper.RoundTrip(request)
	if err != nil {
		return nil, timedOut(asked, err)
	}
	b.onHeader(response.Header)
	response.Body = &answerBody{wire.Limit(response.Body, largestAnswer), asked}
	return response, nil
}

// A timeoutError is the error of an answer that did not come before a deadline.
type timeoutError struct {
	waited time.Duration
	error
}

func (o *timeoutError) Unwrap() error { return o.error }

// timedOut makes a timeoutError of an error over a deadline.
func timedOut(asked time.Time, err error) error {
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	waited := time.Since(asked)
	if waited >= time.Second {
		return &timeoutError{waited.Round(time.Second), err}
	}
	return &timeoutError{waited.Round(time.Millisecond), err}
}

type answerBody struct {
	io.ReadCloser
	asked time.Time
}

func (b *answerBody) Read(buffer []byte) (int, error) {
	n, err := b.ReadCloser.Read(buffer)
	if _, tooLarge := errors.AsType[*wire.TooLargeError](err); err != nil && !tooLarge && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("the answer broke off: %w", timedOut(b.asked, err))
	}
	return n, err
}

// A commandConn is the connection through a command, ssh. If the command ends before a request is written, what it said
// is in the error of reading only, and an HTTP client shows that of writing.
type commandConn struct {
	net.Conn
	once  sync.Once
	ended chan struct{} // closed at the first error of reading
	said  error         // that error
}

// commandEndTime is longer than the connection waits for the end of its command.
const commandEndTime = 15 * time.Second

func (c *commandConn) Read(buffer []byte) (int, error) {
	n, err := c.Conn.Read(buffer)
	if err != nil {
		c.once.Do(func() {
			c.said = err
			close(c.ended)
		})
	}
	return n, err
}

func (c *commandConn) Write(buffer []byte) (int, error) {
	n, err := c.Conn.Write(buffer)
	if err == nil {
		return n, nil
	}
	timer := time.NewTimer(commandEndTime)
	defer timer.Stop()
	select {
	case <-c.ended:
		if !errors.Is(c.said, io.EOF) {
			err = c.said
		}
	case <-timer.C:
	}
	return n, err
}

// A failing transport is for an address that the machine cannot reach, such as npipe:// outside of Windows.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }
