package catalogue

import (
	"context"
	"fmt"
	"slices"

	"github.com/distribution/reference"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// workloadsDataSource is the related list "Deployments" of an image: the Kubernetes workloads that run it. DemandFlow links
// the two by the text of the workload's image field, so this compares references, not ids.
type workloadsDataSource struct {
	images, workloads *table
	tenant            *Tenant
}

var (
	_ datasource.DataSourceWithConfigure      = (*workloadsDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*workloadsDataSource)(nil)
)

func newWorkloadsDataSource() datasource.DataSource {
	return &workloadsDataSource{images: newTable(&entity.DockerImage).withoutSecrets(), workloads: newTable(&entity.K8sWorkload)}
}

const (
	workloadsAttribute = "workloads"
	imageIDArgument    = "docker_image_id"
	imageArgument      = "full_image_name"
)

func (d *workloadsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.images.TypeName() + "_" + workloadsAttribute
}

func (d *workloadsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The Kubernetes workloads that run an image, whether they name it with its tag in `image` or apart in `image_tag`, and with Docker Hub's short form or the full one. That none do is an answer, not an error.",
		Attributes: map[string]schema.Attribute{
			imageIDArgument: schema.StringAttribute{Optional: true, MarkdownDescription: "Id of the catalogue's image; its full name is read. Give this or `" + imageArgument + "`."},
			imageArgument:   schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: "Name of the image with registry and tag, as workloads name it."},
			totalAttribute:  schema.Int64Attribute{Computed: true, MarkdownDescription: "How many workloads run the image."},
			workloadsAttribute: schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The workloads, in the order of their names.",
				NestedObject:        schema.NestedAttributeObject{Attributes: d.workloads.dataSourceAttributes(func(column) bool { return false })},
			},
		},
	}
}

func (d *workloadsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.tenant, _ = req.ProviderData.(*Tenant)
}

func (d *workloadsDataSource) ValidateConfig(_ context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	config := valuesOf(req.Config.Raw)
	id, image := config[imageIDArgument], config[imageArgument]
	if !id.IsKnown() || !image.IsKnown() {
		return
	}
	if id.IsNull() == image.IsNull() {
		resp.Diagnostics.AddError("Invalid look-up of workloads", fmt.Sprintf("Give exactly one of `%s` and `%s`.", imageIDArgument, imageArgument))
	} else if _, err := parseImage(text(image), ""); err != nil && !image.IsNull() {
		resp.Diagnostics.AddAttributeError(path.Root(imageArgument), "Invalid "+imageArgument, notAnImage(text(image), err))
	}
}

func (d *workloadsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	state := valuesOf(req.Config.Raw)
	name, diags := d.imageName(ctx, state)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	wanted, err := parseImage(name, "")
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root(imageArgument), "Invalid "+imageArgument, notAnImage(name, err))
		return
	}
	table, err := d.tenant.inForce(ctx, d.workloads)
	if err != nil {
		resp.Diagnostics.Append(d.workloads.noDefinition(err))
		return
	}
	found, diags := d.running(ctx, table, wanted)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	slices.SortFunc(found, table.compare(entity.K8sWorkload.Fields()[0].AttributeName()))
	state[imageArgument] = tftypes.NewValue(tftypes.String, name)
	state[totalAttribute] = tftypes.NewValue(tftypes.Number, len(found))
	state[workloadsAttribute] = table.list(found)
	resp.State.Raw = tftypes.NewValue(req.Config.Raw.Type(), state.raw())
}

// imageName is the configured name, or the full name of the catalogue's image with the configured id.
func (d *workloadsDataSource) imageName(ctx context.Context, config values) (string, diag.Diagnostics) {
	if name := text(config[imageArgument]); name != "" {
		return name, nil
	}
	object, diags := d.images.look(ctx, d.tenant.client, wish{idAttribute: text(config[imageIDArgument])})
	if diags.HasError() {
		return "", diags
	}
	return text(mustValue(d.images.column("fullImageName"), object)), nil
}

// running are the workloads whose image is the wanted one. The query narrows by the last part of the name, which every
// spelling of a reference contains.
func (d *workloadsDataSource) running(ctx context.Context, table *table, wanted reference.Named) ([]values, diag.Diagnostics) {
	var found []values
	var diags diag.Diagnostics
	image, tag := table.column("image"), table.column("imageTag")
	line := demandflow.QueryLine{Entity: table.Code, Filter: &demandflow.Filter{Field: image.Name, Term: lastPart(wanted)}}
	for item, err := range d.tenant.client.Query(ctx, line) {
		if err != nil {
			return nil, diag.Diagnostics{table.cannot("list", "", err)}
		}
		if item.Object == nil {
			continue
		}
		runs, err := parseImage(item.Object.Text(image.Name), item.Object.Text(tag.Name))
		if err != nil || !sameImage(runs, wanted) {
			continue // a workload whose image nobody can read runs no image that we know
		}
		v, odd := table.readAll(item.Object, nil)
		diags.Append(table.oddValues(item.Object.ID(), odd)...)
		found = append(found, v)
	}
	return found, diags
}
