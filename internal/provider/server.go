package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/early"
	"github.com/demandflow/terraform-provider-demandflow/internal/measures"
)

// Server returns a constructor of the provider as Terraform speaks to it; version goes into the User-Agent. Everything that serves
// the provider, main and the tests, takes it from here, so that what stands between Terraform and the framework is in all of them.
// adjust changes the client's configuration after the provider's own block has been read; it is for tests that have no network.
func Server(version string, adjust ...func(*demandflow.Config)) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		p := &demandflowProvider{version: version, adjust: adjust}
		server := providerserver.NewProtocol6(p)()
		framework, whole := server.(early.Framework)
		if !whole || !measures.Unchanged.Taken() {
			return server
		}
		return early.New(framework, catalogue.Early(typeName, p.tenant.Load))
	}
}
