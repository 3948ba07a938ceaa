package imagedata

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/docker/go-units"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine"
)

// enginePrune removes images that nothing uses from a Docker Engine.
type enginePrune struct {
	sources *Sources
	timeout time.Duration
}

var (
	_ action.ActionWithConfigure      = (*enginePrune)(nil)
	_ action.ActionWithValidateConfig = (*enginePrune)(nil)
)

const (
	danglingArgument = "dangling"
	allArgument      = "all"
	untilArgument    = "until"

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
		return schema.SetAttribute{Optional: true, Validators: labelValidators, ElementType: types.StringType,
			MarkdownDescription: doc}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Removes images that no container uses, not even a stopped one, from the provider's Docker " +
			"Engine, and reports what it removed. Without arguments it removes dangling images: those without a tag. An image " +
			"must match all arguments. Needs Terraform 1.14 or later.",
		Attributes: map[string]schema.Attribute{
			danglingArgument: schema.BoolAttribute{Optional: true,
				MarkdownDescription: "Remove only dangling images. False needs `all = true` as well. Defaults to true. " +
					danglingByDigest},
			allArgument: schema.BoolAttribute{Optional: true,
				MarkdownDescription: "Remove every image that no container uses, also tagged ones. Defaults to false."},
			untilArgument: schema.StringAttribute{Optional: true, Validators: untilValidators,
				MarkdownDescription: untilDoc},
			labelsArgument:    labels("Only images with all of these labels. " + labelDoc),
			notLabelsArgument: labels("Only images with none of these labels. " + labelDoc),
		},
	}
}

func (a *enginePrune) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	a.sources, _ = req.ProviderData.(*Sources)
}

// ValidateConfig refuses configurations that would remove more than their arguments clearly select.
func (a *enginePrune) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest,
	resp *action.ValidateConfigResponse) {
	for _, name := range []string{labelsArgument, notLabelsArgument} {
		var labels types.Set
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), &labels)...)
		if !labels.IsNull() && !labels.IsUnknown() && len(labels.Elements()) == 0 {
			resp.Diagnostics.AddAttributeError(path.Root(name), "No label",
				"An empty set of labels chooses nothing, and more than was meant would go.\n\nName a label, or leave the "+
					"argument out (null).")
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
			"dangling = false would remove every image that no container uses, tagged ones too.\n\nIf that is what is meant, "+
				"say so with all = true.")
	case dangling.ValueBool() && all.ValueBool():
		resp.Diagnostics.AddAttributeError(path.Root(allArgument), "Contradictory arguments",
			"all = true removes tagged images too, and dangling = true only those without a tag.\n\nLeave one of the two out.")
	}
}

func (a *enginePrune) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	ctx, cancel := timeoutContext(ctx, a.timeout)
	defer cancel()
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
		Dangling: given.Dangling, All: or(given.All, false), Until: given.Until, Labels: given.Labels,
		NotLabels: given.NotLabels,
	})
	if report != nil {
		for _, line := range reportLines(report) {
			resp.SendProgress(action.InvokeProgressEvent{Message: line})
		}
	}
	if err != nil {
		resp.Diagnostics.AddError("Cannot prune the engine's images", sentence(err))
	}
}

// maxReportLines bounds the lines of a report: a prune may remove thousands of layers.
const maxReportLines = 40

// reportLines returns the lines of a report.
func reportLines(report *engine.PruneReport) []string {
	var removed, notRemoved []string
	names := 0
	for _, item := range report.Deleted {
		if item.Untagged != nil {
			names++
			removed = append(removed, "untagged "+*item.Untagged)
		} else if item.Deleted != nil {
			removed = append(removed, "deleted "+*item.Deleted)
		}
	}
	for _, image := range report.NotDeleted {
		name := image.Name
		if name != image.ID {
			name += " (" + image.ID + ")"
		}
		notRemoved = append(notRemoved, "not removed: "+name+": "+image.Reason)
	}
	lines := slices.Concat(truncated(removed), truncated(notRemoved))
	switch {
	case len(lines) == 0:
		return []string{"nothing to remove"}
	case len(removed) == 0:
		return append(lines, "nothing was removed")
	}
	given := "given back: " + inBytes(report.SpaceReclaimed)
	if report.AtMost {
		given = "given back: at most " + inBytes(report.SpaceReclaimed) +
			", as the engine did not measure what other images share"
	}
	return append(lines, fmt.Sprintf("names removed: %d; images and layers deleted: %d; %s", names, len(removed)-names,
		given))
}

// truncated returns the lines up to maxReportLines.
func truncated(lines []string) []string {
	if more := len(lines) - maxReportLines; more > 0 {
		return append(slices.Clone(lines[:maxReportLines]), fmt.Sprintf("and %d more", more))
	}
	return lines
}

// inBytes returns a size as docker's own commands print it.
func inBytes(size int64) string {
	return units.CustomSize("%.4g %s", float64(size), 1000, []string{"B", "kB", "MB", "GB", "TB"})
}
