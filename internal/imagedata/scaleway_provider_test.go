package imagedata

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	frameworkresource "github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

// A scalewayProvider serves what there is for Scaleway, and the OCI source behind it.
type scalewayProvider struct{}

func (scalewayProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "demandflow"
}

func (scalewayProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		scalewayArgument: ProviderAttributes()[scalewayArgument]}}
}

func (scalewayProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest,
	resp *provider.ValidateConfigResponse) {
	resp.Diagnostics.Append(check(ctx, req.Config, scalewayArgument, scaleway.New)...)
}

func (scalewayProvider) Configure(ctx context.Context, req provider.ConfigureRequest,
	resp *provider.ConfigureResponse) {
	client, diags := configured(ctx, req.Config, scalewayArgument, func(c scaleway.Config) (*scaleway.Client, error) {
		c.UserAgent = "test/1"
		return scaleway.New(c)
	})
	resp.Diagnostics.Append(diags...)
	sources := &Sources{scaleway: client, oci: once(ociArgument, true,
		func() (*oci.Client, error) { return oci.New(oci.Config{}) })}
	resp.ResourceData, resp.DataSourceData = sources, sources
}

func (scalewayProvider) Resources(context.Context) []func() frameworkresource.Resource {
	return Resources()
}

func (scalewayProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{scalewayImageSource, scalewayImages}
}

// scalewayHCL returns a configuration with the provider's block before it.
func scalewayHCL(server *scalewaytest.Server, secret, hcl string) string {
	return fmt.Sprintf("provider \"demandflow\" {\n  scaleway = {\n    access_key = %q\n    secret_key = %q\n    region "+
		"    = \"fr-par\"\n    api_url    = %q\n  }\n}\n%s",
		scalewaytest.AccessKey, secret, server.URL, hcl)
}

// runScaleway applies the steps, each followed by a plan that must be empty, and destroys what is left.
func runScaleway(t *testing.T, server *scalewaytest.Server, afterDestroy func() error, steps ...resource.TestStep) {
	t.Helper()
	for i := range steps {
		if steps[i].Config != "" && !strings.Contains(steps[i].Config, "provider ") {
			steps[i].Config = scalewayHCL(server, scalewaytest.SecretKey, steps[i].Config)
		}
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer,
			error){"demandflow": providerserver.NewProtocol6WithError(scalewayProvider{})},
		CheckDestroy: func(*terraform.State) error {
			if afterDestroy == nil {
				return nil
			}
			return afterDestroy()
		},
		Steps: steps,
	})
}

// inLines matches a text that Terraform has broken into lines.
func inLines(text string) *regexp.Regexp {
	words := strings.Fields(text)
	for i := range words {
		words[i] = regexp.QuoteMeta(words[i])
	}
	return regexp.MustCompile(strings.Join(words, `[\s│]+`))
}

func newScalewayShop(t *testing.T) (*scalewaytest.Server, scalewaytest.Image) {
	t.Helper()
	server := scalewaytest.New(t)
	server.Looks = 1
	return server, server.AddImage(scalewaytest.Image{
		Name: "web", NamespaceID: server.AddNamespace(scalewaytest.Namespace{Name: "shop"}).ID,
		Tags: []scalewaytest.Tag{{Name: "v1", Digest: "sha256:" + strings.Repeat("a", 64)},
			{Name: "latest", Digest: "sha256:" + strings.Repeat("b", 64)}},
	})
}

// wrote fails unless exactly these bodies were sent since the last call.
func wrote(server *scalewaytest.Server, seen *int, want ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		writes := server.Requests(http.MethodPatch, http.MethodDelete)
		var got []string
		for _, r := range writes[*seen:] {
			got = append(got, strings.TrimSpace(r.Method+" "+r.Body))
		}
		*seen = len(writes)
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			return fmt.Errorf("sent %q, want %q", got, want)
		}
		return nil
	}
}
