package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// headerOfPodman is in each of Podman's answers, with the version of its own API.
const headerOfPodman = "Libpod-Api-Version"

// podmanVersion is what becomes part of a path.
var podmanVersion = regexp.MustCompile(`^\d+\.\d+\.\d+$`)

// A podmanImage is what Podman tells of an image in its own API, and not in Docker's: the health check, the manifest's own
// type, digest and annotations, and the history as the image has it. Neither API tells shell, on_build and variant.
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

// askPodman completes an image that Podman has with what its own API says.
func (r reading) askPodman(ctx context.Context, i *image.Image) error {
	version := r.podman.Load()
	if version == nil || len(i.Platforms) != 1 {
		return nil
	}
	path := fmt.Sprintf("/v%s/libpod/images/%s/json", *version, i.Engine.ID)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.endpoint.address()+path, nil)
	if err != nil {
		return r.failed(r.doing, err)
	}
	response, err := r.http.Do(request)
	if err != nil {
		return r.failed(r.doing, err)
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusForbidden, http.StatusNotFound:
		return nil // a proxy that lets Docker's API through alone
	default:
		return r.failed(r.doing, fmt.Errorf("its own API answered %s", response.Status))
	}
	var told podmanImage
	if err := json.NewDecoder(response.Body).Decode(&told); err != nil {
		return r.failed(r.doing, fmt.Errorf("the answer of its own API cannot be read: %w", err))
	}
	told.complete(i)
	return nil
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
		if step.Created != nil {
			entry.CreatedAt = image.Instant(*step.Created)
		}
	}
}

// digests tells apart the digests that Podman has for an image. Pulled by a tag of several platforms, an image has two names
// with a digest: one of the index, which is the digest that Podman gives for the image, and one of the platform's manifest.
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
	}
}
