package imagedata

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

const (
	// patience is how long a data source, or a step of a resource, may take in all: whoever plans wants to hear of a place
	// that does not answer.
	patience = 2 * time.Minute
	// longestDeletion is generous: it is for what hangs, not for what is slow.
	longestDeletion = 20 * time.Minute
	// longPatience is for what an engine works at: measuring its disk, and clearing it.
	longPatience = 10 * time.Minute
)

// within gives a context that ends after a time, and then says how long that was.
func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, limit, fmt.Errorf("%w: waited for %s", context.DeadlineExceeded, limit))
}

// patiently bounds the reads of a data source.
func patiently(limit time.Duration, construct func() datasource.DataSource) func() datasource.DataSource {
	return func() datasource.DataSource { return &patientSource{construct(), limit} }
}

// A patientSource is a data source whose reads are bounded.
type patientSource struct {
	datasource.DataSource
	limit time.Duration
}

var (
	_ datasource.DataSourceWithConfigure        = (*patientSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*patientSource)(nil)
	_ datasource.DataSourceWithValidateConfig   = (*patientSource)(nil)
)

func (d *patientSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	ctx, cancel := within(ctx, d.limit)
	defer cancel()
	d.DataSource.Read(ctx, req, resp)
}

func (d *patientSource) Configure(ctx context.Context, req datasource.ConfigureRequest,
	resp *datasource.ConfigureResponse) {
	if inner, ok := d.DataSource.(datasource.DataSourceWithConfigure); ok {
		inner.Configure(ctx, req, resp)
	}
}

func (d *patientSource) ConfigValidators(ctx context.Context) []datasource.ConfigValidator {
	if inner, ok := d.DataSource.(datasource.DataSourceWithConfigValidators); ok {
		return inner.ConfigValidators(ctx)
	}
	return nil
}

func (d *patientSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse) {
	if inner, ok := d.DataSource.(datasource.DataSourceWithValidateConfig); ok {
		inner.ValidateConfig(ctx, req, resp)
	}
}

// patientPrune is the prune action, bounded. It keeps all that the action has.
type patientPrune struct {
	*enginePrune
	limit time.Duration
}

func (a *patientPrune) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	ctx, cancel := within(ctx, a.limit)
	defer cancel()
	a.enginePrune.Invoke(ctx, req, resp)
}

// patientScalewayImage is the resource, bounded. It keeps all that the resource has.
type patientScalewayImage struct {
	*scalewayImage
	limit, deletion time.Duration
}

func (r *patientScalewayImage) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	ctx, cancel := within(ctx, r.limit)
	defer cancel()
	r.scalewayImage.Create(ctx, req, resp)
}

func (r *patientScalewayImage) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	ctx, cancel := within(ctx, r.limit)
	defer cancel()
	r.scalewayImage.Read(ctx, req, resp)
}

func (r *patientScalewayImage) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	ctx, cancel := within(ctx, r.limit)
	defer cancel()
	r.scalewayImage.Update(ctx, req, resp)
}

func (r *patientScalewayImage) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	ctx, cancel := within(ctx, r.deletion)
	defer cancel()
	r.scalewayImage.Delete(ctx, req, resp)
}
