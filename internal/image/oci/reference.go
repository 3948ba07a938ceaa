package oci

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/opencontainers/go-digest"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	spelling "github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// An imageRequest is a parsed and checked call of Image.
type imageRequest struct {
	named      reference.Named // with a tag, a digest, or both
	identifier string          // the digest, else the tag
	digest     digest.Digest   // empty for a tag
	platform   string
	sought     string
	trust      *signature.Trust
	subjects   string
	elsewhere  *reader // reads the signatures; nil where they are in the image's repository

	config, layers, history, referrers, facts, packages bool
}

// details reports whether details of one platform are requested.
func (request *imageRequest) details() bool {
	return request.config || request.layers || request.history
}

func parseRequest(text string, options Options) (*imageRequest, error) {
	named, err := spelling.ParseName(text)
	if err != nil {
		return nil, err
	}
	named = reference.TagNameOnly(named)
	request := &imageRequest{named: named, platform: options.Platform, sought: options.Sought}
	if tagged, ok := named.(reference.Tagged); ok {
		request.identifier = tagged.Tag()
	}
	if digested, ok := named.(reference.Digested); ok {
		request.digest = digested.Digest()
		request.identifier = request.digest.String()
	}
	if options.Platform != "" {
		if _, err := image.ParsePlatform(options.Platform); err != nil {
			return nil, err
		}
	}
	for _, include := range options.Include {
		switch include {
		case IncludeConfig:
			request.config = true
		case IncludeLayers:
			request.layers = true
		case IncludeHistory:
			request.history = true
		case IncludeReferrers:
			request.referrers = true
		case IncludeStatements:
			request.facts = true
		case IncludePackages:
			request.facts, request.packages = true, true
		default:
			return nil, fmt.Errorf("%q is nothing that can be included: there are %s", include, strings.Join(Includes(), ", "))
		}
	}
	request.trust, request.subjects = options.Trust, options.Subjects
	request.referrers = request.referrers || request.trust != nil || request.facts
	return request, nil
}

// hostOf returns the host of a name's registry.
func hostOf(named reference.Named) string { return canonicalHost(reference.Domain(named)) }

// canonicalHost returns one name for all of Docker Hub's: the one that Docker's configuration has credentials for.
func canonicalHost(host string) string {
	host = strings.ToLower(host)
	if slices.Contains([]string{"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"},
		withoutPort(host)) {
		return name.DefaultRegistry
	}
	return host
}

// withoutPort returns a host without the default port. Settings are kept under it. In Docker's configuration the two
// differ, so that credentials there are looked up by the host as it is written.
func withoutPort(host string) string { return strings.TrimSuffix(host, ":443") }

func hostOfSettings(text string) (string, error) {
	parsed, err := url.Parse("//" + text)
	if err != nil || text == "" || parsed.Host != text {
		return "", fmt.Errorf("%q is no registry: write its host, and its port where it has one, such as "+
			"registry.example.com:5000", text)
	}
	return withoutPort(canonicalHost(text)), nil
}

// check returns an error for settings that cannot be used. It repeats no secret.
func (r Registry) check() error {
	switch {
	case r.Token != "" && (r.Username != "" || r.Password != ""):
		return errors.New("there are a token and a user name or password: leave out one of them")
	case (r.Username == "") != (r.Password == ""):
		return errors.New("a user name and a password go together: one of them is missing")
	case strings.ContainsAny(r.Token, " \r\n\t") || strings.ContainsAny(r.Username, ":\r\n"):
		return errors.New("the token has white space in it, or the user name a colon: neither can be sent")
	case r.CACertificate == "":
		return nil
	}
	if err := wire.CheckCACertificate(r.CACertificate); err != nil {
		return fmt.Errorf("the CA certificate: %w", err)
	}
	return nil
}

// CheckReference returns an error for what is not the name of an image.
func CheckReference(text string) error {
	_, err := spelling.ParseName(text)
	return err
}

// CheckRepository returns an error for what is not the name of a repository.
func CheckRepository(text string) error {
	_, _, err := parseTagOptions(text, TagOptions{})
	return err
}

// CheckSemVer returns an error for what is not a version constraint.
func CheckSemVer(text string) error {
	_, _, err := parseTagOptions("any", TagOptions{SemVer: text})
	return err
}

// CheckRegex returns an error for what is not a regular expression.
func CheckRegex(text string) error {
	_, _, err := parseTagOptions("any", TagOptions{Regex: text})
	return err
}
