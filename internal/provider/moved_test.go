package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// genericState is a state that Terraform wrote with the generic provider: two images, created by it.
const genericState = "testdata/restapi/terraform.tfstate"

const movedImages = `
resource "demandflow_docker_image" "app" {
  count = 2

  name        = "app-${count.index}"
  tag         = "1.0"
  status      = "Active"
  description = "n ${count.index}"
  base_image  = "debian:12"
  maintainer  = "team"
  license     = "MIT"
}

moved {
  from = restapi_object.m
  to   = demandflow_docker_image.app
}
`

// A movedRun is the generic provider's state, a tenant with its objects, and a configuration that moves them.
type movedRun struct {
	engineRun
	tenant *providertest.Tenant
}

func newMovedRun(t *testing.T, hcl string, edits ...string) movedRun {
	t.Helper()
	text, err := os.ReadFile(genericState)
	if err != nil {
		t.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Instances []struct{ Attributes map[string]any }
		}
	}
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	tenant := providertest.New(t, emulator.Options{Subscription: "fd6900a2-0000-4000-8000-000000000001"})
	for _, instance := range state.Resources[0].Instances {
		var object map[string]any
		if err := json.Unmarshal([]byte(instance.Attributes["data"].(string)), &object); err != nil {
			t.Fatal(err)
		}
		object["id"] = instance.Attributes["id"]
		if _, err := tenant.Seed(object); err != nil {
			t.Fatal(err)
		}
	}
	edited := strings.NewReplacer(edits...).Replace(string(text))
	if len(edits) > 0 && edited == string(text) {
		t.Fatal("the state has nothing of what the test replaces in it")
	}
	run := movedRun{tenant: tenant, engineRun: newEngineRun(t, tenant,
		map[string]string{"main.tf": hcl, "terraform.tfstate": edited},
		serve(t, restapiAddress, providerserver.NewProtocol6(restapi{tenant})()))}
	if err := run.engine.Init(t.Context(), run.reattach); err != nil {
		t.Fatal(err)
	}
	return run
}

// actions are what a plan does to each resource.
func (run movedRun) actions(t *testing.T) map[string]string {
	t.Helper()
	file := filepath.Join(run.directory, "plan")
	if _, err := run.engine.Plan(t.Context(), run.reattach, tfexec.Out(file)); err != nil {
		t.Fatal(err)
	}
	plan, err := run.engine.ShowPlanFile(t.Context(), file, run.reattach)
	if err != nil {
		t.Fatal(err)
	}
	actions := map[string]string{}
	for _, change := range plan.ResourceChanges {
		for _, action := range change.Change.Actions {
			actions[change.Address] += string(action) + " "
		}
		actions[change.Address] += "from " + change.PreviousAddress
	}
	return actions
}

func TestMoved_takesOverWhatTheGenericProviderManaged(t *testing.T) {
	run := newMovedRun(t, movedImages)
	actions := run.actions(t)
	for i, address := range []string{"demandflow_docker_image.app[0]", "demandflow_docker_image.app[1]"} {
		if want := "no-op from " + []string{"restapi_object.m[0]", "restapi_object.m[1]"}[i]; actions[address] != want {
			t.Errorf("%s: %s, want %s", address, actions[address], want)
		}
	}
	if len(actions) != 2 {
		t.Errorf("the plan is about more than the two images: %v", actions)
	}
	run.applyAndPlanNothing(t)
	if writes := run.tenant.Writes(); len(writes) > 0 {
		t.Errorf("the move wrote: %s %s", writes[0].Method, writes[0].Path)
	}
	state, err := run.engine.Show(t.Context(), run.reattach)
	if err != nil {
		t.Fatal(err)
	}
	for _, resource := range state.Values.RootModule.Resources {
		if resource.Type != "demandflow_docker_image" || resource.AttributeValues["full_image_name"] == nil {
			t.Errorf("%s in the state is %v", resource.Address, resource.AttributeValues)
		}
	}
}

// What the old configuration had set is Terraform's, so a plan shows what the new one forgets.
func TestMoved_whatIsLeftOutIsCleared(t *testing.T) {
	run := newMovedRun(t, strings.Replace(movedImages, `  license     = "MIT"`+"\n", "", 1))
	for address, action := range run.actions(t) {
		if !strings.HasPrefix(action, "update from restapi_object.m") {
			t.Errorf("%s: %s, want an update", address, action)
		}
	}
	run.applyAndPlanNothing(t)
	for _, write := range run.tenant.Writes() {
		body, _ := write.Body.(map[string]any)
		if value, sent := body["license"]; write.Method != "PATCH" || len(body) != 1 || !sent || value != nil {
			t.Errorf("%s %s sends %v, want a PATCH of the license alone", write.Method, write.Path, write.Body)
		}
	}
	if writes := len(run.tenant.Writes()); writes != 2 {
		t.Errorf("%d writes, want 2", writes)
	}
}

// An API that answers writes with nothing leaves a state without the object; what was sent is in it all the same.
func TestMoved_doesWithoutTheLastAnswer(t *testing.T) {
	run := newMovedRun(t, movedImages, `"api_response": "{`, `"api_response": "", "ignored": "{`)
	for address, action := range run.actions(t) {
		if !strings.HasPrefix(action, "no-op from restapi_object.m") {
			t.Errorf("%s: %s, want a no-op", address, action)
		}
	}
	run.applyAndPlanNothing(t)
}

// A registry's password was in the old state, in clear; the new configuration sets it again.
func TestMoved_secretsAndFieldsOfTheTenantMoveToo(t *testing.T) {
	run := newMovedRun(t, `
resource "demandflow_docker_registry" "app" {
  count = 2

  name          = "hub-${count.index}"
  url           = "docker.io"
  registry_type = "Docker Hub"
  status        = "Active"
  username      = "robot"
  password      = "made-up"
  custom_fields = { costCentre = jsonencode("4711") }
}

moved {
  from = restapi_object.m
  to   = demandflow_docker_registry.app
}
`)
	run.tenant.EditField(entity.DockerRegistry.Code, "costCentre", map[string]any{"type": "text", "name": "Cost centre"})
	state := exampleText(t, filepath.Join(run.directory, "terraform.tfstate"))
	for _, id := range regexp.MustCompile(`"id": "([0-9a-f-]{36})",\s+"id_attribute"`).FindAllStringSubmatch(state, -1) {
		run.tenant.Remove(id[1])
		index := slices.Index([]string{"039432be-a58b-4b51-ba6d-b12e79903f2a", "d2d9a6ad-0688-4eb7-8eda-0d6caae6d592"}, id[1])
		object := map[string]any{
			"id": id[1], "entity": entity.DockerRegistry.Code, "name": "hub-" + string(rune('0'+index)), "url": "docker.io",
			"registryType": "1", "status": "1",
			"username": "robot", "password": "made-up", "costCentre": "4711",
		}
		if _, err := run.tenant.Seed(object); err != nil {
			t.Fatal(err)
		}
		document, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		state = replaceInstance(t, state, index, string(document))
	}
	if err := os.WriteFile(filepath.Join(run.directory, "terraform.tfstate"), []byte(state), 0o600); err != nil {
		t.Fatal(err)
	}
	for address, action := range run.actions(t) {
		if !strings.HasPrefix(action, "no-op from restapi_object.m") {
			t.Errorf("%s: %s, want a no-op", address, action)
		}
	}
	run.applyAndPlanNothing(t)
	if writes := run.tenant.Writes(); len(writes) > 0 {
		t.Errorf("the move wrote: %s %s", writes[0].Method, writes[0].Path)
	}
}

// replaceInstance has an instance of the state hold another object, as it was sent and as it was answered.
func replaceInstance(t *testing.T, text string, index int, document string) string {
	t.Helper()
	var state map[string]any
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		t.Fatal(err)
	}
	instances := state["resources"].([]any)[0].(map[string]any)["instances"].([]any)
	attributes := instances[index].(map[string]any)["attributes"].(map[string]any)
	attributes["data"], attributes["api_response"], attributes["api_data"] = document, document, map[string]any{}
	edited, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	return string(edited)
}

func TestMoved_whatCannotBeMovedSaysWhy(t *testing.T) {
	registry := `
resource "demandflow_docker_registry" "app" {
  count         = 2
  name          = "hub"
  url           = "docker.io"
  registry_type = "Docker Hub"
  status        = "Active"
}

moved {
  from = restapi_object.m
  to   = demandflow_docker_registry.app
}
`
	for name, test := range map[string]struct {
		hcl   string
		edits []string
		says  string
	}{
		"an object of another entity": {registry, nil,
			`Cannot move to docker registry.*holds a docker image \(entity DOCKERIMAGE\), and not a docker registry\. Move it to a demandflow_docker_image`},
		"an object of no entity": {movedImages, []string{`DOCKERIMAGE`, ``},
			`Cannot move to docker image.*does not say which entity it holds`},
		"an id that is none": {movedImages, []string{`039432be-a58b-4b51-ba6d-b12e79903f2a`, `app-0`},
			`Cannot move to docker image.*"app-0", which is not a UUID`},
		"a state of another shape": {movedImages, []string{`"data": "{`, `"data": ["{`, `\"tag\":\"1.0\"}",`,
			`\"tag\":\"1.0\"}"],`},
			`Cannot move to docker image.*its state \(schema version 0\) is not as this provider knows it`},
		"another resource": {movedImages + "\n#", []string{`"type": "restapi_object"`, `"type": "restapi_list"`},
			`Cannot move to docker image.*only restapi_object`},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "another resource" {
				test.hcl = strings.ReplaceAll(test.hcl, "restapi_object", "restapi_list")
			}
			run := newMovedRun(t, test.hcl, test.edits...)
			_, err := run.engine.Plan(t.Context(), run.reattach)
			if err == nil {
				t.Fatal("the plan succeeds")
			}
			said := strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "│", " ")), " ")
			if !regexp.MustCompile(test.says).MatchString(said) {
				t.Errorf("the error does not say %q:\n%s", test.says, err)
			}
		})
	}
}
