package engine

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os/exec"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// errNoEngine is for a server that is not an engine.
var errNoEngine = errors.New("something answers there, but it does not name the version of its API, as every Docker " +
	"Engine does")

// errNoImage is for a success that is not an image.
var errNoImage = errors.New("the answer is not that of an engine: it has no image id")

// failed returns the error for an error of the client library, with advice.
func (c *Client) failed(doing string, err error) error {
	if wire.Is[*wire.Error](err) {
		return err
	}
	at := " at " + c.endpoint.String()
	said := c.secrets.Redact(reason(err))
	has := func(part string) bool { return strings.Contains(strings.ToLower(said), part) }
	failure := image.Cannot(doing+at, said, "", err)
	switch {
	case errors.Is(err, context.Canceled):
		failure.Said = "it was interrupted"
	case errors.Is(err, context.DeadlineExceeded):
		failure.Said, failure.Advice = inTime(err), "See whether the engine is busy or hangs (docker info), and try again"
	case errors.Is(err, wire.ErrRedirect):
		failure.Said = wire.WithoutURL(err).Error()
		failure.Advice = "An engine does not redirect: see what is listening there. " + adviceOnHost
	case wire.Is[*wire.TooLargeError](err):
		failure.Said = fmt.Sprintf("the answer is larger than %d MiB", largestAnswer>>20)
		failure.Advice = "An engine has no such answers: see what is listening there"
	case errors.Is(err, errNoEngine) || errors.Is(err, errNoImage):
		failure.Advice = "See what is listening there. " + adviceOnHost
	case errdefs.IsNotFound(err) && (has("no such image") || has("failed to find image") || has("image not known")) ||
		has("could not find local image for filter"):
		// Only an engine's own message means that there is no image: a proxy answers 404, too. Podman answers 500 for the
		// image of a filter.
		failure.Said, failure.Cause = "it has no such image", errors.Join(image.ErrNotFound, err)
		failure.Advice = "Pull or build it there, or list what is there with docker images"
	case errdefs.IsNotFound(err) && (has("was found but") || has("no match for platform") || has("content digest")):
		failure.Cause = errors.Join(image.ErrNoPlatform, err)
		failure.Advice = "The engine has the image, but not its content for the platform: pull it there (docker pull " +
			"--platform), or ask for a platform that was pulled"
	case errdefs.IsNotFound(err) && (has("page not found") || has("not found")):
		failure.Advice = "That is not how an engine answers: see whether a proxy keeps routes of the API back, or whether " +
			"the path of the address is right"
	case has("api version") && (has("minimum supported") || has("maximum supported")) || has("client version"):
		failure.Advice = c.adviceOnVersion(has("too old"))
	case tlsTrouble(err) || has("client sent an http request to an https server") ||
		has("server gave http response to https client") ||
		has("client authentication") || has("remote error: tls") || has("tls-enabled daemon"):
		failure.Said = tlsReason(said)
		failure.Advice = "Set the CA that signed the engine's certificate, and, where it wants one, a client certificate " +
			"with its key; for an engine without TLS unset them, DOCKER_CERT_PATH and DOCKER_TLS_VERIFY"
	case c.endpoint.ssh() && (has("system dial-stdio") || errors.Is(err, exec.ErrNotFound)):
		failure.Advice = "See whether docker -H " + c.endpoint.host + " version works"
	case has("permission denied") && c.endpoint.local():
		failure.Said = "permission denied"
		failure.Advice = "Run as a user that may use the socket (often one in the group docker), or name the socket of an " +
			"engine of your own, such as unix:///run/user/1000/docker.sock or unix:///run/user/1000/podman/podman.sock"
	case client.IsErrConnectionFailed(err):
		failure.Said = unconnected(err, said)
		failure.Advice = "Start the engine, or say where it is: set the host, or DOCKER_HOST"
	case errdefs.IsPermissionDenied(err) || errdefs.IsUnauthorized(err):
		failure.Advice = "Something in front of the engine, or a plugin in it, does not allow the request: ask its " +
			"administrator"
	case has("deserialize image config"):
		failure.Advice = "The engine cannot read the image's configuration, which is not as specified: read the image from " +
			"its registry (demandflow_oci_image), or build it again"
	case has("filter") && (errdefs.IsInvalidArgument(err) || errdefs.IsInternal(err)):
		failure.Advice = "The engine does not know the filter, or not that value: older ones know fewer"
	}
	return failure
}

// adviceOnVersion returns what to do if engine and provider have no version of the API in common.
func (c *Client) adviceOnVersion(engineIsNewer bool) string {
	switch pinned := c.pinned(); {
	case pinned != "":
		return "Unset " + client.EnvOverrideAPIVersion + " (it is " + pinned + "): the version is found out by itself"
	case engineIsNewer:
		return "The newest API that is known is " + client.MaxAPIVersion + ", and the engine no longer has it: update the " +
			"provider"
	}
	return "The oldest API that is read is " + client.MinAPIVersion + " (Docker 19.03): update the engine"
}

// unconnected returns why there is no connection, without the address, which the error has already, and without another
// "cannot connect".
func unconnected(err error, said string) string {
	if unknown, ok := errors.AsType[*net.DNSError](err); ok {
		return unknown.Error()
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such socket"
	case strings.HasPrefix(said, "Cannot connect to the Docker daemon"):
		return "nothing answers there"
	}
	return strings.TrimPrefix(said, "error during connect: ")
}

// inTime returns the text for a timeout, with the time that it took.
func inTime(err error) string {
	if late, ok := errors.AsType[*timeoutError](err); ok && late.waited >= time.Millisecond {
		return "it did not answer in time: it was waited for " + late.waited.String()
	}
	return "it did not answer in time"
}

// tlsTrouble reports whether an error is about certificates or TLS.
func tlsTrouble(err error) bool {
	return wire.Is[*tls.CertificateVerificationError](err) || wire.Is[tls.RecordHeaderError](err) ||
		wire.Is[tls.AlertError](err) || wire.Is[x509.UnknownAuthorityError](err) || wire.Is[x509.HostnameError](err) ||
		wire.Is[x509.CertificateInvalidError](err)
}

// tlsReason removes the names of Go's packages.
func tlsReason(said string) string {
	said = strings.TrimPrefix(said, "remote error: ")
	return strings.TrimPrefix(strings.TrimPrefix(said, "tls: "), "http: ")
}

// reason returns the text of an error without what the client library and the request put before it, and with the name
// of a file only once.
func reason(err error) string {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Path + ": " + path.Err.Error()
	}
	return strings.TrimSpace(strings.TrimPrefix(wire.WithoutURL(err).Error(), "Error response from daemon: "))
}
