package oci

import (
	"errors"
	"fmt"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A Registry is the settings of one registry, its token server, and the storage to which it redirects.
type Registry struct {
	Username      string `tfsdk:"username" doc:"User name."`
	Password      string `tfsdk:"password" doc:"Password, or access token in its place." secret:"true"`
	Token         string `tfsdk:"token" doc:"Bearer token, in place of user name and password." secret:"true"`
	Anonymous     bool   `tfsdk:"anonymous" doc:"Read without credentials."`
	CACertificate string `tfsdk:"ca_certificate" doc:"PEM-encoded CA certificates to trust beside the system's."`

	ClientCertificate string `tfsdk:"client_certificate" doc:"PEM-encoded client certificate for the registry."`
	ClientKey         string `tfsdk:"client_key" doc:"PEM-encoded key of 'client_certificate'." secret:"true"`
	// Without Insecure there is no plain HTTP, not even to localhost: what works on one machine must not be silently
	// unsafe on another one.
	Insecure bool `tfsdk:"insecure" doc:"Skip TLS certificate verification; also allows plain HTTP."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Registry) Details() map[string]string {
	return map[string]string{
		"password": "A line end at its end, as in file(...), is left out.",
		"token":    "A line end at its end is left out.",
		"anonymous": "Docker's configuration and its credential helpers are not asked, so that a helper that is broken " +
			"hinders no public image. Not together with credentials.",
		"client_certificate": "Docker's and Podman's folders 'certs.d' are used where it is not set.",
		"insecure": "For this registry only. Without credentials here, those of 'docker login' go to an unverified " +
			"host.",
	}
}

// usable returns the settings as they are used: without the line ends that files have at their end. The error is for
// settings that cannot be used, and repeats no secret.
func (r Registry) usable() (Registry, error) {
	for _, text := range []*string{&r.Username, &r.Password, &r.Token} {
		*text = strings.TrimRight(*text, "\r\n")
	}
	switch {
	case r.Anonymous && (r.Username != "" || r.Password != "" || r.Token != ""):
		return r, errors.New("anonymous = true reads without credentials, and there are some: leave out one of them")
	case strings.ContainsAny(r.Password, "\r\n"):
		return r, errors.New("the password has a line break in it: give the password alone")
	}
	if err := r.check(); err != nil {
		return r, err
	}
	if _, err := (wire.TLS{Certificate: r.ClientCertificate, Key: r.ClientKey}).Config(); err != nil {
		return r, fmt.Errorf("client_certificate and client_key: %w", err)
	}
	return r, nil
}
