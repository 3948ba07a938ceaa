package imagedata

import (
	"context"
	"reflect"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/tagged"
)

// A source is a data source. A is a struct with those of its arguments that are read; the state may be another struct,
// because an argument and a field of the result can have the same name.
type source[A any] struct {
	name       string // without the provider's
	schema     func() schema.Schema
	validators []datasource.ConfigValidator
	timeout    time.Duration
	read       func(ctx context.Context, sources *Sources, given A) (state any, diags diag.Diagnostics)

	sources *Sources
}

var (
	_ datasource.DataSourceWithConfigure        = (*source[any])(nil)
	_ datasource.DataSourceWithConfigValidators = (*source[any])(nil)
)

func (s *source[A]) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + s.name
}

func (s *source[A]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = s.schema()
}

// ConfigValidators returns the rules about several arguments.
func (s *source[A]) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return s.validators
}

// Configure takes the provider's sources; they are not there yet while a configuration is validated.
func (s *source[A]) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	s.sources, _ = req.ProviderData.(*Sources)
}

func (s *source[A]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	ctx, cancel := timeoutContext(ctx, s.timeout)
	defer cancel()
	var given A
	resp.Diagnostics.Append(arguments(ctx, req.Config, &given)...)
	if resp.Diagnostics.HasError() {
		return
	}
	state, diags := s.read(ctx, s.sources, given)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	raw, err := tagged.Value(ctx, state, req.Config.Raw.Type())
	if err != nil {
		resp.Diagnostics.AddError("Cannot Show the Image", "This is a fault of the provider; please report it: "+err.Error())
		return
	}
	resp.State.Raw = raw
}

// arguments reads those attributes of a configuration that a struct has.
func arguments(ctx context.Context, config tfsdk.Config, into any) diag.Diagnostics {
	var diags diag.Diagnostics
	object := reflect.ValueOf(into).Elem()
	for _, field := range reflect.VisibleFields(object.Type()) {
		if !field.Anonymous {
			diags.Append(config.GetAttribute(ctx, path.Root(field.Tag.Get("tfsdk")),
				object.FieldByIndex(field.Index).Addr().Interface())...)
		}
	}
	return diags
}

// A warnings collects the warnings of a source, possibly of several goroutines.
type warnings struct {
	mutex sync.Mutex
	diags diag.Diagnostics
}

func (w *warnings) add(warning image.Warning) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.diags.AddWarning(warning.Summary, warning.Detail)
}

func or[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}
