package oci

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

const (
	maxErrorBody = 64 << 10
	maxSaid      = 300 // characters of a registry's message that an error repeats
)

// redirected is the role of a host that the registry redirects to.
const redirected = "where it redirects to, "

// A refusal is an answer of a registry that is not a success.
type refusal struct {
	host, role   string
	method, path string
	status       int
	codes        []transport.ErrorCode
	said         string // the registry's message, without secrets
	wait         string // of Retry-After
	anonymous    bool   // no credentials were sent: a token that anyone gets is none
	without      login  // how to give credentials
	gone         bool   // it certainly does not exist
	part         bool   // it is a part of an image that exists
}

// A login is how a user gives credentials for a registry, and why there are none.
type login struct {
	command   string // docker login, with the host
	anonymous bool   // the settings say so
	helper    string // the error of the credential helper that is not installed
	unsent    string // there are some, and why they are not sent
}

// login returns how to give credentials. The repository's authentication is locked.
func (r *reader) login() login {
	l := login{command: "docker login", anonymous: r.settings.Anonymous, helper: r.auth.missingHelper,
		unsent: r.auth.unsent}
	if r.host() != name.DefaultRegistry {
		l.command += " " + r.host()
	}
	return l
}

// advice says why there are no credentials, and how to give them.
func (l login) advice() string {
	const private = "it may not be read without credentials, or it is not there: it is private or misspelt, and " +
		"registries do not tell the two apart. "
	switch {
	case l.unsent != "":
		return "the credentials for it were not sent, because " + l.unsent
	case l.anonymous:
		return "no credentials were given, because anonymous = true is set for this registry: " + private +
			"Check the name, or give a user name and a password in its settings"
	case l.helper != "":
		return "no credentials were given: " + l.helper + "; install it, give the registry a user name and a password in " +
			"the provider's settings (oci.registries), or set anonymous = true there. Without them " + private +
			"Check the name, too"
	}
	return "no credentials were given, and " + private + "Check the name, or give credentials by " + l.command +
		" or in the provider's settings (oci.registries)"
}

// Unwrap returns image.ErrNotFound for what certainly does not exist.
func (r *refusal) Unwrap() error {
	if r.gone {
		return image.ErrNotFound
	}
	return nil
}

func (r *refusal) Error() string {
	said := ""
	if r.said != "" {
		said = " (" + r.said + ")"
	}
	asked := " to " + r.method + " " + r.path
	if r.gone {
		asked = "" // the error that wraps this one names the image
	}
	return fmt.Sprintf("%s%s answered %d %s%s%s; %s", r.role, r.host, r.status, http.StatusText(r.status), asked, said,
		r.advice())
}

func (r *refusal) advice() string {
	switch {
	case r.gone && strings.HasSuffix(r.path, "/tags/list"):
		return "check the repository's name"
	case r.gone:
		return "check the repository's name and the tag or digest"
	case r.part && r.status == http.StatusNotFound:
		return "the image is incomplete in the registry: push it again"
	case r.status == http.StatusUnauthorized && r.role == redirected:
		return "it asks for credentials, and those of the registry are not for it, so they are not sent there: ask the " +
			"registry's administrator"
	case r.status == http.StatusUnauthorized && !r.anonymous,
		r.status == http.StatusBadRequest && !r.anonymous && r.role == issuerRole:
		return "the credentials are not accepted, or not for this repository"
	case r.status == http.StatusUnauthorized, r.status == http.StatusForbidden && r.anonymous && r.role != redirected,
		r.status == http.StatusNotFound && r.without.helper != "":
		return r.without.advice()
	case r.status == http.StatusForbidden && r.role == redirected:
		return "its addresses are good for a short time: try again"
	case r.status == http.StatusForbidden:
		return "these credentials may not read it, or it is hidden from them"
	case r.status == http.StatusNotFound && r.role == issuerRole:
		return "the registry's challenge names an address that is not there: ask the registry's administrator"
	case r.status == http.StatusNotFound:
		return "a registry answers in another way, so this may be none: check the host, and whether it stands behind a " +
			"path or a proxy"
	case r.status == http.StatusTooManyRequests && r.wait != "":
		return "too many requests: it asks to wait " + r.wait + ". Credentials often have a higher limit"
	case r.status == http.StatusTooManyRequests:
		return "too many requests: try again later. Credentials often have a higher limit"
	case r.status >= http.StatusInternalServerError:
		return "the fault is on the registry's side: try again later"
	case r.status >= http.StatusMultipleChoices && r.status < http.StatusBadRequest:
		return "this is a redirect that leads nowhere: check the host"
	}
	return "check the host and the repository's name"
}

// refused reads and closes an answer that is not a success, and returns its error.
func (r *reader) refused(response *http.Response) *refusal {
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxErrorBody)) // as far as it arrives
	var document struct {
		Errors []transport.Diagnostic `json:"errors"`
	}
	_ = json.Unmarshal(body, &document) // many answers are not JSON: the status says enough
	r.auth.mutex.Lock()
	without := r.login()
	r.auth.mutex.Unlock()
	e := &refusal{
		host: r.host(), method: response.Request.Method, path: r.line(response.Request.URL.Path), status: response.StatusCode,
		said: r.said(document.Errors), anonymous: r.auth.anonymous(), without: without,
	}
	if !r.wire.MayAuthenticate(response.Request) {
		e.host, e.role = r.line(response.Request.URL.Host), redirected
	}
	for _, diagnostic := range document.Errors {
		e.codes = append(e.codes, diagnostic.Code)
	}
	e.wait = r.line(waitAsked(response.Header.Get("Retry-After"), time.Now()))
	// A registry may redirect to another one, whose words count as its own.
	e.gone = e.status == http.StatusNotFound && without.helper == "" && without.unsent == "" &&
		(slices.ContainsFunc(e.codes, saysUnknown) ||
			e.role == "" && len(e.codes) == 0 && response.Header.Get("Docker-Distribution-Api-Version") != "")
	return e
}

// waitAsked returns how long a Retry-After asks to wait, in words; "" where it asks for no time to come.
func waitAsked(text string, now time.Time) string {
	text = strings.TrimSpace(text)
	at, err := http.ParseTime(text)
	switch {
	case err == nil && at.After(now):
		return "until " + text
	case err == nil || strings.Trim(text, "0") == "":
		return ""
	case strings.Trim(text, "0123456789") == "":
		return text + " seconds"
	}
	return text
}

// saysUnknown reports whether a code means that something does not exist, as opposed to the codes that hide it.
func saysUnknown(code transport.ErrorCode) bool {
	return slices.Contains([]transport.ErrorCode{
		transport.ManifestUnknownErrorCode, transport.NameUnknownErrorCode, transport.BlobUnknownErrorCode, "NOT_FOUND",
	}, code)
}

// said returns a registry's messages, in one line without secrets. Details are left out: they have no fixed form.
func (r *reader) said(diagnostics []transport.Diagnostic) string {
	var parts []string
	for _, diagnostic := range diagnostics {
		parts = append(parts, strings.TrimSuffix(string(diagnostic.Code)+": "+diagnostic.Message, ": "))
	}
	return r.line(strings.Join(parts, "; "))
}

// unreachable returns the error of a request without an answer. It leaves out addresses: those of storage hold a
// signature.
func (r *reader) unreachable(ctx context.Context, host string, err error) error {
	host = r.line(host)
	err = wire.WithoutURL(err)
	advice := "check the host and the network"
	dns, unknownHost := errors.AsType[*net.DNSError](err)
	idle, isIdle := errors.AsType[*wire.IdleTimeoutError](err)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s gave no answer in time: %w", host, context.Cause(ctx))
	case isIdle:
		return fmt.Errorf("%s took the request and began no answer within %s; check the host, or try again later", host,
			idle.Limit)
	case errors.Is(err, wire.ErrRedirect):
		return fmt.Errorf("%s: %s; check whether it is the registry that is meant", host, r.line(err.Error()))
	case errors.Is(err, http.ErrSchemeMismatch):
		advice = "it speaks plain HTTP: set insecure = true for this registry if that is meant"
	case wire.Is[x509.UnknownAuthorityError](err):
		advice = "give its CA's certificate in ca_certificate of this registry's settings" + r.certificateProblem()
	case isAlert(err) && wantsCertificate.MatchString(err.Error()):
		advice = r.certificateAdvice()
	case wire.Is[x509.HostnameError](err) || wire.Is[x509.CertificateInvalidError](err):
		advice = "its certificate must be replaced, or insecure = true set for this registry"
	case isAlert(err) && strings.Contains(err.Error(), "protocol version"):
		advice = "it has no version of TLS that is safe: 1.2 or later"
	case unknownHost && dns.IsNotFound:
		advice = "check the spelling of the host"
	}
	return &wire.Error{Failed: "cannot reach " + host, Said: r.line(err.Error()), Advice: advice, Separator: "; "}
}

// isAlert reports whether the other side has ended TLS and said why. The library's type is not exported.
func isAlert(err error) bool {
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "remote error"
}

// wantsCertificate finds alerts of a server that misses a client certificate, or does not accept the one it got.
var wantsCertificate = regexp.MustCompile(`certificate|handshake failure|access denied`)

// certificateAdvice says what to do about a server that ends TLS, which in nearly all cases wants a client certificate.
func (r *reader) certificateAdvice() string {
	if r.showsCertificate {
		return "it does not accept the client certificate: check that it is the one for this registry, and not out of date" +
			r.certificateProblem()
	}
	return "it may ask for a client certificate: give client_certificate and client_key in this registry's settings, or " +
		"put them into Docker's folder certs.d" + r.certificateProblem()
}

// certificateProblem says why what a folder certs.d has is not used, on the same line.
func (r *reader) certificateProblem() string {
	if r.certificates == nil {
		return ""
	}
	return "; " + r.line(r.certificates.Error())
}

// oneLine returns a foreign text as one line of limited length.
func oneLine(text string) string { return wire.Cut(wire.OneLine(text), maxSaid) }
