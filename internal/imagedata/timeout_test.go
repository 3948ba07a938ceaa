package imagedata

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// silent is a read that waits until its context ends, and reports why it did.
func silent[A any](ctx context.Context, _ *Sources, _ A) (any, diag.Diagnostics) {
	var diags diag.Diagnostics
	<-ctx.Done()
	diags.AddError("Silence", context.Cause(ctx).Error())
	if !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		diags.AddError("Silence", "the cause is no deadline")
	}
	return nil, diags
}

// silence replaces what a data source does when it reads.
func (s *source[A]) silence() datasource.DataSource {
	s.read = silent
	return s
}

func TestDataSources_giveUpAfterATimeAndSayHowLong(t *testing.T) {
	t.Parallel()
	for _, construct := range DataSources() {
		source, ok := construct().(interface{ silence() datasource.DataSource })
		if !ok {
			t.Errorf("%T reads without a bound", construct())
			continue
		}
		inner := source.silence()
		var name datasource.MetadataResponse
		inner.Metadata(t.Context(), datasource.MetadataRequest{}, &name)
		var described datasource.SchemaResponse
		inner.Schema(t.Context(), datasource.SchemaRequest{}, &described)
		want := 2 * time.Minute
		if name.TypeName == "_docker_engine_disk_usage" {
			want = 10 * time.Minute
		}
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			var resp datasource.ReadResponse
			inner.Read(t.Context(), datasource.ReadRequest{Config: nothingSet(t, described.Schema)}, &resp)
			if took := time.Since(began); took != want {
				t.Errorf("%s took %s, want %s", name.TypeName, took, want)
			}
			if len(resp.Diagnostics) != 1 || !strings.Contains(resp.Diagnostics[0].Detail(), "waited for "+want.String()) {
				t.Errorf("%s: %v", name.TypeName, resp.Diagnostics)
			}
		})
	}
}

// nothingSet returns a configuration whose required texts are empty, and all else null.
func nothingSet(t *testing.T, s schema.Schema) tfsdk.Config {
	t.Helper()
	values := map[string]tftypes.Value{}
	for name, attribute := range s.Attributes {
		kind := attribute.GetType().TerraformType(t.Context())
		values[name] = tftypes.NewValue(kind, nil)
		if attribute.IsRequired() {
			values[name] = tftypes.NewValue(kind, "")
		}
	}
	return tfsdk.Config{Schema: s, Raw: tftypes.NewValue(s.Type().TerraformType(t.Context()), values)}
}

func TestDataSources_takeTheProvidersSources(t *testing.T) {
	t.Parallel()
	validators := 0
	for _, construct := range DataSources() {
		validated, ok := construct().(datasource.DataSourceWithConfigValidators)
		if !ok {
			t.Fatalf("%T has no validators", construct())
		}
		validators += len(validated.ConfigValidators(t.Context()))
	}
	if validators != 2 {
		t.Errorf("there are %d validators, want that of Scaleway's image and that of the drift", validators)
	}
	drift, ok := imageDrift().(*source[imageDriftModel])
	if !ok {
		t.Fatalf("it is a %T", imageDrift())
	}
	drift.Configure(t.Context(), datasource.ConfigureRequest{ProviderData: &Sources{}}, nil)
	if drift.sources == nil {
		t.Error("the sources are not handed on")
	}
}

func TestActions_giveUpAfterATime(t *testing.T) {
	t.Parallel()
	for _, construct := range Actions() {
		bounded, ok := construct().(*enginePrune)
		if !ok || bounded.timeout != engineTimeout {
			t.Errorf("%T acts without a bound", construct())
		}
		if _, ok := construct().(action.ActionWithValidateConfig); !ok {
			t.Errorf("%T is not validated", construct())
		}
	}
}
