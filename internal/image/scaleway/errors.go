package scaleway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	registry "github.com/scaleway/scaleway-sdk-go/api/registry/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A failure is a request to Scaleway that failed. The secret key is in none of it.
type failure struct {
	shown    *wire.Error
	gone     string // what certainly does not exist: image, namespace …; "" if that is unknown
	deleting bool   // it is being deleted, perhaps by an earlier attempt
	lost     bool   // Scaleway may have carried it out, because its answer was lost
}

func (f *failure) Error() string { return f.shown.Error() }

func (f *failure) Unwrap() error { return f.shown }

// failureOf returns the failure in the chain of an error, an empty one if there is none.
func failureOf(err error) *failure {
	if failed, ok := errors.AsType[*failure](err); ok {
		return failed
	}
	return &failure{}
}

// failed returns the error for an error of the SDK, with advice. It does not wrap the SDK's error, which may have the
// key.
func (conn *connection) failed(ctx context.Context, doing string, seen *exchange, err error) error {
	shown := image.Cannot(doing, "", "", nil)
	failed := &failure{shown: shown, lost: seen.sent && (!seen.answered || seen.status < http.StatusMultipleChoices ||
		seen.status >= http.StatusInternalServerError)}
	attempts := ""
	if seen.attempts > 1 {
		attempts = fmt.Sprintf(" (%d attempts)", seen.attempts)
	}
	said := conn.clean(reason(err))
	switch {
	case ctx.Err() != nil && !seen.answered:
		shown.Said, shown.Cause = "it was interrupted", ctx.Err()
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			shown.Said, shown.Advice = "it was not done in time", "Try again later, or allow more time"
		}
		return failed
	case seen.status == 0:
		shown.Said = "Scaleway gave no answer" + attempts + ": " + said
		shown.Advice = "Check the network, the proxy if there is one (HTTPS_PROXY), and the address of the API " +
			"(SCW_API_URL) if one is set"
		return failed
	case seen.status < 300:
		shown.Said, shown.Advice = "Scaleway's answer cannot be used: "+said, adviceOnAddress
		return failed
	}
	status := strings.TrimSpace(fmt.Sprintf("%d %s", seen.status, http.StatusText(seen.status)))
	shown.Said = "Scaleway answered " + status + attempts
	for rest := strings.TrimPrefix(said, "http error "); rest != said; rest = strings.TrimPrefix(strings.TrimPrefix(said,
		status), ": ") {
		said = rest // the SDK has the status in place of a missing message
	}
	if said != "" {
		shown.Said += ": " + said
	}
	shown.Advice, failed.gone = advice(seen, err), certainlyGone(seen, err)
	state, transient := errors.AsType[*scw.TransientStateError](err)
	failed.deleting = transient && state.CurrentState == string(registry.ImageStatusDeleting)
	return failed
}

const adviceOnAddress = "Check the address of the API (SCW_API_URL) if one is set, and proxies on the way"

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
	case seen.status == http.StatusLocked || wire.Is[*scw.ResourceLockedError](err):
		return "Scaleway has locked it, which its support can explain and undo"
	case wire.Is[*scw.TransientStateError](err) || seen.status == http.StatusConflict:
		return "It is being changed or deleted: wait until its status is ready, and try again"
	case seen.status == http.StatusTooManyRequests:
		return "Scaleway limits requests: wait a while, or run Terraform with a lower -parallelism"
	case seen.status >= 500:
		return "This is Scaleway's own fault: see https://status.scaleway.com, and try again later"
	}
	return ""
}

// certainlyGone returns what Scaleway itself does not know, by the type of its error or, as the registry has none, by
// its message. The 404 of a proxy, or of an address that is not a route of the API, does not count.
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

// notFoundWords match the registry's whole message, such as "Image was not found": gateways have other 404s.
var notFoundWords = regexp.MustCompile(`(?i)^(image|namespace|tag) (?:was|is) not found\.?$`)

// missing adds image.ErrNotFound to the error of a call for an image that certainly does not exist. A missing namespace
// or list does not prove that.
func missing(err error) error {
	if failed := failureOf(err); failed.gone == "image" {
		failed.shown.Cause = image.ErrNotFound
	}
	return err
}

// reason returns the text of an error without what the SDK and Go put before it.
func reason(err error) string {
	if large, ok := errors.AsType[*wire.TooLargeError](err); ok {
		return fmt.Sprintf("the answer is larger than %d MiB", large.Limit>>20)
	}
	text := wire.WithoutURL(err).Error()
	for {
		rest := strings.TrimPrefix(strings.TrimPrefix(text, "scaleway-sdk-go: "), "error executing request: ")
		if rest == text {
			return text
		}
		text = rest
	}
}

const maxMessage = 500 // characters of a foreign text

// clean returns a foreign text as one line of limited length, without the key.
func (conn *connection) clean(text string) string { return conn.secrets.Line(text, maxMessage) }

// clean is that of the connection, if there is one.
func (c *Client) clean(text string) string {
	conn, err := c.connect()
	if err != nil {
		return wire.OneLine(text)
	}
	return conn.clean(text)
}
