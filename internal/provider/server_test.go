package provider_test

import (
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/demandflow/terraform-provider-demandflow/internal/fastpath"
	"github.com/demandflow/terraform-provider-demandflow/internal/provider"
)

// Terraform's side finds out by their methods what a server can do: a newer framework may have some that nobody has
// named here.
func TestServer_canDoAllThatTheFrameworkCan(t *testing.T) {
	t.Parallel()
	server := reflect.TypeOf(provider.Server("test")())
	if server != reflect.TypeFor[*fastpath.Server]() {
		t.Fatalf("the provider is served by a %s: the framework's server lacks a part of fastpath.Framework", server)
	}
	framework := reflect.TypeOf(providerserver.NewProtocol6(kubernetes{})())
	for method := range framework.Methods() {
		if _, has := server.MethodByName(method.Name); !has {
			t.Errorf("the framework's %s is hidden: name its interface in fastpath.Framework", method.Name)
		}
	}
}
