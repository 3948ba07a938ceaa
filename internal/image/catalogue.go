package image

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"

	spelling "github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
)

// A Catalogue is a live image in the form of an entry of DemandFlow's catalogue: the attributes of
// demandflow_docker_image. It holds only what every source knows, so that an image has the same object wherever it is
// read. Descriptions come from the entity's table.
type Catalogue struct {
	Name           *string  `tfsdk:"name"`
	Tag            *string  `tfsdk:"tag"`
	Description    *string  `tfsdk:"description"`
	BaseImage      *string  `tfsdk:"base_image"`
	Architecture   []string `tfsdk:"architecture"`
	OS             *string  `tfsdk:"os"`
	BuildPlatforms []string `tfsdk:"build_platforms"`
	Entrypoint     *string  `tfsdk:"entrypoint"`
	Cmd            *string  `tfsdk:"cmd"`
	WorkingDir     *string  `tfsdk:"working_dir"`
	User           *string  `tfsdk:"user"`
	Shell          *string  `tfsdk:"shell"`
	Env            *string  `tfsdk:"env"`
	ExposedPorts   *string  `tfsdk:"exposed_ports"`
	Volumes        []string `tfsdk:"volumes"`
	Healthcheck    *string  `tfsdk:"healthcheck"`
	Labels         *string  `tfsdk:"labels"`
	Maintainer     *string  `tfsdk:"maintainer"`
	Version        *string  `tfsdk:"version"`
	License        *string  `tfsdk:"license"`
	GitRepo        *string  `tfsdk:"git_repo"`
	GitBranch      *string  `tfsdk:"git_branch"`
	BuildPipeline  *string  `tfsdk:"build_pipeline"`
}

// Labels for fields of a catalogue entry: those of the OCI image specification (annotations.md), and those of
// label-schema.org, which older images have.
var (
	labelsOfDescription = []string{"org.opencontainers.image.description", "org.label-schema.description", "description"}
	labelsOfBaseImage   = []string{"org.opencontainers.image.base.name"}
	labelsOfMaintainer  = []string{"org.opencontainers.image.authors", "maintainer", "MAINTAINER"}
	labelsOfVersion     = []string{"org.opencontainers.image.version", "org.label-schema.version", "version"}
	labelsOfLicense     = []string{"org.opencontainers.image.licenses", "license"}
	labelsOfSource      = []string{"org.opencontainers.image.source", "org.label-schema.vcs-url"}
)

// Complete sets what follows from the rest: the pinned reference, unless the source has set one, and the configuration
// digest, size, time and catalogue object of the requested platform. An empty platform is the one that Choose takes.
// Sources call it last.
func (i *Image) Complete(platform string) {
	named := i.named()
	if named != nil && i.Digest != nil && i.PinnedReference == nil {
		i.PinnedReference = new(spelling.Pinned(named, digest.Digest(*i.Digest)))
	}
	chosen := i.Choose(platform)
	if chosen == nil {
		return
	}
	i.Platform, i.ConfigDigest, i.Size, i.CreatedAt = &chosen.Platform, chosen.ConfigDigest, chosen.Size, chosen.CreatedAt
	i.Unread = chosen.Unread
	if chosen.Config == nil {
		return
	}
	i.Catalogue = newCatalogue(named, i.Platforms, chosen)
	i.Catalogue.built(i.Provenance)
}

// named returns the name in the reference, nil if it has none: an image without names has its id there, which could
// also be read as the repository "sha256" with a tag.
func (i *Image) named() reference.Named {
	named, err := reference.ParseNormalizedNamed(i.Reference)
	if err != nil || digest.Digest(i.Reference).Validate() == nil {
		return nil
	}
	return named
}

func newCatalogue(named reference.Named, platforms []Platform, chosen *Platform) *Catalogue {
	config := chosen.Config
	c := &Catalogue{
		Description:  label(config, labelsOfDescription),
		BaseImage:    label(config, labelsOfBaseImage),
		OS:           Known(chosen.OS),
		Entrypoint:   words(config.Entrypoint),
		Cmd:          words(config.Cmd),
		WorkingDir:   config.WorkingDir,
		User:         config.User,
		Shell:        words(config.Shell),
		ExposedPorts: words(config.ExposedPorts),
		Volumes:      config.Volumes,
		Maintainer:   label(config, labelsOfMaintainer),
		Version:      label(config, labelsOfVersion),
		License:      label(config, labelsOfLicense),
		GitRepo:      gitRepository(label(config, labelsOfSource)),
	}
	if c.Maintainer == nil {
		c.Maintainer = chosen.Author
	}
	if len(config.Env) > 0 {
		c.Env = inJSON(config.Env)
	}
	if len(config.Labels) > 0 {
		c.Labels = inJSON(config.Labels)
	}
	if config.Healthcheck != nil {
		c.Healthcheck = inJSON(config.Healthcheck)
	}
	if named != nil {
		c.Name = new(nameInRegistry(named))
		if tagged, ok := named.(reference.Tagged); ok {
			c.Tag = new(tagged.Tag())
		}
	}
	for _, platform := range platforms {
		if platform.Architecture != "" && !slices.Contains(c.Architecture, platform.Architecture) {
			c.Architecture = append(c.Architecture, platform.Architecture)
		}
		if platform.Platform != "" {
			c.BuildPlatforms = append(c.BuildPlatforms, platform.Platform)
		}
	}
	slices.Sort(c.Architecture)
	slices.Sort(c.BuildPlatforms)
	c.BuildPlatforms = slices.Compact(c.BuildPlatforms) // an index has one for each version of Windows
	return c
}

// built sets what the newest verified statement says of the build, which outweighs labels: these anybody can set.
func (c *Catalogue) built(statements []Provenance) {
	build := NewestVerified(statements, func(p Provenance) *bool { return p.Verified })
	if build == nil {
		return
	}
	if repository := gitRepository(build.SourceRepository); repository != nil {
		c.GitRepo = repository
	}
	if build.SourceRef != nil {
		branch, isBranch := strings.CutPrefix(*build.SourceRef, "refs/heads/")
		if isBranch || !strings.HasPrefix(branch, "refs/") {
			c.GitBranch = Known(branch)
		}
	}
	c.BuildPipeline = build.Workflow
}

// nameInRegistry returns a repository's name without its registry, and without the "library/" of Docker Hub's own
// images, as people write it.
func nameInRegistry(named reference.Named) string {
	if familiar := reference.FamiliarName(named); reference.Domain(named) == "docker.io" {
		return familiar
	}
	return reference.Path(named)
}

func label(config *Config, names []string) *string {
	for _, name := range names {
		if text := strings.TrimSpace(config.Labels[name]); text != "" {
			return &text
		}
	}
	return nil
}

// gitRepository takes a source for a Git repository where it can be one: the catalogue refuses what no Git client could
// clone, such as the address of a web page about it.
func gitRepository(source *string) *string {
	if source == nil {
		return nil
	}
	for _, scheme := range []string{"https://", "http://", "ssh://", "git://", "git@"} {
		if strings.HasPrefix(*source, scheme) {
			return source
		}
	}
	return nil
}

// words returns a command in the exec form of Dockerfiles, a JSON list: the only form that keeps its words apart.
func words(list []string) *string {
	if len(list) == 0 {
		return nil
	}
	return inJSON(list)
}

// inJSON returns a value in JSON, map keys in order, with <, > and & as they are: the text is for people.
func inJSON(value any) *string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil // never: lists, maps and structs of strings always have JSON
	}
	return new(strings.TrimSpace(text.String()))
}
