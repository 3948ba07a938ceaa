package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
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

// A failing transport is for an address that the machine cannot reach, such as npipe:// outside of Windows.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }
