package imagedata

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

func TestResources_areBounded(t *testing.T) {
	t.Parallel()
	for _, construct := range Resources() {
		bounded, ok := construct().(*scalewayImage)
		if !ok || bounded.timeout != readTimeout || bounded.deleteTimeout != deleteTimeout {
			t.Errorf("%T works without a bound", construct())
		}
		_, configured := construct().(resource.ResourceWithConfigure)
		_, validated := construct().(resource.ResourceWithConfigValidators)
		_, imported := construct().(resource.ResourceWithImportState)
		if !configured || !validated || !imported {
			t.Errorf("%T is configured: %t, validated: %t, imported: %t", construct(), configured, validated, imported)
		}
	}
}

// A Scaleway that takes the connection and then says nothing.
func TestScalewayImage_givesUpOnSilence(t *testing.T) {
	t.Parallel()
	server, ctx := scalewaytest.New(t), t.Context()
	server.Before(func(r *http.Request) { <-r.Context().Done() })
	client, err := scaleway.New(scaleway.Config{AccessKey: scalewaytest.AccessKey, SecretKey: scalewaytest.SecretKey,
		Region: "fr-par", APIURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	sources := &Sources{scaleway: func() (*scaleway.Client, diag.Diagnostics) { return client, nil }}
	// The two bounds differ, so that it shows which of them is meant: a step that took the other's would not end with the
	// test.
	quick := &scalewayImage{sources, time.Millisecond, time.Hour}
	deleting := &scalewayImage{sources, time.Hour, time.Millisecond}

	var described resource.SchemaResponse
	quick.Schema(ctx, resource.SchemaRequest{}, &described)
	value := func(visibility string) tfsdk.State {
		state := tfsdk.State{Schema: described.Schema}
		id := scalewaytest.ID(1)
		if diags := state.Set(ctx, &scalewayImageState{
			ID: types.StringValue("fr-par/" + id), Region: types.StringValue("fr-par"), ImageID: types.StringValue(id),
			Visibility: types.StringValue(visibility), DeleteOnDestroy: types.BoolValue(true),
		}); diags.HasError() {
			t.Fatal(diags)
		}
		return state
	}
	state, plan := value("private"), tfsdk.Plan(value("public"))
	for _, step := range []struct {
		name string
		do   func() diag.Diagnostics
	}{
		{"create", func() diag.Diagnostics {
			resp := resource.CreateResponse{State: state}
			quick.Create(ctx, resource.CreateRequest{Plan: plan}, &resp)
			return resp.Diagnostics
		}},
		{"read", func() diag.Diagnostics {
			resp := resource.ReadResponse{State: state}
			quick.Read(ctx, resource.ReadRequest{State: state}, &resp)
			return resp.Diagnostics
		}},
		{"update", func() diag.Diagnostics {
			resp := resource.UpdateResponse{State: state}
			quick.Update(ctx, resource.UpdateRequest{Plan: plan, State: state}, &resp)
			return resp.Diagnostics
		}},
		{"delete", func() diag.Diagnostics {
			resp := resource.DeleteResponse{State: state}
			deleting.Delete(ctx, resource.DeleteRequest{State: state}, &resp)
			return resp.Diagnostics
		}},
	} {
		t.Run(step.name, func(t *testing.T) {
			t.Parallel()
			if diags := step.do(); len(diags) != 1 || !strings.Contains(diags[0].Detail(), "it was not done in time") {
				t.Errorf("diagnostics: %v", diags)
			}
		})
	}
}
