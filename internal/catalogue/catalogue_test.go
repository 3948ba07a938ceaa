package catalogue

import (
	"net/http/httptest"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// Terraform makes a data source anew for each read, and a tenant lives as long as the run: what it keeps must not grow
// with the number of reads.
func TestTenant_keepsATableForEachKindAndNotForEachRead(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(emulator.New(emulator.Options{}))
	t.Cleanup(server.Close)
	client, err := demandflow.New(demandflow.Config{Endpoint: server.URL, Token: emulator.DefaultToken})
	if err != nil {
		t.Fatal(err)
	}
	tenant := NewTenant(client, Options{ValidateDefinition: true})
	resources, sources, ephemerals := Resources(), DataSources(), EphemeralResources()
	readAll := func() int {
		t.Helper()
		var bases []*table
		for _, construct := range resources {
			if r, ok := construct().(*entityResource); ok {
				bases = append(bases, r.base)
			}
		}
		for _, construct := range ephemerals {
			if c, ok := construct().(*credentials); ok {
				bases = append(bases, c.registries)
			}
		}
		for _, construct := range sources {
			switch d := construct().(type) {
			case *entityDataSource:
				bases = append(bases, d.base)
			case *pluralDataSource:
				bases = append(bases, d.base)
			case *workloadsDataSource:
				d.Configure(t.Context(), datasource.ConfigureRequest{ProviderData: tenant}, &datasource.ConfigureResponse{})
				bases = append(bases, d.images, d.workloads)
			default:
				t.Fatalf("%T is new here: say which tables it has", d)
			}
		}
		bases = append(bases, imageTable())
		for _, base := range bases {
			if _, err := tenant.inForce(t.Context(), base); err != nil {
				t.Fatal(err)
			}
		}
		return len(tenant.tables)
	}
	once := readAll()
	for range 20 {
		if now := readAll(); now != once {
			t.Fatalf("%d tables after one read of each, and %d after another", once, now)
		}
	}
	if once < 5 {
		t.Errorf("%d tables, so that this shows nothing", once)
	}
}
