package imagedata

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine"
)

// enginePrune removes images that nothing uses from a Docker Engine.
type enginePrune struct{ sources *Sources }

var (
	_ action.ActionWithConfigure      = (*enginePrune)(nil)
	_ action.ActionWithValidateConfig = (*enginePrune)(nil)
)

const (
	danglingArgument = "dangling"
	allArgument      = "all"

	labelsArgument    = "labels"
	notLabelsArgument = "not_labels"
)

type enginePruneModel struct {
	Dangling  *bool    `tfsdk:"dangling"`
	All       *bool    `tfsdk:"all"`
	Until     *string  `tfsdk:"until"`
	Labels    []string `tfsdk:"labels"`
	NotLabels []string `tfsdk:"not_labels"`
}

func (a *enginePrune) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_docker_engine_prune"
}

func (a *enginePrune) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	labels := func(doc string) schema.Attribute {
		return schema.SetAttribute{Optional: true, Validators: labelValidators, ElementType: types.StringType, MarkdownDescription: doc}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Removes images that no container uses from the provider's Docker Engine, and reports what went. Without arguments these are the dangling ones: images without a tag. " +
			"Needs Terraform 1.14 or later.",
		Attributes: map[string]schema.Attribute{
			danglingArgument:  schema.BoolAttribute{Optional: true, MarkdownDescription: "False to remove more than dangling images, which needs `all = true` beside it. True when not set."},
			allArgument:       schema.BoolAttribute{Optional: true, MarkdownDescription: "The explicit word for removing every image that no container uses, tagged ones too. False when not set."},
			"until":           schema.StringAttribute{Optional: true, Validators: filterValidators, MarkdownDescription: "Only images created before this time: RFC 3339, seconds since 1970, or a duration before now such as `24h`."},
			labelsArgument:    labels("Only images that have all of these labels (`key` or `key=value`)."),
			notLabelsArgument: labels("Only images that have none of these labels (`key` or `key=value`)."),
		},
	}
}

func (a *enginePrune) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	a.sources, _ = req.ProviderData.(*Sources)
}

// ValidateConfig refuses what would remove more than was asked for in so many words, before anything is planned.
func (a *enginePrune) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	for _, name := range []string{labelsArgument, notLabelsArgument} {
		var labels types.Set
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), &labels)...)
		if !labels.IsNull() && !labels.IsUnknown() && len(labels.Elements()) == 0 {
			resp.Diagnostics.AddAttributeError(path.Root(name), "No label",
				"An empty set of labels chooses nothing, and more than was meant would go.\n\nName a label, or leave the argument out (null).")
		}
	}
	var dangling, all types.Bool
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(danglingArgument), &dangling)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(allArgument), &all)...)
	if dangling.IsUnknown() || all.IsUnknown() || dangling.IsNull() {
		return
	}
	switch {
	case !dangling.ValueBool() && !all.ValueBool():
		resp.Diagnostics.AddAttributeError(path.Root(danglingArgument), "Refused to prune all images",
			"dangling = false would remove every image that no container uses, tagged ones too.\n\nIf that is what is meant, say so with all = true.")
	case dangling.ValueBool() && all.ValueBool():
		resp.Diagnostics.AddAttributeError(path.Root(allArgument), "Contradictory arguments",
			"all = true removes tagged images too, and dangling = true only those without a tag.\n\nLeave one of the two out.")
	}
}

func (a *enginePrune) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var given enginePruneModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &given)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, diags := a.sources.engine()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	report, err := client.Prune(ctx, engine.PruneOptions{
		Dangling: given.Dangling, All: or(given.All, false), Until: given.Until, Labels: given.Labels, NotLabels: given.NotLabels,
	})
	if err != nil {
		resp.Diagnostics.AddError("Cannot prune the engine's images", sentence(err))
		return
	}
	for _, line := range told(report) {
		resp.SendProgress(action.InvokeProgressEvent{Message: line})
	}
}

// mostTold is how many lines of a report are told one by one: a prune may remove thousands of layers.
const mostTold = 40

// told is a report in lines.
func told(report *engine.PruneReport) []string {
	var lines []string
	names, contents := 0, 0
	for _, removed := range report.Deleted {
		line := ""
		if removed.Untagged != nil {
			names++
			line = "untagged " + *removed.Untagged
		} else if removed.Deleted != nil {
			contents++
			line = "deleted " + *removed.Deleted
		}
		if len(lines) < mostTold {
			lines = append(lines, line)
		}
	}
	if more := len(report.Deleted) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	if len(report.Deleted) == 0 {
		return []string{"nothing to remove"}
	}
	return append(lines, fmt.Sprintf("names removed: %d; images and layers deleted: %d; given back: %s", names, contents, inBytes(report.SpaceReclaimed)))
}

// inBytes is a size as docker's own commands print it.
func inBytes(size int64) string {
	number, unit := float64(size), 0
	for ; number >= 1000 && unit < len(units)-1; unit++ {
		number /= 1000
	}
	return fmt.Sprintf("%.4g %s", number, units[unit])
}

var units = []string{"B", "kB", "MB", "GB", "TB"}
