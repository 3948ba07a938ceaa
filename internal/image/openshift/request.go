package openshift

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
)

// An imageRequest is a parsed call of Image: a digest, or else the name of an object, a pull spec to look for, or what
// may be either.
type imageRequest struct {
	digest digest.Digest
	object string
	named  reference.Named // nil for none
}

var errNoRepository = errors.New("no repository is named: write it as registry/namespace/name, or leave it out for all")

// objectName matches names that an object may have without being a digest. The API takes more, but these are part of an
// address.
var objectName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._:~+-]*$`)

var bareHex = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

func parseRequest(text string) (*imageRequest, error) {
	switch {
	case text == "":
		return nil, fmt.Errorf("no image is named: give the name of an Image object (sha256:…) or a pull spec")
	case bareHex.MatchString(text):
		return nil, fmt.Errorf("%q lacks its algorithm: write it as sha256:%s", text, strings.ToLower(text))
	case strings.HasPrefix(text, "sha256:") || strings.HasPrefix(text, "sha512:"):
		d, err := digest.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%q is no digest: %w; a SHA-256 has 64 digits of 0 to 9 and a to f", text, err)
		}
		return &imageRequest{digest: d}, nil
	}
	object := ""
	if objectName.MatchString(text) {
		object = text
	}
	named, err := reference.ParseNormalizedNamed(text)
	if err != nil && object != "" {
		return &imageRequest{object: object}, nil
	}
	if err != nil {
		advice := "write it as sha256:…, as registry/namespace/name@sha256:… or as registry/namespace/name:tag, in lower case"
		if strings.Contains(text, "://") {
			advice = "leave out the scheme: the image is looked for in the cluster, not in the registry"
		}
		return nil, fmt.Errorf("%q is no pull spec: %w; %s", text, err, advice)
	}
	if digested, ok := named.(reference.Digested); ok {
		return &imageRequest{digest: digested.Digest()}, nil
	}
	return &imageRequest{object: object, named: reference.TagNameOnly(named)}, nil
}

// fits reports whether an image has the requested pull spec.
func (request *imageRequest) fits(o *object) bool {
	named, err := reference.ParseNormalizedNamed(o.DockerImageReference)
	return err == nil && reference.TagNameOnly(named).String() == request.named.String()
}

// filter returns a function that reports whether an image is selected.
func (options ListOptions) filter() (func(*object) bool, error) {
	if options.Limit < 0 {
		return nil, fmt.Errorf("the limit is %d: it is the number of images that are wanted at most, or 0 for all",
			options.Limit)
	}
	pattern, err := regexp.Compile(options.Reference)
	if err != nil {
		return nil, fmt.Errorf("%q is no regular expression: %w", options.Reference, err)
	}
	repository := ""
	if options.Repository != "" {
		named, err := reference.ParseNormalizedNamed(options.Repository)
		if err != nil {
			return nil, fmt.Errorf("%q is no repository: %w; write it as registry/namespace/name", options.Repository, err)
		}
		if !reference.IsNameOnly(named) {
			return nil, fmt.Errorf("%q is more than a repository: leave out the tag and the digest", options.Repository)
		}
		repository = named.Name()
	}
	return func(o *object) bool {
		if !pattern.MatchString(o.DockerImageReference) {
			return false
		}
		if repository == "" {
			return true
		}
		named, err := reference.ParseNormalizedNamed(o.DockerImageReference)
		return err == nil && named.Name() == repository
	}, nil
}
