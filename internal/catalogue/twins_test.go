package catalogue_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const (
	imageType    = "demandflow_docker_image"
	registryType = "demandflow_docker_registry"
)

// api and harbor are resources with what is required and no more.
func api(more arguments) arguments {
	return with(arguments{"name": "team/api", "tag": "1.0.0", "status": "Active"}, more)
}

func harbor(more arguments) arguments {
	return with(arguments{"name": "harbor", "url": "https://harbor.example.com", "registry_type": "Harbor", "status": "Active"}, more)
}

func with(config, more arguments) arguments {
	maps.Copy(config, more)
	return config
}

// mustSay checks that there is one warning, and that it says all of this.
func mustSay(t *testing.T, warnings []string, parts ...string) {
	t.Helper()
	if len(warnings) != 1 {
		t.Fatalf("%d warnings, want one: %q", len(warnings), warnings)
	}
	for _, part := range parts {
		if !strings.Contains(warnings[0], part) {
			t.Errorf("the warning does not say %q:\n%s", part, warnings[0])
		}
	}
}

func TestTwins_aKnownOneIsNamedInAWarningAndCostsNoRequest(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	run := converse(t, tenant)
	first, warnings := run.create(imageType, api(nil))
	if len(warnings) > 0 {
		t.Errorf("a create without twins warns: %q", warnings)
	}
	tenant.ResetRequests()
	second, warnings := run.create(imageType, api(arguments{"description": "Another."}))
	mustSay(t, warnings, "Another docker image has this name", "team/api:1.0.0", "id "+first.text("id"), "import it and remove the new one")
	if requests := tenant.Requests(); len(requests) != 1 || requests[0].Method != "POST" {
		t.Errorf("the create sent %+v, want its POST alone", requests)
	}
	_, warnings = run.create(imageType, api(nil))
	mustSay(t, warnings, first.text("id"), second.text("id"))
	if _, warnings = run.create(imageType, api(arguments{"tag": "1.0.1"})); len(warnings) > 0 {
		t.Errorf("another tag warns: %q", warnings)
	}
}

// What nobody has read is not looked for: that would be one more request for each create.
func TestTwins_anUnknownOneIsNotLookedFor(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	ids, err := tenant.Seed(map[string]any{"entity": entity.DockerRegistry.Code, "name": "harbor", "url": "x", "registryType": "2", "status": "1"})
	if err != nil {
		t.Fatal(err)
	}
	run := converse(t, tenant)
	registry, warnings := run.create(registryType, harbor(nil))
	if len(warnings) > 0 {
		t.Errorf("it warns: %q", warnings)
	}
	for _, request := range tenant.Requests() {
		if strings.Contains(request.Sent, ids[0]) || strings.HasPrefix(request.Path, "/v1/entities/") {
			t.Errorf("it asks for the twin: %s %s", request.Method, request.Sent)
		}
	}
	if registry.text("id") == ids[0] {
		t.Error("the twin was adopted")
	}
}
