package catalogue

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// secretNames are the attributes under which the table's secrets must not be seen.
func secretNames(t *testing.T) map[string]bool {
	names := map[string]bool{}
	for _, e := range entity.All() {
		for _, field := range e.Fields() {
			if field.Secret {
				names[field.AttributeName()] = true
			}
		}
	}
	if len(names) == 0 {
		t.Fatal("the tables have no secret")
	}
	return names
}

func TestSchema_secretsAreSensitiveInResources(t *testing.T) {
	seen := 0
	for _, construct := range Resources() {
		var resp resource.SchemaResponse
		construct().Schema(context.Background(), resource.SchemaRequest{}, &resp)
		for _, c := range newTable(&entity.DockerRegistry).secrets() {
			plain, ok := resp.Schema.Attributes[c.attribute]
			if !ok {
				continue
			}
			seen++
			twin := resp.Schema.Attributes[writeOnlyArgument(c)]
			if !plain.IsSensitive() || !twin.IsSensitive() || !twin.IsWriteOnly() {
				t.Errorf("%s: sensitive %v; its twin: sensitive %v, write-only %v", c.attribute, plain.IsSensitive(),
					twin.IsSensitive(), twin.IsWriteOnly())
			}
		}
	}
	if want := len(secretNames(t)); seen != want {
		t.Errorf("%d secrets in the schemas, want %d", seen, want)
	}
}

func TestSchema_secretsAreInNoDataSource(t *testing.T) {
	secrets := secretNames(t)
	var search func(where string, attributes map[string]datasourceschema.Attribute)
	search = func(where string, attributes map[string]datasourceschema.Attribute) {
		for name, attribute := range attributes {
			if secrets[name] {
				t.Errorf("%s has %s", where, name)
			}
			if nested, ok := attribute.(datasourceschema.ListNestedAttribute); ok {
				search(where+"."+name, nested.NestedObject.Attributes)
			}
		}
	}
	for _, construct := range DataSources() {
		source := construct()
		var metadata datasource.MetadataResponse
		source.Metadata(context.Background(), datasource.MetadataRequest{ProviderTypeName: "demandflow"}, &metadata)
		var resp datasource.SchemaResponse
		source.Schema(context.Background(), datasource.SchemaRequest{}, &resp)
		search(metadata.TypeName, resp.Schema.Attributes)
	}
}
