package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/distribution/reference"
	api "github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// Values of Options.Include. Each takes one more request per platform.
const (
	IncludeHistory      = "history"      // build steps
	IncludeAttestations = "attestations" // statements of each attestation (API 1.55)
)

// Options are the options of Image.
type Options struct {
	// os/architecture[/variant]; empty for linux/amd64 if it is available, else for what the engine would run
	Platform string
	Include  []string            // IncludeHistory, IncludeAttestations
	Warn     func(image.Warning) // may be nil; called before the image is returned, never after
}

func (o Options) includes(what string) bool { return slices.Contains(o.Include, what) }

// Image reads one image by name, digest or id. The error is image.ErrNotFound if the engine certainly has no such
// image.
func (c *Client) Image(ctx context.Context, name string, options Options) (*image.Image, error) {
	// The name becomes part of a path.
	if _, err := reference.ParseAnyReference(name); err != nil {
		return nil, image.Cannot(fmt.Sprintf("read image %q", name), err.Error(),
			"Write a name such as nginx:1.27 or registry.example.com/team/app:1.0, a name with a digest, or an "+
				"image's id", err)
	}
	if options.Platform != "" {
		if _, err := image.ParsePlatform(options.Platform); err != nil {
			return nil, err
		}
	}
	r := reading{Client: c, doing: fmt.Sprintf("read image %q", name), options: options}
	var err error
	if r.api, err = c.connect(ctx); err != nil {
		return nil, err
	}
	found, err := r.inspect(ctx, name, nil)
	if err != nil {
		return nil, err
	}
	return r.image(ctx, name, found)
}

// A reading is one call that reads images.
type reading struct {
	*Client
	api     *client.Client
	doing   string
	options Options
}

// An inspection is the engine's answer about an image, with the parent that the library's type no longer has: engines
// before API 1.52 and Podman report it.
type inspection struct {
	api.InspectResponse
	Parent string

	unread []string // names of values of the configuration that could not be read
	mixed  []string // digests of manifests that the engine's answers do not tell apart
}

func (r reading) inspect(ctx context.Context, name string, platform *ocispec.Platform) (*inspection, error) {
	var raw bytes.Buffer
	options := []client.ImageInspectOption{client.ImageInspectWithRawResponse(&raw)}
	switch {
	case platform != nil:
		options = append(options, client.ImageInspectWithPlatform(platform))
	case speaks(r.api, "1.48"):
		options = append(options, client.ImageInspectWithManifests(true))
	}
	_, err := r.api.ImageInspect(ctx, name, options...)
	if wire.Is[*json.UnmarshalTypeError](err) {
		err = nil // it is read again below, without what the library cannot read
	}
	if err != nil {
		return nil, r.failed(r.doing, err)
	}
	found, err := readInspection(raw.Bytes())
	if err != nil {
		return nil, r.failed(r.doing, err)
	}
	if found.ID == "" {
		return nil, r.failed(r.doing, errNoImage)
	}
	found.ID = withAlgorithm(found.ID)
	if len(found.unread) > 0 {
		warning := image.UnreadWarning("The configuration of "+name,
			r.secrets.Line(strings.Join(found.unread, ", "), maxNames))
		r.warn(warning.Summary, warning.Detail)
	}
	return found, nil
}

// maxNames bounds the names of unread values in a warning.
const maxNames = 500

// readInspection decodes an inspection. Values of the image's configuration may have another type than the library's:
// engines pass them on. What the engine itself says must be as it is specified.
func readInspection(text []byte) (*inspection, error) {
	type answer struct {
		inspection
		Config *image.StoredConfig
	}
	read, unread, err := image.Decode[answer](text)
	if err != nil {
		return nil, err
	}
	found := &read.inspection
	found.Config, found.unread = read.Config.Specified(), image.NamesOfConfig(unread)
	for _, name := range found.unread {
		if part, _, _ := strings.Cut(name, "."); !slices.Contains(storedValues, strings.ToLower(part)) {
			return nil, json.Unmarshal(text, &answer{}) // for its reason
		}
	}
	return found, nil
}

// storedValues are the parts of an inspection that the engine takes from the image's configuration, and by which
// nothing else is decided.
var storedValues = []string{"config", "author", "comment", "created", "osversion"}

// image converts an inspection, and requests what it does not hold.
func (r reading) image(ctx context.Context, name string, found *inspection) (*image.Image, error) {
	a := answered{id: found.ID, descriptor: found.Descriptor, hasManifests: len(found.Manifests) > 0,
		tags: found.RepoTags, digests: found.RepoDigests, driver: found.GraphDriver}
	store, err := r.storeOf(ctx, r.api, a)
	if err != nil {
		return nil, err
	}
	tagged, digested := names(found.RepoTags, found.RepoDigests)
	i := newImage(called(name, found.ID, tagged, digested), store, a)
	i.Engine.ParentID = image.Known(withAlgorithm(found.Parent))
	i.Engine.LastTaggedAt = image.Instant(found.Metadata.LastTagTime)
	i.Engine.Size = size(found, store)
	if found.GraphDriver != nil && store == storeGraphDriver {
		i.Engine.GraphDriver = &image.GraphDriver{Name: found.GraphDriver.Name, Data: found.GraphDriver.Data}
	}
	i.Engine.Manifests = manifests(found.Manifests)
	i.Engine.Identity = identity(found.Identity)
	i.Signatures = signatures(found.Identity, nil)
	i.Attestations = attestations(found.Manifests)

	if i.Platforms, err = r.platforms(ctx, found, store); err != nil {
		return nil, err
	}
	i.Engine.Comment, i.Engine.RootFSType = image.Known(found.Comment), image.Known(found.RootFS.Type)
	if err := r.askPodman(ctx, i); err != nil {
		return nil, err
	}
	chosen, err := r.chosen(i, found)
	if err != nil {
		return nil, err
	}
	if r.options.includes(IncludeAttestations) && speaks(r.api, "1.55") {
		if err := r.statements(ctx, i, found); err != nil {
			return nil, err
		}
	}
	i.Complete(chosen)
	if platform := i.Choose(chosen); platform != nil && platform.Config != nil {
		i.Engine.Labels = platform.Config.Labels
	}
	return i, nil
}

// size returns the size of all platforms of an image. In the containerd store the inspection's own size is of one
// platform, and before API 1.48 that is all there is.
func size(found *inspection, store string) *int64 {
	switch {
	case store != storeGraphDriver && found.Descriptor == nil:
		return nil
	case found.Manifests == nil:
		return count(found.Size)
	}
	var total int64
	for _, m := range found.Manifests {
		total += max(0, m.Size.Total)
	}
	return &total
}
