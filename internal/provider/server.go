package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Server returns a constructor of the provider as Terraform speaks to it; version goes into the User-Agent. Everything that serves
// the provider, main and the tests, takes it from here, so that what stands between Terraform and the framework is in all of them.
func Server(version string) func() tfprotov6.ProviderServer {
	return providerserver.NewProtocol6(New(version)())
}
