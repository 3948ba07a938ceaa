package oci

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// maxRereads bounds how often an answer is asked for again that broke off in its body.
const maxRereads = 2

// body reads an answer to its end and closes it. One that breaks off is asked for again. An answer over the limit is an
// error, before it is read if its length is known.
func (r *reader) body(response *http.Response, limit int64, what string) ([]byte, error) {
	ctx := response.Request.Context()
	for left := maxRereads; ; left-- {
		var text []byte
		var err error = &wire.TooLargeError{Limit: limit}
		if response.ContentLength <= limit {
			text, err = wire.ReadAll(response.Body, limit)
		} else {
			response.Body.Close()
		}
		switch {
		case wire.Is[*wire.TooLargeError](err):
			return nil, &contentError{fmt.Errorf("%s of %s is larger than %s: it is not read", what, r.host(), size(limit))}
		case ctx.Err() != nil:
			return nil, fmt.Errorf("%s of %s was not there in time, but %d bytes of it: %w", what, r.host(), len(text),
				context.Cause(ctx))
		case err == nil:
			return text, nil
		}
		broken := fmt.Errorf("%s of %s broke off after %d bytes: %s; try again", what, r.host(), len(text),
			r.line(err.Error())) // HTTP/2 has words of the server in it
		if left == 0 || wire.Is[*wire.IdleTimeoutError](err) {
			return nil, broken
		}
		if response, err = r.again(ctx, response); err != nil {
			return nil, broken
		}
	}
}

// size returns a limit in words.
func size(limit int64) string {
	if limit < 1<<20 {
		return fmt.Sprintf("%d bytes", limit)
	}
	return fmt.Sprintf("%d MiB", limit>>20)
}

// again sends the request of an answer again, from the first host on: the address that it redirected to may be good for
// one time.
func (r *reader) again(ctx context.Context, response *http.Response) (*http.Response, error) {
	if err := wire.Wait(ctx, r.retryWait); err != nil {
		return nil, err
	}
	request, err := retryablehttp.FromRequest(firstOf(response.Request).Clone(ctx))
	if err != nil {
		return nil, err
	}
	status := response.StatusCode
	if response, err = r.retry(r.client, request, worthRetrying); err != nil {
		return nil, err
	}
	if response.StatusCode != status {
		discard(response)
		return nil, fmt.Errorf("it answers %s now", response.Status)
	}
	return response, nil
}

// decode takes the coding off an answer that nobody asked for: without it, digests and limits are of other bytes. Some
// storage says so of what is not encoded.
func decode(response *http.Response) error {
	coding := strings.ToLower(strings.TrimSpace(response.Header.Get("Content-Encoding")))
	if coding == "" || coding == "identity" || response.Request.Method == http.MethodHead {
		return nil
	}
	body := bufio.NewReader(response.Body)
	begin, _ := body.Peek(2) // an error comes again when the body is read
	isGzip := coding == "gzip" || coding == "x-gzip"
	switch {
	case isGzip && string(begin) == "\x1f\x8b":
		response.Body, response.ContentLength = &decodedBody{&gzipReader{body: body}, response.Body}, -1
		response.Header.Del("Content-Encoding")
		response.Header.Del("Content-Length")
	case isGzip || len(begin) == 0 || begin[0] == '{':
		response.Body = &decodedBody{body, response.Body}
	default:
		response.Body.Close()
		return fmt.Errorf("it answers in the coding %q, %w; check the proxy before it", coding, errCoding)
	}
	return nil
}

var errCoding = errors.New("which was not asked for")

// A decodedBody is read by a decoder, and closed as the body that it decodes.
type decodedBody struct {
	io.Reader
	body io.Closer
}

func (d *decodedBody) Close() error { return d.body.Close() }

// A gzipReader begins to decode when it is read.
type gzipReader struct {
	body    io.Reader
	decoder *gzip.Reader
}

func (g *gzipReader) Read(p []byte) (int, error) {
	if g.decoder == nil {
		var err error
		if g.decoder, err = gzip.NewReader(g.body); err != nil {
			return 0, err
		}
	}
	return g.decoder.Read(p)
}

// discard reads the rest of an answer, so that its connection can be used again.
func discard(response *http.Response) {
	_, _ = io.CopyN(io.Discard, response.Body, maxErrorBody) // a longer one costs the connection
	response.Body.Close()
}
