package imagedata

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine"
)

// engineDiskUsage is what the images of a Docker Engine take of its disk.
type engineDiskUsage struct{ reader }

var _ datasource.DataSourceWithConfigure = (*engineDiskUsage)(nil)

func (d *engineDiskUsage) Metadata(_ context.Context, req datasource.MetadataRequest,
	resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_docker_engine_disk_usage"
}

func (d *engineDiskUsage) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "How much disk space the images of a Docker Engine take, and how much of it " +
			"`demandflow_docker_engine_prune` with `all` would give back. The engine measures each time, which takes a while " +
			"where there are many images.",
		Attributes: attributesOf[engine.DiskUsage](result),
	}
}

func (d *engineDiskUsage) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	client, diags := d.sources.engine()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	usage, err := client.DiskUsage(ctx)
	if err != nil {
		resp.Diagnostics.AddError("Cannot measure the engine's disk usage", sentence(err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, usage)...)
}
