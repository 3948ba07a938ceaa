package scaleway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	registry "github.com/scaleway/scaleway-sdk-go/api/registry/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// An Error is something that could not be done with Scaleway. The secret key is in none of it.
type Error struct {
	Doing  string // what was being done, after "cannot"
	Said   string // what Scaleway, or the way to it, said
	Advice string // what to do next; may be empty
	Status int    // of the answer; 0 where there was none
	cause  error

	gone     string // what Scaleway says for certain that is missing: image, namespace …; "" where it does not say
	deleting bool   // it is being deleted
	lost     bool   // Scaleway may have done it all the same
}

func (e *Error) Error() string { return image.Cannot(e.Doing, e.Said, e.Advice) }

// Unwrap returns what is behind the error: image.ErrNotFound, or that of the context.
func (e *Error) Unwrap() error { return e.cause }

// failed returns what an error of the SDK means, in words for the user of Terraform. The wrapped error is not kept: it
// may show the key.
func (conn *connection) failed(ctx context.Context, doing string, seen *exchange, err error) *Error {
	failure := &Error{Doing: doing, Status: seen.status}
	failure.lost = seen.sent.Load() && (!seen.answered || seen.status < http.StatusMultipleChoices ||
		seen.status >= http.StatusInternalServerError)
	if ctx.Err() != nil && !seen.answered {
		failure.Said, failure.cause = "it was interrupted", ctx.Err()
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			failure.Said, failure.Advice = "it was not done in time", "Try again later, or allow more time"
		}
		return failure
	}
	attempts := ""
	if seen.attempts > 1 {
		attempts = fmt.Sprintf(" (%d attempts)", seen.attempts)
	}
	said := conn.clean(reason(err))
	switch {
	case seen.status == 0:
		failure.Said = "Scaleway gave no answer" + attempts + ": " + said
		failure.Advice = "Check the network, the proxy if there is one (HTTPS_PROXY), and the address of the API " +
			"(SCW_API_URL) if one is set"
		return failure
	case seen.status < 300:
		failure.Said = "Scaleway's answer cannot be used: " + said
		failure.Advice = "Check the address of the API (SCW_API_URL) if one is set, and proxies on the way"
		return failure
	}
	status := strings.TrimSpace(fmt.Sprintf("%d %s", seen.status, http.StatusText(seen.status)))
	failure.Said = "Scaleway answered " + status + attempts
	for rest := strings.TrimPrefix(said, "http error "); rest != said; rest = strings.TrimPrefix(strings.TrimPrefix(said,
		status), ": ") {
		said = rest // the SDK gives the status for a message where there is none
	}
	if said != "" {
		failure.Said += ": " + said
	}
	failure.Advice = advice(seen, err)
	failure.gone = certainlyGone(seen, err)
	state, transient := errors.AsType[*scw.TransientStateError](err)
	failure.deleting = transient && state.CurrentState == string(registry.ImageStatusDeleting)
	return failure
}

func advice(seen *exchange, err error) string {
	switch {
	case seen.status < 400:
		return "Redirects are not followed, because the key would go with them: set the address of the API (SCW_API_URL) " +
			"to where it really is"
	case !seen.json:
		return "That is not how Scaleway's API answers: check the address of the API (SCW_API_URL) if one is set, and " +
			"proxies on the way"
	case seen.status == http.StatusUnauthorized:
		return "The key is unknown, expired or deleted: check it in Scaleway's console (IAM, API keys). Nothing is known " +
			"of the image, so nothing is taken for gone"
	case seen.status == http.StatusForbidden:
		return "The key's owner needs a policy with ContainerRegistryReadOnly for the project to read, and with " +
			"ContainerRegistryFullAccess to change or delete"
	case seen.status == http.StatusNotFound:
		return "Check the id and the region: an id is known in its own region only"
	case seen.status == http.StatusLocked || is[*scw.ResourceLockedError](err):
		return "Scaleway has locked it, which its support can explain and undo"
	case is[*scw.TransientStateError](err) || seen.status == http.StatusConflict:
		return "It is being changed or deleted: wait until its status is ready, and try again"
	case seen.status == http.StatusTooManyRequests:
		return "Scaleway limits requests: wait a while, or run Terraform with a lower -parallelism"
	case seen.status >= 500:
		return "This is Scaleway's own fault: see https://status.scaleway.com, and try again later"
	}
	return ""
}

// certainlyGone says what Scaleway itself knows none of: by its type of error or, as the registry has none, by its
// words. A 404 of a proxy, or of an address that is no route of the API, is not one.
func certainlyGone(seen *exchange, err error) string {
	if seen.status != http.StatusNotFound || !seen.json {
		return ""
	}
	if typed, ok := errors.AsType[*scw.ResourceNotFoundError](err); ok {
		return strings.ToLower(typed.Resource)
	}
	if said, ok := errors.AsType[*scw.ResponseError](err); ok {
		if words := notFoundWords.FindStringSubmatch(said.Message); words != nil {
			return strings.ToLower(words[1])
		}
	}
	return ""
}

// "Image was not found" is what the registry says, and no more: gateways have 404s of many words.
var notFoundWords = regexp.MustCompile(`(?i)^(image|namespace|tag) (?:was|is) not found\.?$`)

// missing puts image.ErrNotFound behind the error of a call for the image itself, where that is certainly gone. A
// namespace or a list that is not there says nothing for certain of an image.
func missing(err error) error {
	if failure, ok := errors.AsType[*Error](err); ok && failure.gone == "image" {
		failure.cause = image.ErrNotFound
	}
	return err
}

func is[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

// reason returns an error in its own words, without those that the SDK and Go put before every one.
func reason(err error) string {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	text := err.Error()
	for {
		rest := strings.TrimPrefix(strings.TrimPrefix(text, "scaleway-sdk-go: "), "error executing request: ")
		if rest == text {
			return text
		}
		text = rest
	}
}

const maxMessage = 500 // characters of what the other side says

// clean makes foreign text fit for one line of an error: printable, without the key, not long.
func (conn *connection) clean(text string) string { return conn.secrets.Line(text, maxMessage) }

// clean returns that of the connection, where there is one.
func (c *Client) clean(text string) string {
	conn, err := c.connect()
	if err != nil {
		return wire.OneLine(text)
	}
	return conn.clean(text)
}

// keeping returns what knows the secret key.
func keeping(secret string) *wire.Secrets {
	secrets := &wire.Secrets{}
	secrets.Add(wire.Secret{Text: secret, Instead: "[secret_key]"})
	return secrets
}
