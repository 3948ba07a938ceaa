package oci

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/dockerconfig"
)

// credentials returns those of the settings, or of Docker's configuration. They are not cached: those of helpers
// expire.
func (r *reader) credentials(ctx context.Context) (authn.AuthConfig, error) {
	switch {
	case r.settings.Password != "" || r.settings.Token != "":
		return authn.AuthConfig{Username: r.settings.Username, Password: r.settings.Password,
			RegistryToken: r.settings.Token}, nil
	case r.settings.Anonymous:
		return authn.AuthConfig{}, nil
	}
	authenticator, err := authn.Resolve(ctx, r.keychain, r.repository)
	if err == nil {
		var known *authn.AuthConfig
		if known, err = authn.Authorization(ctx, authenticator); err == nil {
			r.hide(known.Password, known.Auth, known.IdentityToken, known.RegistryToken)
			return *known, nil
		}
	}
	if missing, ok := errors.AsType[*dockerconfig.NotInstalledError](err); ok {
		return authn.AuthConfig{}, missing
	}
	return authn.AuthConfig{}, fmt.Errorf("the credentials for %s in Docker's configuration cannot be read: %s; "+
		"correct them with docker login, give the registry a user name and a password in the provider's settings, or "+
		"anonymous = true there where it can be read without", r.host(), r.line(err.Error()))
}

func basic(c authn.AuthConfig) string {
	switch {
	case c.Username != "" && c.Password != "":
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.Username+":"+c.Password))
	case c.Auth != "":
		return "Basic " + c.Auth
	}
	return ""
}

// unlike says why credentials cannot be sent to a server that takes a user name and a password.
func unlike(c authn.AuthConfig) string {
	they := "one of the two is missing"
	if c.IdentityToken != "" {
		they = "they are a token"
	}
	return "asks for a user name and a password, and " + they + ": log in with a user name and a password"
}
