package catalogue

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/distribution/reference"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	spelling "github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
)

// workloadsDataSource is the related list "Deployments" of an image: the Kubernetes workloads that run it. DemandFlow
// links the two by the text of the workload's image field, so this compares references, not ids.
type workloadsDataSource struct {
	dataSource
	images, workloads *table
}

var (
	_ datasource.DataSourceWithConfigure      = (*workloadsDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*workloadsDataSource)(nil)
)

// workloadsTable returns one table for all reads: a tenant caches adapted tables by the default one.
var workloadsTable = sync.OnceValue(func() *table { return newTable(&entity.K8sWorkload) })

func newWorkloadsDataSource() datasource.DataSource {
	images := imageTable()
	return &workloadsDataSource{dataSource{typeName: images.TypeName() + "_" + workloadsAttribute}, images,
		workloadsTable()}
}

const (
	workloadsAttribute = "workloads"
	imageIDArgument    = "docker_image_id"
	imageArgument      = "full_image_name"
)

func (d *workloadsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The Kubernetes workloads that run an image, whether they name it with its tag in `image` or " +
			"apart in `image_tag`, and with Docker Hub's short form or the full one, or by the digest that the catalogue has " +
			"for it. That none do is an answer, not an error.",
		Attributes: map[string]schema.Attribute{
			imageIDArgument: schema.StringAttribute{Optional: true,
				MarkdownDescription: "Id of the catalogue's image; its full name is read. Give this or `" + imageArgument + "`."},
			imageArgument: schema.StringAttribute{Optional: true, Computed: true,
				MarkdownDescription: "Name of the image with registry and tag, as workloads name it."},
			totalAttribute: schema.Int64Attribute{Computed: true, MarkdownDescription: "How many workloads run the image."},
			workloadsAttribute: schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The workloads, in the order of their names.",
				NestedObject: schema.NestedAttributeObject{Attributes: d.workloads.dataSourceAttributes(func(
					column) bool {
					return false
				})},
			},
		},
	}
}

func (d *workloadsDataSource) ValidateConfig(_ context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse) {
	config := valuesOf(req.Config.Raw)
	id, image := config[imageIDArgument], config[imageArgument]
	if !id.IsKnown() || !image.IsKnown() {
		return
	}
	if id.IsNull() == image.IsNull() {
		resp.Diagnostics.AddError("Invalid look-up of workloads", fmt.Sprintf("Give exactly one of `%s` and `%s`.",
			imageIDArgument, imageArgument))
	} else if _, err := spelling.Parse(field.Text(image), ""); err != nil && !image.IsNull() {
		resp.Diagnostics.Append(invalidArgument(imageArgument, notAnImage(field.Text(image), err)))
	}
}

func (d *workloadsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	state := valuesOf(req.Config.Raw)
	name, digest, diags := d.image(ctx, state)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	named, err := spelling.Parse(name, "")
	if err != nil {
		resp.Diagnostics.AddError("Cannot look up workloads", notAnImage(name, err))
		return
	}
	table, err := d.tenant.inForce(ctx, d.workloads)
	if err != nil {
		resp.Diagnostics.Append(d.workloads.noDefinition(err))
		return
	}
	found, diags := d.running(ctx, table, wantedImage{named, digest})
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

// image returns the name and the digest of the wanted image: of the catalogue's image with the configured id, or the
// configured name and the digest that the catalogue has under it, if it has one.
func (d *workloadsDataSource) image(ctx context.Context, config values) (name, digest string, diags diag.Diagnostics) {
	full := d.images.column(d.images.Keys[0].Fields[0])
	var object demandflow.Object
	if id := config[imageIDArgument]; !id.IsNull() {
		if !entity.IsID(field.Text(id)) {
			return "", "", diag.Diagnostics{invalidArgument(imageIDArgument, field.NotAnID(field.Text(id), d.images.Noun()))}
		}
		if object, diags = d.images.lookUp(ctx, d.tenant.client, criteria{idAttribute: field.Text(id)},
			path.Root(imageIDArgument)); diags.HasError() {
			return "", "", diags
		}
		name = object.Text(full.Name)
	} else {
		name = field.Text(config[imageArgument])
		var anyOf []criteria
		for _, variant := range spelling.Variants(name) {
			anyOf = append(anyOf, criteria{full.Name: variant})
		}
		entries, err := d.tenant.client.Find(ctx, d.images.Entity, anyOf)
		if err != nil {
			return "", "", diag.Diagnostics{d.images.cannot("find", "", err)}
		}
		if len(entries) > 1 {
			table, err := d.tenant.inForce(ctx, d.images)
			if err != nil {
				return "", "", diag.Diagnostics{d.images.noDefinition(err)}
			}
			entries = table.inUse(entries)
		}
		if len(entries) == 1 {
			object = entries[0]
		}
	}
	for _, c := range d.images.columns {
		if c.Kind == entity.Digest {
			digest = field.Text(c.Derive(object))
		}
	}
	return name, digest, nil
}

// running returns the workloads whose image is the wanted one. The query narrows by the last part of the name, which
// every spelling of a reference contains.
func (d *workloadsDataSource) running(ctx context.Context, table *table, wanted wantedImage) ([]values,
	diag.Diagnostics) {
	var found []values
	var diags diag.Diagnostics
	image, tag := table.column("image"), table.column("imageTag")
	line := demandflow.QueryLine{Entity: table.Code, Filter: &demandflow.Filter{Field: image.Name,
		Term: spelling.LastPart(wanted.named)}}
	for item, err := range d.tenant.client.Query(ctx, line) {
		if err != nil {
			return nil, diag.Diagnostics{table.cannot("list", "", err)}
		}
		if item.Object == nil {
			continue
		}
		runs, err := spelling.Parse(item.Object.Text(image.Name), item.Object.Text(tag.Name))
		if err != nil || !wanted.runsIn(runs) {
			continue // an image name that cannot be read names no image of the catalogue
		}
		v, unreadable := table.readAll(item.Object, nil)
		diags.Append(table.unreadableValues(item.Object.ID(), unreadable)...)
		found = append(found, v)
	}
	return found, diags
}

// A wantedImage is an image that workloads may run: by its name and tag, or by its digest, under which a pinned
// reference names it.
type wantedImage struct {
	named  reference.Named
	digest string // sha256:…, "" where it is not known
}

// runsIn reports whether a workload's reference names the image: the same repository, and the same tag or the digest.
func (w wantedImage) runsIn(workload reference.Named) bool {
	if workload.Name() != w.named.Name() {
		return false
	}
	tag, tagged := workload.(reference.Tagged)
	wanted, wantedTagged := w.named.(reference.Tagged)
	if tagged && wantedTagged {
		return tag.Tag() == wanted.Tag()
	}
	digested, ok := workload.(reference.Digested)
	if !ok {
		return false
	}
	pinned, wantedPinned := w.named.(reference.Digested)
	return digested.Digest().String() == w.digest || wantedPinned && digested.Digest() == pinned.Digest()
}

func notAnImage(name string, err error) string {
	return fmt.Sprintf("%q does not name an image: %s.\n\nWrite it as registry.example.com/namespace/name:tag.", name, err)
}
