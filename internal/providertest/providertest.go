// Package providertest runs the provider in-process against an emulator of DemandFlow, through the real terraform
// binary. It is for tests only, of any package; it imports internal/provider and internal/emulator.
package providertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/fastpath"
	"github.com/demandflow/terraform-provider-demandflow/internal/provider"
)

// A Tenant is an emulated DemandFlow with one tenant, and the provider's configuration for it.
type Tenant struct {
	*emulator.Server
	URL string
}

// New starts an emulator for the duration of a test.
func New(t testing.TB, options emulator.Options) *Tenant {
	t.Helper()
	server := emulator.New(options)
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	return &Tenant{Server: server, URL: listener.URL}
}

// Config puts the provider's block before a configuration. One retry keeps tests of failures short.
func (t *Tenant) Config(hcl string) string {
	return fmt.Sprintf("provider \"demandflow\" {\n  endpoint    = %q\n  token       = %q\n  max_retries = 1\n}\n%s",
		t.URL, emulator.DefaultToken, hcl)
}

// Run applies the steps one after the other through terraform, each followed by a plan that must be empty (unless the
// step says otherwise), and destroys what is left.
func (t *Tenant) Run(tb *testing.T, steps ...resource.TestStep) {
	tb.Helper()
	for i := range steps {
		if steps[i].Config != "" {
			steps[i].Config = t.Config(steps[i].Config)
		}
	}
	resource.UnitTest(tb, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: steps})
}

// RunWith is Run with a feature. Where the engine lacks it the test is skipped, and says why.
func (t *Tenant) RunWith(tb *testing.T, f Feature, steps ...resource.TestStep) {
	tb.Helper()
	Needs(tb, f)
	t.Run(tb, steps...)
}

// Factories serve the provider in this process, and compare what the fast path answers with what the framework answers.
func Factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"demandflow": func() (tfprotov6.ProviderServer, error) { return Serve() },
	}
}

// Serve is one run of the provider. It asks again for what is stale without a wait.
func Serve() (*BothWays, error) {
	server, ok := provider.Server("test", func(c *demandflow.Config) {
		c.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	})().(*fastpath.Server)
	if !ok {
		return nil, errors.New("the provider has no fast path")
	}
	return newBothWays(server)
}

// Writes are the requests of a log that changed something, in order.
func (t *Tenant) Writes() []emulator.Request {
	var writes []emulator.Request
	for _, request := range t.Requests() {
		switch request.Method {
		case http.MethodPatch, http.MethodDelete:
			writes = append(writes, request)
		case http.MethodPost:
			if request.Path == "/v1/objects" {
				writes = append(writes, request)
			}
		}
	}
	return writes
}
