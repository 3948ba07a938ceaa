package demandflow

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// How much of what the other side says is repeated, in characters.
const (
	maxMessage = 500 // of DemandFlow's own message
	maxQuote   = 200 // of a body that is not DemandFlow's
)

// WasDeleted is what to do where an object that is to be written is not there any more.
const WasDeleted = "It was deleted since Terraform last looked: plan again."

// An Error is an answer of DemandFlow that is no success, or a success that cannot be used (then Status is 2xx). Code
// and Message are the "error" and "message" of the body, or what stands in their place ([reasonIn]). The token is
// redacted from all of it.
type Error struct {
	Status   int
	Code     string
	Message  string
	Method   string
	Path     string
	Attempts int // how often the request was sent

	own      bool   // the body is an error as DemandFlow writes it
	object   bool   // the request was about one object that should be there
	page     bool   // the body is a web page
	endpoint string // where the request went
	cause    error  // of an unusable success
}

// Error returns what was asked, what the answer was, and on a second line what to do.
func (e *Error) Error() string {
	failed := fmt.Sprintf("DemandFlow answered %d %s to %s %s%s", e.Status, http.StatusText(e.Status), e.Method, e.Path,
		times(e.Attempts))
	if e.Code != "" && e.Code != e.Message {
		failed += ": " + e.Code
	}
	return (&wire.Error{Failed: failed, Said: e.Message, Advice: e.advice()}).Error()
}

// Unwrap returns why a success cannot be used, nil for every other answer.
func (e *Error) Unwrap() error { return e.cause }

func (e *Error) advice() string {
	switch {
	case e.Status >= 300 && e.Status < 400:
		return "The provider follows no redirects of writes, to another address, or in circles: set the endpoint to the " +
			"address that DemandFlow really has."
	case e.page:
		return fmt.Sprintf("This is a web page, not an answer of DemandFlow's API: check the endpoint (%s), and proxies on "+
			"the way.", e.endpoint)
	case e.Status < 300 && e.object:
		return fmt.Sprintf("DemandFlow does not answer like this: check the endpoint (%s), and proxies on the way.",
			e.endpoint)
	case e.Status == http.StatusNotFound && (!e.own || !e.object):
		return fmt.Sprintf("This does not say that an object is missing: check the endpoint (%s), and proxies and gateways "+
			"on the way.", e.endpoint)
	case e.Status == http.StatusUnauthorized:
		return "Check the token: none arrived, or it was not understood."
	case e.Status == http.StatusForbidden:
		return "Check that the token is valid and not revoked, that its user may do this, and that the object is of the " +
			"same tenant."
	case e.Status == http.StatusBadRequest:
		return "DemandFlow refuses what was sent: where it names a field, compare the tenant's definition of it."
	case e.Status == http.StatusNotFound && e.Method != http.MethodGet:
		return WasDeleted
	case e.Status == http.StatusTooManyRequests:
		return "DemandFlow limits requests: wait a while, or let fewer requests be under way at a time " +
			"(max_concurrent_requests)."
	case e.Status >= 500:
		return "DemandFlow, or a proxy on the way, failed: try again later."
	}
	return ""
}

func times(attempts int) string {
	if attempts < 2 {
		return ""
	}
	return fmt.Sprintf(" (%d attempts)", attempts)
}

// IsNotFound reports whether an error is DemandFlow's own 404. Any other 404 comes from a wrong endpoint, a proxy or a
// gateway, and says nothing of the object. ConfirmGone returns nil if the object is gone.
func IsNotFound(err error) bool {
	answer, ok := errors.AsType[*Error](err)
	return ok && answer.Status == http.StatusNotFound && answer.own
}

// IsForbidden reports whether the token may not do this, is no longer valid, or the object belongs to another tenant:
// DemandFlow does not tell these apart.
func IsForbidden(err error) bool {
	answer, ok := errors.AsType[*Error](err)
	return ok && answer.Status == http.StatusForbidden
}

// isWithheld reports whether DemandFlow itself answers that an object is not there, or not for this token. A proxy on
// the way answers with pages, texts or nothing.
func isWithheld(err error) bool {
	answer, ok := errors.AsType[*Error](err)
	return ok && answer.own && (answer.Status == http.StatusNotFound || answer.Status == http.StatusForbidden)
}

// failure returns the error of an answer that is no success.
func (c *Client) failure(request call, answer answer) *Error {
	err := &Error{
		Status: answer.status, Method: request.method, Path: c.redactToken(request.url.EscapedPath()),
		Attempts: answer.attempts, own: ownError(answer.body), object: request.method != http.MethodPost && !request.stream,
		page: isPage(answer.body), endpoint: c.endpoint.String(),
	}
	code, message := wire.Reason(answer.body)
	err.Code, err.Message = c.clean(code, maxMessage, request.secrets), c.clean(message, maxMessage, request.secrets)
	if err.Code == "" && err.Message == "" {
		err.Message = c.excerpt(answer.body, request.secrets)
	}
	if answer.status >= 300 && answer.status < 400 {
		err.Message = "redirect to " + c.clean(cmp.Or(withoutQuery(answer.header.Get("Location")), "nowhere"), maxQuote,
			request.secrets)
	}
	return err
}

// withoutQuery returns an address without its query, which in a redirect may carry what a log-in page handed out.
func withoutQuery(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return address
}

// unusable returns the error of a success whose body is not what it should be.
func (c *Client) unusable(request call, answer answer, cause error) *Error {
	message := wire.Cut(c.redact(wire.OneLine(cause.Error()), request.secrets), maxMessage)
	if excerpt := c.excerpt(answer.body, request.secrets); excerpt != "" {
		message += "; it is or begins with: " + excerpt
	}
	// an object's own fields are not repeated
	if object := (Object{}); json.Unmarshal(answer.body, &object) == nil && object["id"] == nil {
		code, reason := wire.ReasonOf(object)
		if said := c.clean(strings.Join(slices.DeleteFunc([]string{code, reason}, func(s string) bool { return s == "" }),
			": "), maxMessage, request.secrets); said != "" {
			message += "; it says: " + said
		}
	}
	return &Error{
		Status: answer.status, Message: message, Method: request.method,
		Path: c.redactToken(request.url.EscapedPath()), Attempts: answer.attempts, page: isPage(answer.body),
		endpoint: c.endpoint.String(), cause: c.harmless(cause, request.secrets), object: !request.stream,
	}
}

// unreachable returns the error of a request that got no answer, or only the beginning of one. ended is the error of
// the caller's context where that is why, else nil.
func (c *Client) unreachable(ended error, request call, attempts int, cause error) error {
	mayPass := wire.MayPass(cause) // before the *url.Error around it goes, which is what the library looks for
	advice := "Check the endpoint, the network, and the proxy if one is set (HTTPS_PROXY)."
	cause = wire.WithoutURL(cause) // its text would repeat method and address
	idle, isIdle := errors.AsType[*wire.IdleTimeoutError](cause)
	switch {
	case errors.Is(ended, context.DeadlineExceeded):
		cause, advice = ended, "Allow more time (timeouts), or try again later."
	case ended != nil:
		cause, advice = ended, ""
	case isIdle:
		advice = fmt.Sprintf("Try again later, or allow more than %s of silence (request_timeout).", idle.Limit)
	case !mayPass:
		advice = "Check the endpoint; if its certificate comes from a private authority, give that one's certificate " +
			"(ca_certificate)."
	}
	return &wire.Error{
		Failed: fmt.Sprintf("%s %s got no answer from %s%s", request.method, c.redactToken(request.url.EscapedPath()),
			request.url.Host, times(attempts)),
		Said: c.reason(cause, request.secrets), Advice: advice, Cause: c.harmless(cause, request.secrets),
	}
}

// reason returns the text of a connection's error, without method and address, which are said beside it, and without
// secrets.
func (c *Client) reason(err error, secrets *wire.Redaction) string {
	err = wire.WithoutURL(err)
	switch text := c.redactToken(err.Error()); {
	case ours(err):
		return text
	case secrets.ContainsShort(text) || c.containsEncoded(text, secrets):
		return wire.Withheld
	default:
		return c.redact(text, secrets)
	}
}

// ours reports whether an error came about on this side of the connection, so that its text repeats nothing of the
// other.
func ours(err error) bool {
	_, idle := errors.AsType[*wire.IdleTimeoutError](err)
	_, network := errors.AsType[*net.OpError](err)
	if idle || network || wire.NotSent(err) {
		return true
	}
	return slices.ContainsFunc([]error{context.Canceled, context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF},
		func(known error) bool {
			return errors.Is(err, known)
		})
}

// clean makes foreign text fit for one line of an error: printable, without the token, not long. The order counts: what
// is cut or interspersed with invisible characters would not be recognised as the token.
func (c *Client) clean(text string, limit int, secrets *wire.Redaction) string {
	line := wire.OneLine(text)
	if secrets.ContainsShort(line) || c.containsEncoded(line, secrets) {
		return wire.Withheld
	}
	return wire.Cut(c.redact(line, secrets), limit)
}

// excerpt returns the beginning of a body that is not DemandFlow's: a proxy's page, a stack trace. JSON is never
// repeated, whole or broken or after other text, because it may be an object with its secrets; of a whole one the names
// of its fields are shown.
func (c *Client) excerpt(body []byte, secrets *wire.Redaction) string {
	var object Object
	if json.Unmarshal(body, &object) == nil && len(object) > 0 {
		return c.clean("a JSON object with the fields "+strings.Join(fieldNames(object), ", "), maxQuote, secrets)
	}
	if text := strings.TrimSpace(string(body)); text != "" && !strings.ContainsAny(text[:1], `{["`) {
		// not before it is clean: a secret may have a brace too
		line, _, more := strings.Cut(c.clean(text, len(text), secrets), "{")
		if more {
			line += "…"
		}
		return wire.Cut(line, maxQuote)
	}
	return ""
}

func isPage(body []byte) bool { return strings.HasPrefix(strings.TrimSpace(string(body)), "<") }
