package catalogue_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// withRegistries is a tenant with registries, each given by what it has beside the required fields.
func withRegistries(t *testing.T, options emulator.Options, registries ...map[string]any) *providertest.Tenant {
	t.Helper()
	tenant := providertest.New(t, options)
	for _, more := range registries {
		object := map[string]any{"entity": entity.DockerRegistry.Code, "name": "prod",
			"url": "https://registry.example.com/v2/", "registryType": "2", "status": "1"}
		maps.Copy(object, more)
		if _, err := tenant.Seed(object); err != nil {
			t.Fatal(err)
		}
	}
	return tenant
}

// echoes runs a look-up of credentials, whose result another provider puts into its state for the test to see.
func echoes(t *testing.T, tenant *providertest.Tenant, lookUp string, check resource.TestStep) {
	t.Helper()
	factories := providertest.Factories()
	factories["echo"] = echoprovider.NewProviderServer()
	check.Config = tenant.Config(`
ephemeral "demandflow_docker_registry_credentials" "it" { ` + lookUp + ` }
provider "echo" { data = ephemeral.demandflow_docker_registry_credentials.it }
resource "echo" "it" {}`)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{check}})
}

// seen are the credentials that the look-up must give: "" for null.
func seen(want map[string]string) []statecheck.StateCheck {
	attributes := map[string]knownvalue.Check{}
	for _, name := range []string{"id", "name", "url", "username", "password", "token", "auth_type",
		"docker_config_json"} {
		attributes[name] = knownvalue.Null()
		if want[name] != "" {
			attributes[name] = knownvalue.StringExact(want[name])
		}
	}
	return []statecheck.StateCheck{statecheck.ExpectKnownValue("echo.it", tfjsonpath.New("data"),
		knownvalue.ObjectExact(attributes))}
}

func TestCredentials_areFoundByIDAndByNameAndReadOnly(t *testing.T) {
	t.Parallel()
	for _, lookUp := range []string{`id = "` + prodID + `"`, `name = "prod"`} {
		t.Run(lookUp, func(t *testing.T) {
			t.Parallel()
			tenant := withRegistries(t, emulator.Options{},
				map[string]any{"id": prodID, "username": "robot", "password": `pa"ss<&>wörd`, "token": "t-1", "authType": "1"},
				map[string]any{"id": stagingID, "name": "staging", "username": "other", "password": "other"},
			)
			echoes(t, tenant, lookUp, resource.TestStep{ConfigStateChecks: seen(map[string]string{
				"id": prodID, "name": "prod", "url": "https://registry.example.com/v2/", "username": "robot",
				"password": `pa"ss<&>wörd`, "token": "t-1", "auth_type": "Basic Auth",
				"docker_config_json": `{"auths":{"registry.example.com":{"auth":"cm9ib3Q6cGEic3M8Jj53w7ZyZA==","password":"pa\"ss\u003c\u0026\u003ewörd","username":"robot"}}}`,
			})})
			if writes := tenant.Writes(); len(writes) > 0 {
				t.Errorf("a look-up of credentials writes: %+v", writes)
			}
		})
	}
}

// What docker login and a pull secret take: a password before a token, a token alone without a user, and nothing of
// what is not there. A list that answers many reads may be some minutes old, and a password that was changed since is
// none.
func TestCredentials_areReadAnewAfterAList(t *testing.T) {
	t.Parallel()
	tenant := withRegistries(t, emulator.Options{}, map[string]any{"id": prodID, "username": "robot",
		"password": "a password"})
	factories := providertest.Factories()
	factories["echo"] = echoprovider.NewProviderServer()
	const managed = `
resource "demandflow_docker_registry" "managed" {
  name          = "managed"
  url           = "managed.example.com"
  registry_type = "Harbor"
  status        = "Active"
}
`
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{{Config: tenant.Config(managed)}, {
			Config: tenant.Config(managed + `
data "demandflow_docker_registry" "before" {
  count      = 5
  name       = "prod"
  depends_on = [demandflow_docker_registry.managed] # its refresh tells the provider that this is a plan, where look-ups share lists
}
ephemeral "demandflow_docker_registry_credentials" "it" {
  name       = "prod"
  depends_on = [data.demandflow_docker_registry.before]
}
provider "echo" { data = ephemeral.demandflow_docker_registry_credentials.it }
resource "echo" "it" {}`),
			Check: func(*terraform.State) error {
				listed := false
				for _, request := range tenant.Requests() {
					if request.Path != "/v1/query" {
						continue
					}
					line := request.Body.([]any)[0].(map[string]any)
					filtered := line["filter"] != nil
					if listed && filtered {
						return nil
					}
					listed = listed || !filtered && line["countOnly"] != true && line["entity"] == entity.DockerRegistry.Code
				}
				return fmt.Errorf("nobody has looked the registry up after a list (there was one: %t)", listed)
			},
		}}})
}

func TestCredentials_dockerConfigHoldsWhatThereIs(t *testing.T) {
	t.Parallel()
	const noCredentials = ""
	for name, test := range map[string]struct {
		registry map[string]any
		answers  emulator.Answers
		config   string
	}{
		"user and password": {map[string]any{"username": "u", "password": "p"}, emulator.Answers{},
			`{"auths":{"registry.example.com":{"auth":"dTpw","password":"p","username":"u"}}}`},
		"user and token": {map[string]any{"username": "u", "token": "t"}, emulator.Answers{},
			`{"auths":{"registry.example.com":{"auth":"dTp0","password":"t","username":"u"}}}`},
		"token alone": {map[string]any{"token": "t"}, emulator.Answers{},
			`{"auths":{"registry.example.com":{"registrytoken":"t"}}}`},
		"user alone": {map[string]any{"username": "u"}, emulator.Answers{}, noCredentials},
		"nothing":    {nil, emulator.Answers{}, noCredentials},
		"hidden": {map[string]any{"username": "u", "password": "p", "token": "t"},
			emulator.Answers{HideSecrets: true}, noCredentials},
		"asterisks": {map[string]any{"username": "u", "password": "********"}, emulator.Answers{}, noCredentials},
		"a port": {map[string]any{"url": "registry.example.com:5000/team", "username": "u", "password": "p"},
			emulator.Answers{}, `{"auths":{"registry.example.com:5000":{"auth":"dTpw","password":"p","username":"u"}}}`},
		"capitals": {map[string]any{"url": "HTTPS://Registry.Example.COM/Team", "username": "u",
			"password": "p"}, emulator.Answers{},
			`{"auths":{"registry.example.com":{"auth":"dTpw","password":"p","username":"u"}}}`},
		"a host without a dot": {map[string]any{"url": "http://harbor", "username": "u", "password": "p"},
			emulator.Answers{}, `{"auths":{"harbor":{"auth":"dTpw","password":"p","username":"u"}}}`},
		"Docker Hub": {map[string]any{"url": "https://docker.io", "username": "u", "password": "p"},
			emulator.Answers{}, `{"auths":{"https://index.docker.io/v1/":{"auth":"dTpw","password":"p","username":"u"}}}`},
		"Docker Hub's registry": {map[string]any{"url": "https://registry-1.docker.io/v2", "username": "u", "password": "p"},
			emulator.Answers{}, `{"auths":{"https://index.docker.io/v1/":{"auth":"dTpw","password":"p","username":"u"}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var config knownvalue.Check = knownvalue.Null()
			if test.config != noCredentials {
				config = knownvalue.StringExact(test.config)
			}
			echoes(t, withRegistries(t, emulator.Options{Answers: test.answers}, test.registry), `name = "prod"`,
				resource.TestStep{
					ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue("echo.it",
						tfjsonpath.New("data").AtMapKey("docker_config_json"), config)},
				})
		})
	}
}

func TestCredentials_showTheTenantsLabelOfTheAuthType(t *testing.T) {
	t.Parallel()
	tenant := withRegistries(t, emulator.Options{}, map[string]any{"authType": "1"})
	tenant.EditField(entity.DockerRegistry.Code, "authType", options("1", "Name and password"))
	echoes(t, tenant, `name = "prod"`, resource.TestStep{
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue("echo.it",
			tfjsonpath.New("data").AtMapKey("auth_type"), knownvalue.StringExact("Name and password"))},
	})
}

func TestCredentials_thatCannotBeOpenedSayWhy(t *testing.T) {
	t.Parallel()
	twins := []map[string]any{{"id": prodID, "password": "secret-one"}, {"id": stagingID, "url": "b.example.com",
		"password": "secret-two"}}
	for name, test := range map[string]struct {
		lookUp, says string
		fault        *emulator.Fault
	}{
		"no such id": {`id = "77777777-7777-4777-8777-777777777777"`,
			`No such docker registry.*no\s+docker\s+registry\s+with\s+the\s+id\s+"77777777-`, nil},
		"no such name": {`name = "prot"`,
			`No such docker registry.*No docker registry matches name "prot".*The nearest are:.*prod`, nil},
		"several": {`name = "prod"`,
			`More than one docker registry found.*2\s+docker\s+registries\s+match\s+name\s+"prod".*` + stagingID + `.*` + prodID,
			nil},
		"both": {"\n  id = \"" + prodID + "\"\n  name = \"prod\"\n", `Invalid look-up of credentials.*id\s+=\s+"` +
			prodID + `".*exactly\s+one\s+of`, nil},
		"neither":       {``, `Invalid look-up of credentials.*exactly\s+one\s+of`, nil},
		"an empty id":   {`id = ""`, `Invalid id.*It\s+is\s+empty`, &emulator.Fault{Status: 500, Times: -1}},
		"an empty name": {`name = ""`, `Invalid name.*It\s+is\s+empty`, &emulator.Fault{Status: 500, Times: -1}},
		"refused": {`id = "` + prodID + `"`, `Cannot read docker registry.*403`, &emulator.Fault{Method: "GET",
			Entity: entity.DockerRegistry.Code, Status: http.StatusForbidden, Times: -1}},
		"no definition": {`id = "` + prodID + `"`, `Cannot read the definition of docker registries.*500`,
			&emulator.Fault{Entity: entity.DefinitionCode, Status: 500, Times: -1}},
		"refused by name": {`name = "prod"`, `Cannot find docker registries.*403`, &emulator.Fault{Path: "/v1/query",
			Status: http.StatusForbidden, Times: -1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := withRegistries(t, emulator.Options{}, twins...)
			if test.fault != nil {
				tenant.Fail(*test.fault)
			}
			echoes(t, tenant, test.lookUp, resource.TestStep{ExpectError: regexp.MustCompile(`(?s)` + test.says)})
		})
	}
}
