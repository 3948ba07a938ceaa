package catalogue

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// versions is a provider of images whose schema has gone through some upgrades.
type versions []upgrade

func (versions) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "demandflow"
}
func (versions) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (versions) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (versions) DataSources(context.Context) []func() datasource.DataSource                        { return nil }

func (v versions) Resources(context.Context) []func() resource.Resource {
	t := newTable(&entity.DockerImage)
	t.upgrades = v
	return []func() resource.Resource{func() resource.Resource {
		return &entityResource{base: t,
			schema: t.resourceSchema()}
	}}
}

// read has a state of some version read, and returns two attributes of it, or the error.
func (v versions) read(t *testing.T, version int64, state string) (license, tag, problem string) {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(v)()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
		TypeName: "demandflow_docker_image", Version: version, RawState: &tfprotov6.RawState{JSON: []byte(state)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, diagnostic := range answer.Diagnostics {
		return "", "", diagnostic.Summary + ": " + diagnostic.Detail
	}
	raw, err := answer.UpgradedState.Unmarshal(newTable(&entity.DockerImage).resourceSchema().Type().TerraformType(
		t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	after := valuesOf(raw)
	return field.Text(after["license"]), field.Text(after["tag"]), ""
}

func TestUpgrade_runsEachStepFromTheStatesVersionOn(t *testing.T) {
	image := versions{
		func(attributes map[string]any) error { // version 1 had another name for an attribute
			attributes["licence"] = attributes["permit"]
			delete(attributes, "permit")
			return nil
		},
		func(attributes map[string]any) error { // version 2 has another name again, and the tag's type
			attributes["license"] = attributes["licence"]
			delete(attributes, "licence")
			if tags, ok := attributes["tag"].([]any); ok {
				attributes["tag"] = tags[0]
			}
			return nil
		},
	}
	for version, state := range []string{
		`{"id": "1", "permit": "MIT", "tag": ["1.0"]}`,
		`{"id": "1", "licence": "MIT", "tag": ["1.0"]}`,
		`{"id": "1", "license": "MIT", "tag": "1.0"}`,
	} {
		license, tag, problem := image.read(t, int64(version), state)
		if license != "MIT" || tag != "1.0" || problem != "" {
			t.Errorf("of version %d: license %q, tag %q, %s", version, license, tag, problem)
		}
	}
}

func TestUpgrade_thatFailsSaysHowToGoOn(t *testing.T) {
	image := versions{func(map[string]any) error { return errors.New("the tag is neither text nor list") }}
	_, _, problem := image.read(t, 0, `{"id": "1"}`)
	for _, want := range []string{"Cannot upgrade the state of docker image", "schema version 0",
		"the tag is neither text nor list", "state rm"} {
		if !strings.Contains(problem, want) {
			t.Errorf("the error does not say %q: %s", want, problem)
		}
	}
}
