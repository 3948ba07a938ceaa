package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/fastpath"
	"github.com/demandflow/terraform-provider-demandflow/internal/measures"
)

// Server returns a constructor of the provider's server; version goes into the User-Agent. main and the tests use it,
// so that all of them have the layers between Terraform and the framework. Tests may change the client's configuration,
// so that they do not wait.
func Server(version string, changes ...func(*demandflow.Config)) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		p := &demandflowProvider{version: version, changes: changes}
		server := providerserver.NewProtocol6(p)()
		framework, whole := server.(fastpath.Framework)
		if !whole {
			return server
		}
		framework = secretLines{framework}
		if !measures.FastPath.Taken() {
			return framework
		}
		return fastpath.New(framework, catalogue.FastResources(typeName, p.tenant.Load),
			catalogue.FastDataSources(typeName, p.tenant.Load))
	}
}
