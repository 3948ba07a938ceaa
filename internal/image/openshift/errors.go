package openshift

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

const (
	longestSaid    = 300 // characters of a server's message that an error repeats
	longestRefusal = 64 << 10
)

// errTruncated is an answer that ends before it is complete.
var errTruncated = errors.New("the answer broke off")

// A notAPI is the error of an answer that is not the API's.
type notAPI struct {
	what  string
	cause error
}

func (e *notAPI) Error() string {
	text := "it answered with " + e.what
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// A refusal is an answer other than 200.
type refusal struct {
	status   int
	ofAPI    bool // it is a Status of the API, and not a proxy's page
	message  string
	reason   string
	kind     string // of the object that it is about
	next     string // token with which a list continues after its own has expired
	location string // target of a redirect
}

func (e *refusal) Error() string {
	text := fmt.Sprintf("it answered %d %s", e.status, http.StatusText(e.status))
	if e.location != "" {
		return text + ", a redirect to " + e.location
	}
	if e.message != "" {
		return text + " (" + e.message + ")"
	}
	return text
}

// refused reads an answer other than 200.
func refused(response *http.Response) *refusal {
	e := &refusal{status: response.StatusCode}
	if at, err := response.Location(); err == nil {
		e.location = at.Scheme + "://" + at.Host // the rest may have the state of a login
	}
	body, _ := io.ReadAll(io.LimitReader(response.Body, longestRefusal)) // as far as it arrives
	var status struct {
		Kind     string `json:"kind"`
		Message  string `json:"message"`
		Reason   string `json:"reason"`
		Metadata struct {
			Continue string `json:"continue"`
		} `json:"metadata"`
		Details struct {
			Kind string `json:"kind"`
		} `json:"details"`
	}
	if json.Unmarshal(body, &status) == nil && status.Kind == "Status" {
		e.ofAPI, e.message, e.reason, e.kind, e.next = true, status.Message, status.Reason, status.Details.Kind,
			status.Metadata.Continue
	} else if strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain") {
		e.message = string(body)
	}
	return e
}

// failed returns the error for an error of a request, with advice.
func (c *connection) failed(doing string, err error) error {
	if wire.Is[*wire.Error](err) {
		return err
	}
	err = wire.WithoutURL(err) // it may have the token of the next page
	failure := image.Cannot(doing+" at "+c.base.Host, c.oneLine(err.Error()), "", err)
	if refusal, ok := errors.AsType[*refusal](err); ok {
		failure.Advice = c.adviceOn(refusal)
		if refusal.gone() {
			failure.Cause = errors.Join(image.ErrNotFound, err)
		}
		return failure
	}
	large, tooLarge := errors.AsType[*wire.TooLargeError](err)
	dns, unknownHost := errors.AsType[*net.DNSError](err)
	timeout, slow := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	switch {
	case errors.Is(err, context.Canceled):
		failure.Said = "it was interrupted"
	case errors.Is(err, context.DeadlineExceeded) || slow && timeout.Timeout():
		failure.Said, failure.Advice = "it did not answer in time",
			"See whether the cluster can be reached from here (oc get --raw /readyz), and try again"
	case tooLarge || wire.Is[*notAPI](err):
		if tooLarge {
			failure.Said = fmt.Sprintf("the answer is larger than %d MiB", large.Limit>>20)
		}
		failure.Advice = "See what is at " + c.base.Redacted() + ", which " + c.origin +
			" says: it must be the cluster's API (oc whoami --show-server), not its console or a proxy"
	case errors.Is(err, errTruncated):
		failure.Advice = "Try again; if it goes on, something between here and the cluster cuts long answers off"
	case wire.Is[x509.UnknownAuthorityError](err):
		failure.Advice = "Set ca_certificate to the certificate of the authority that signed the API's (oc config view " +
			"--raw has it in certificate-authority-data)"
	case wire.Is[x509.HostnameError](err):
		failure.Advice = "Name the cluster by a host that its certificate is for"
	case wire.Is[x509.CertificateInvalidError](err):
		failure.Advice = "The API's certificate has to be renewed, or the clock of this machine to be set: it is " +
			time.Now().UTC().Format(time.RFC3339) + " here"
	case wire.Is[tls.AlertError](err):
		failure.Advice = "The API does not take the client certificate that " + c.origin +
			" has: log in again, or set a token (oc whoami -t)"
	case wire.Is[tls.RecordHeaderError](err) || errors.Is(err, http.ErrSchemeMismatch):
		failure.Advice = "It speaks plain HTTP there: see what listens on this port. The API is at https://, most often on " +
			"port 6443"
	case unknownHost && dns.IsNotFound:
		failure.Advice = "There is no such host: see whether " + c.origin +
			" has it right, and whether this machine has to be in a VPN"
	default:
		failure.Advice = "See whether the cluster can be reached from here (oc get --raw /readyz), and whether " + c.origin +
			" names the right one"
	}
	return failure
}

// gone reports whether there is certainly no such image. The API also answers 404 for a resource that it does not
// serve, and so do proxies.
func (e *refusal) gone() bool {
	return e.status == http.StatusNotFound && e.ofAPI && e.reason == "NotFound" &&
		(e.kind == "images" || e.kind == "Image" || strings.HasPrefix(e.message, "images."))
}

// adviceOn returns the advice for an answer other than 200.
func (c *connection) adviceOn(e *refusal) string {
	switch {
	case e.location != "":
		return "The API has no redirects, so this is a login page or a proxy: see whether " + c.origin +
			" names the API (oc whoami --show-server)"
	case (e.status == http.StatusUnauthorized || e.status == http.StatusForbidden) && !c.named:
		return "No credentials were sent: set a token (oc whoami -t), or a kubeconfig that is logged in"
	case e.status == http.StatusUnauthorized:
		return "The credentials are not accepted; tokens of oc login last a day: log in again, or use the token of a " +
			"service account. They come from " + c.origin
	case e.status == http.StatusForbidden:
		return "Images belong to the cluster, not to a project, and reading them is a right of its own: an administrator " +
			"can grant it with oc create clusterrole image-viewer --verb=get,list --resource=images.image.openshift.io and oc " +
			"adm policy add-cluster-role-to-user image-viewer USER"
	case e.gone():
		return "See whether it was pruned, or list what is there with oc get images"
	case e.status == http.StatusNotFound:
		return "The API there does not serve images (image.openshift.io/v1), so it is a Kubernetes cluster without " +
			"OpenShift, or not the API: see " + c.origin
	case e.status == http.StatusGone:
		return "The list took so long that the cluster forgot what it was a list of: try again, or choose fewer images by " +
			"their labels"
	case e.status == http.StatusTooManyRequests:
		return "It was asked several times: try again later"
	case e.status == http.StatusBadRequest:
		return "See whether the labels are chosen as oc get -l takes them"
	case e.status >= http.StatusInternalServerError:
		return "The fault is in the cluster, most often in its API for images: see oc get apiservices " +
			"v1.image.openshift.io, and try again"
	}
	return "See whether " + c.origin + " names the cluster that is meant"
}
