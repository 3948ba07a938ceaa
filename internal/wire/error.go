package wire

import (
	"cmp"
	"errors"
	"net/url"
	"strings"
)

// An Error is a request, or an operation that needs requests, that failed.
type Error struct {
	Failed string // what failed: "GET /v1/objects/1 got no answer", "cannot read the image nginx"
	Said   string // what the other side, or the way to it, said, without secrets; may be empty
	Advice string // what to do next; may be empty
	Cause  error  // nil where its text may hold a secret

	Separator string // stands before the advice, such as "; " on the same line; empty: a line break
}

// Error returns what failed and why and, on a second line or after the separator, what to do.
func (e *Error) Error() string {
	text := e.Failed
	if e.Said != "" {
		text += ": " + e.Said
	}
	if e.Separator != "" {
		text = strings.TrimRight(text, ".?") // the line goes on
	}
	if e.Advice != "" {
		text += cmp.Or(e.Separator, "\n") + e.Advice
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is reports whether an error of a type is in the chain of err.
func Is[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

// WithoutURL returns an error of a request without the method and the address that net/http puts before it: an address
// may hold a signature or a password, and an error says it once.
func WithoutURL(err error) error {
	for outer, ok := errors.AsType[*url.Error](err); ok; outer, ok = errors.AsType[*url.Error](err) {
		err = outer.Err
	}
	return err
}
