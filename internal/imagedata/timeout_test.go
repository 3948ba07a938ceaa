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
)

// A silent source reads until its context ends, and says why it did.
type silent struct {
	datasource.DataSource
	validated bool
}

func (s *silent) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	<-ctx.Done()
	resp.Diagnostics.AddError("Silence", context.Cause(ctx).Error())
	if !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		resp.Diagnostics.AddError("Silence", "the cause is no deadline")
	}
}

func (s *silent) ValidateConfig(context.Context, datasource.ValidateConfigRequest, *datasource.ValidateConfigResponse) {
	s.validated = true
}

func TestDataSources_giveUpAfterATimeAndSayHowLong(t *testing.T) {
	t.Parallel()
	for _, construct := range DataSources() {
		source, ok := construct().(*sourceWithTimeout)
		if !ok {
			t.Errorf("%T reads without a bound", construct())
			continue
		}
		want := 2 * time.Minute
		if _, measures := source.DataSource.(*engineDiskUsage); measures {
			want = 10 * time.Minute
		}
		inner := &silent{DataSource: source.DataSource}
		source.DataSource = inner
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			var resp datasource.ReadResponse
			source.Read(t.Context(), datasource.ReadRequest{}, &resp)
			if took := time.Since(began); took != want {
				t.Errorf("%T took %s, want %s", inner.DataSource, took, want)
			}
			if len(resp.Diagnostics) != 1 || !strings.Contains(resp.Diagnostics[0].Detail(), "waited for "+want.String()) {
				t.Errorf("%v", resp.Diagnostics)
			}
		})
		if source.ValidateConfig(t.Context(), datasource.ValidateConfigRequest{}, nil); !inner.validated {
			t.Errorf("%T is not validated", inner.DataSource)
		}
	}
}

func TestDataSources_thatAreBoundedKeepTheirOwn(t *testing.T) {
	t.Parallel()
	validators := 0
	for _, construct := range DataSources() {
		source, ok := construct().(*sourceWithTimeout)
		if !ok {
			t.Fatalf("%T reads without a bound", construct())
		}
		validators += len(source.ConfigValidators(t.Context()))
		source.Configure(t.Context(), datasource.ConfigureRequest{ProviderData: &Sources{}}, nil)
		if drift, ok := source.DataSource.(*imageDrift); ok && drift.sources == nil {
			t.Error("the sources are not handed on")
		}
		resp := datasource.SchemaResponse{Schema: schema.Schema{}}
		if source.Schema(t.Context(), datasource.SchemaRequest{}, &resp); len(resp.Schema.Attributes) == 0 {
			t.Errorf("%T has no attributes", source.DataSource)
		}
	}
	if validators == 0 {
		t.Error("no validators are handed on")
	}
}

func TestActions_giveUpAfterATime(t *testing.T) {
	t.Parallel()
	for _, construct := range Actions() {
		bounded, ok := construct().(*pruneWithTimeout)
		if !ok || bounded.limit != engineTimeout {
			t.Errorf("%T acts without a bound", construct())
		}
		if _, ok := construct().(action.ActionWithValidateConfig); !ok {
			t.Errorf("%T is not validated", construct())
		}
	}
}
