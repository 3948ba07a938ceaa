package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// headerOfPodman is in each of Podman's answers, with the version of its own API.
const headerOfPodman = "Libpod-Api-Version"

// podmanVersion matches the part of a version that becomes part of a path; builds for tests have more.
var podmanVersion = regexp.MustCompile(`^(\d+\.\d+\.\d+)(?:[-+].*)?$`)

// A podmanImage is what only Podman's own API has of an image: the health check, the manifest's type, digest and
// annotations, and the history. Neither API has shell, on_build and variant.
type podmanImage struct {
	Digest       string
	ManifestType string
	Annotations  map[string]string
	Healthcheck  *dockerspec.HealthcheckConfig
	History      []struct {
		Created    *time.Time `json:"created"`
		Author     string     `json:"author"`
		EmptyLayer bool       `json:"empty_layer"`
	}
}

// askPodman completes an image of Podman's from its own API.
func (r reading) askPodman(ctx context.Context, i *image.Image) error {
	if r.podman.Load() == nil || len(i.Platforms) != 1 {
		return nil
	}
	var details podmanImage
	status, err := r.own(ctx, http.MethodGet, "/images/"+i.Engine.ID+"/json", nil, &details)
	switch {
	case status == http.StatusForbidden || status == http.StatusNotFound:
		return nil // a proxy that allows only Docker's API
	case err != nil:
		return r.failed(r.doing, err)
	}
	details.complete(i)
	return nil
}

// own sends a request to Podman's own API. answer may be nil. Podman must have been detected before.
func (c *Client) own(ctx context.Context, method, path string, query url.Values, answer any) (status int, err error) {
	address := fmt.Sprintf("%s/v%s/libpod%s?%s", c.endpoint.address(), *c.podman.Load(), path, query.Encode())
	request, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return 0, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusMultipleChoices {
		var failure struct{ Message string }
		_ = json.NewDecoder(response.Body).Decode(&failure) // the status says enough
		err := fmt.Errorf("its own API answered %s %s", response.Status, failure.Message)
		switch response.StatusCode {
		case http.StatusInternalServerError:
			err = errdefs.ErrInternal.WithMessage(err.Error())
		case http.StatusForbidden, http.StatusNotFound: // of a proxy: Podman reports the status of an image in the body
			err = errdefs.ErrPermissionDenied.WithMessage(err.Error())
		}
		return response.StatusCode, err
	}
	if answer == nil {
		return response.StatusCode, nil
	}
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		return response.StatusCode, fmt.Errorf("the answer of its own API cannot be read: %w", err)
	}
	return response.StatusCode, nil
}

func (p podmanImage) complete(i *image.Image) {
	platform := &i.Platforms[0]
	if platform.Config != nil && platform.Config.Healthcheck == nil {
		platform.Config.Healthcheck = image.NewConfig(&dockerspec.DockerOCIImageConfig{
			DockerOCIImageConfigExt: dockerspec.DockerOCIImageConfigExt{Healthcheck: p.Healthcheck},
		}).Healthcheck
	}
	p.digests(i)
	if len(p.History) != len(platform.History) {
		return
	}
	for index, step := range p.History {
		entry := &platform.History[index]
		entry.EmptyLayer, entry.Author = new(step.EmptyLayer), image.Known(step.Author)
		entry.CreatedAt = cmp.Or(image.InstantOf(step.Created), entry.CreatedAt)
	}
}

// digests sets the digests of an image and its platform. An image that was pulled from an index has two names with a
// digest: one of the index, which is Podman's digest of the image, and one of the platform's manifest. The image's own
// digest is the one by which it was requested.
func (p podmanImage) digests(i *image.Image) {
	var others []string
	there := false
	for _, name := range i.RepoDigests {
		if repository := repositoryOf(name); repository != repositoryOf(i.Reference) {
			continue
		} else if digest := strings.TrimPrefix(name, repository+"@"); digest != p.Digest {
			others = append(others, digest)
		} else {
			there = true
		}
	}
	platform := &i.Platforms[0]
	platform.MediaType = image.Known(p.ManifestType)
	switch {
	case !there:
	case len(others) == 0:
		i.Digest, i.MediaType, platform.Digest = image.Known(p.Digest), image.Known(p.ManifestType), image.Known(p.Digest)
		if len(p.Annotations) > 0 {
			i.Annotations = p.Annotations
		}
	case len(others) == 1:
		i.Digest, platform.Digest = image.Known(p.Digest), image.Known(others[0])
		if digestOf(i.Reference) == others[0] {
			i.Digest, i.MediaType = platform.Digest, platform.MediaType
		}
	}
}
