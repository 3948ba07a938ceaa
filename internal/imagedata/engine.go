package imagedata

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine"
	"github.com/demandflow/terraform-provider-demandflow/internal/tagged"
)

func engineImage() datasource.DataSource {
	return &source[namedImageArguments]{name: "docker_engine_image", schema: engineImageSchema, timeout: readTimeout,
		read: func(ctx context.Context, s *Sources, given namedImageArguments) (any, diag.Diagnostics) {
			client, diags := s.engine()
			if diags.HasError() {
				return nil, diags
			}
			var remarks warnings
			found, err := client.Image(ctx, given.Name, engine.Options{Platform: or(given.Platform, ""),
				Include: given.Include, Warn: remarks.add})
			diags.Append(remarks.diags...)
			state, more := namedImage(image.SourceDockerEngine, given, found, err)
			diags.Append(more...)
			return state, diags
		}}
}

func engineImageSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads an image from a Docker Engine, or from another engine with its API such as Podman. " +
			"Pulls nothing. `digest` is always that of a manifest or index, and `config_digest` that of a " +
			"configuration; which of them the engine uses as the image id depends on its store (`engine.store`, `engine.id`).",
		Attributes: tagged.With(tagged.With(attributesOf[image.Image](result), allowMissing("the engine")),
			map[string]schema.Attribute{
				nameArgument: schema.StringAttribute{Required: true,
					MarkdownDescription: "Name of the image in the engine (`nginx:1.27.3`, `name@sha256:…`), or its id or a " +
						"prefix of it."},
				platformArgument: platformAttribute("Defaults to `linux/amd64` if the engine has it, otherwise to what the " +
					"engine would run."),
				includeArgument: textSet(fmt.Sprintf("Facts to read besides those of an inspection: `%s` (build steps), `%s` "+
					"(the predicate types of attestations, API 1.55 and later). Defaults to none.", engine.IncludeHistory,
					engine.IncludeAttestations),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(engine.IncludeHistory, engine.IncludeAttestations))),
			}),
	}
}

const sharedSizeArgument = "shared_size"

// Descriptions of filters that lists and prunes share.
const (
	untilDoc = "Only images created before this time: RFC 3339, seconds since 1970, or a duration before now such as " +
		"`24h`. An image is created when it is built, not when it is pulled. Images without a creation time do not match."
	labelDoc         = "`key` matches any value, `key=value` exactly this one, and `key=` an empty one."
	danglingByDigest = "An image that was pulled by digest has no tag. Engines with the containerd store and Podman " +
		"keep its name, so that it is not dangling there; Docker's graph-driver store treats it like one whose tag was moved."
)

type engineImagesModel struct {
	References []string       `tfsdk:"references"`
	Labels     []string       `tfsdk:"labels"`
	Dangling   *bool          `tfsdk:"dangling"`
	Before     *string        `tfsdk:"before"`
	Since      *string        `tfsdk:"since"`
	Until      *string        `tfsdk:"until"`
	All        *bool          `tfsdk:"all"`
	SharedSize *bool          `tfsdk:"shared_size"`
	TotalCount *int64         `tfsdk:"total_count"`
	Images     []*image.Image `tfsdk:"images"`
}

func engineImages() datasource.DataSource {
	return &source[engineImagesModel]{name: "docker_engine_images", schema: engineImagesSchema, read: readEngineImages,
		timeout: readTimeout}
}

func engineImagesSchema() schema.Schema {
	flag := func(doc string) schema.Attribute {
		return schema.BoolAttribute{Optional: true, MarkdownDescription: doc}
	}
	return schema.Schema{
		MarkdownDescription: "Lists the images of a Docker Engine, newest first. Returns an empty list if nothing matches. " +
			"A list has fewer facts of each image than `demandflow_docker_engine_image`: neither configuration nor history.",
		Attributes: map[string]schema.Attribute{
			"references": textSet("Name patterns, such as `team/*:1.*`; an image must match one of them. `docker.io/` may be "+
				"left out, as in `docker` commands; Podman matches names without any registry.",
				setvalidator.ValueStringsAre(filterValidators...)),
			labelsArgument: textSet("Labels (`key` or `key=value`); an image must have all of them. "+labelDoc,
				labelValidators...),
			danglingArgument: flag("True for images without a tag, false for images with one. Defaults to all images. " +
				danglingByDigest),
			"before":      optionalText("Only images created before this image (name or id).", filterValidators...),
			"since":       optionalText("Only images created after this image (name or id).", filterValidators...),
			untilArgument: optionalText(untilDoc, untilValidators...),
			allArgument:   flag("Include intermediate images of older builders. Defaults to false."),
			sharedSizeArgument: flag("Have the engine compute `engine.shared_size`, which takes a while (API 1.42 and " +
				"later, Docker 23.0). Defaults to false."),
			"total_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of matching images."},
			"images":      result.List("Matching images. Empty if nothing matches.", attributesOf[image.Image](result)),
		},
	}
}

func readEngineImages(ctx context.Context, s *Sources, state engineImagesModel) (any, diag.Diagnostics) {
	client, diags := s.engine()
	if diags.HasError() {
		return nil, diags
	}
	images, err := client.Images(ctx, engine.ListOptions{
		References: state.References, Labels: state.Labels, Dangling: state.Dangling,
		Before: state.Before, Since: state.Since, Until: state.Until,
		All: or(state.All, false), SharedSize: or(state.SharedSize, false),
	})
	if err != nil {
		diags.AddError("Cannot list the engine's images", sentence(err))
	}
	if or(state.SharedSize, false) && slices.ContainsFunc(images,
		func(i *image.Image) bool { return i.Engine.SharedSize == nil }) {
		diags.AddAttributeWarning(path.Root(sharedSizeArgument), "The engine computes no shared sizes",
			"Lists of images have shared sizes from API 1.42 on (Docker 23.0), and this engine did not report them. "+
				"engine.shared_size is null.\n\n"+
				"Update the engine, leave shared_size out, or read demandflow_docker_engine_disk_usage, which has them on older "+
				"engines, too.")
	}
	state.Images = append([]*image.Image{}, images...) // none is an empty list, not null
	state.TotalCount = new(int64(len(images)))
	return &state, diags
}

func engineDiskUsage() datasource.DataSource {
	return &source[struct{}]{name: "docker_engine_disk_usage", timeout: engineTimeout,
		schema: func() schema.Schema {
			return schema.Schema{
				MarkdownDescription: "Measures the disk usage of the images of a Docker Engine, and how much of it " +
					"`demandflow_docker_engine_prune` with `all` would free. This takes a while on an engine with many images.",
				Attributes: attributesOf[engine.DiskUsage](result),
			}
		},
		read: func(ctx context.Context, s *Sources, _ struct{}) (any, diag.Diagnostics) {
			client, diags := s.engine()
			if diags.HasError() {
				return nil, diags
			}
			usage, err := client.DiskUsage(ctx)
			if err != nil {
				diags.AddError("Cannot measure the engine's disk usage", sentence(err))
			}
			return usage, diags
		}}
}
