package catalogue_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A lookUp finds a registry called harbor, and gives its id and what there is to say to people.
type lookUp func(*conversation) (id string, diagnostics []*tfprotov6.Diagnostic)

var lookUps = map[string]lookUp{
	"a data source, by name": dataSource(arguments{"name": "harbor"}),
	"a data source, by URL":  dataSource(arguments{"url": "harbor.example.com"}),
	"an import": func(run *conversation) (string, []*tfprotov6.Diagnostic) {
		imported, err := run.server.ImportResourceState(run.Context(),
			&tfprotov6.ImportResourceStateRequest{TypeName: registryType, ID: "harbor"})
		run.check(err)
		if len(imported.ImportedResources) == 0 {
			return "", imported.Diagnostics
		}
		return holding{value: run.value(registryType, imported.ImportedResources[0].State)}.text("id"), imported.Diagnostics
	},
	"credentials": func(run *conversation) (string, []*tfprotov6.Diagnostic) {
		schemas, err := run.server.GetProviderSchema(run.Context(), &tfprotov6.GetProviderSchemaRequest{})
		run.check(err)
		schema := schemas.EphemeralResourceSchemas[registryType+"_credentials"]
		opened, err := run.server.OpenEphemeralResource(run.Context(), &tfprotov6.OpenEphemeralResourceRequest{
			TypeName: registryType + "_credentials", Config: run.wire(run.object(schema, arguments{"name": "harbor"})),
		})
		run.check(err)
		value, err := opened.Result.Unmarshal(schema.ValueType())
		run.check(err)
		return holding{value: value}.text("id"), opened.Diagnostics
	},
}

func dataSource(asked arguments) lookUp {
	return func(run *conversation) (string, []*tfprotov6.Diagnostic) {
		schemas, err := run.server.GetProviderSchema(run.Context(), &tfprotov6.GetProviderSchemaRequest{})
		run.check(err)
		schema := schemas.DataSourceSchemas[registryType]
		read, err := run.server.ReadDataSource(run.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: registryType,
			Config: run.wire(run.object(schema, asked))})
		run.check(err)
		value, err := read.State.Unmarshal(schema.ValueType())
		run.check(err)
		return holding{value: value}.text("id"), read.Diagnostics
	}
}

// harbors seeds registries called harbor with these statuses, and gives their ids.
func harbors(t *testing.T, tenant *providertest.Tenant, statuses ...string) (ids []string) {
	t.Helper()
	for _, status := range statuses {
		made, err := tenant.Seed(map[string]any{"entity": entity.DockerRegistry.Code, "name": "harbor",
			"url": "https://harbor.example.com/", "registryType": "2", "status": status})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, made...)
	}
	return ids
}

const active, inactive, maintenance = "1", "2", "3"

// deletion_policy = "archive", a destroy, and another apply leave two objects of one name.
func TestLookUps_preferWhatIsNotArchivedAndSaySo(t *testing.T) {
	t.Parallel()
	for name, find := range lookUps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			ids := harbors(t, tenant, inactive, active, inactive)
			run := converse(t, tenant)
			id, diagnostics := find(run)
			if id != ids[1] {
				t.Errorf("it finds %q, want %q", id, ids[1])
			}
			mustSay(t, run.warnings(diagnostics), "An archived docker registry is passed over", ids[1]+", Active, created 20",
				ids[0]+", Inactive, created 20", ids[2])
		})
	}
}

func TestLookUps_ofOneObjectThatIsArchivedFindIt(t *testing.T) {
	t.Parallel()
	for name, find := range lookUps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			ids := harbors(t, tenant, inactive)
			run := converse(t, tenant)
			if id, diagnostics := find(run); id != ids[0] || len(run.warnings(diagnostics)) > 0 {
				t.Errorf("it finds %q, with %v", id, diagnostics)
			}
		})
	}
}

// Which of them is meant shows in what the error says of each.
func TestLookUps_ofSeveralSayWhatTellsThemApart(t *testing.T) {
	t.Parallel()
	for statuses, says := range map[[3]string]string{
		{inactive, active, maintenance}: ", Maintenance, created 20",
		{inactive, inactive, inactive}:  ", Inactive, created 20",
	} {
		for name, find := range lookUps {
			t.Run(says+name, func(t *testing.T) {
				t.Parallel()
				tenant := providertest.New(t, emulator.Options{})
				ids := harbors(t, tenant, statuses[:]...)
				id, diagnostics := find(converse(t, tenant))
				if id != "" || len(diagnostics) != 1 || diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError {
					t.Fatalf("it finds %q, with %v", id, diagnostics)
				}
				for _, part := range append(ids, "3 docker registries match", says) {
					if !strings.Contains(diagnostics[0].Detail, part) {
						t.Errorf("the error does not say %q:\n%s", part, diagnostics[0].Detail)
					}
				}
			})
		}
	}
}

// What "archived" is called is the tenant's to say.
func TestLookUps_knowTheTenantsOptionForArchived(t *testing.T) {
	t.Parallel()
	for name, find := range lookUps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			tenant.EditField(entity.DockerRegistry.Code, "status", map[string]any{"options": []any{
				map[string]any{"id": "2", "text": "Live"}, map[string]any{"id": "9", "text": "Inactive"},
			}})
			ids := harbors(t, tenant, "9", "2")
			run := converse(t, tenant)
			id, diagnostics := find(run)
			mustSay(t, run.warnings(diagnostics), ids[1]+", Live", ids[0]+", Inactive")
			if id != ids[1] {
				t.Errorf("it finds %q, want %q", id, ids[1])
			}
		})
	}
}

// The workloads of an image are told by its digest, which is that of the entry in use.
func TestWorkloads_ofAnArchivedImageAreThoseOfTheOneInUse(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	image := func(status string) map[string]any {
		return map[string]any{"entity": entity.DockerImage.Code, "name": "team/api", "tag": "1.0", "status": status}
	}
	ids, err := tenant.Seed(image("3"), image("1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tenant.Seed(map[string]any{
		"entity": entity.K8sWorkload.Code, "name": "pinned", "image": "team/api@" + digestOf(t, tenant, ids[1]),
		"workloadType": "1", "status": "1",
	}); err != nil {
		t.Fatal(err)
	}
	tenant.Run(t, resource.TestStep{
		Config: `
data "demandflow_docker_image_workloads" "it" { full_image_name = "team/api:1.0" }
output "names" { value = join(" ", data.demandflow_docker_image_workloads.it.workloads[*].name) }`,
		ConfigStateChecks: append(nullIn("data.demandflow_docker_image_workloads.it", "docker_image_id"),
			output("names", "pinned")),
	})
}
