package catalogue_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// One run of the provider, in which a dozen resources of both entities are planned, applied, refreshed and changed.
func TestDefinition_isReadOnceInARunOfEachEntity(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*providertest.Tenant){
		"that may be read": func(*providertest.Tenant) {},
		"that may not be read": func(tenant *providertest.Tenant) {
			tenant.AddToken(emulator.DefaultSubscription, emulator.DefaultToken,
				emulator.Rights{Deny: []string{entity.DefinitionCode}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			prepare(tenant)
			run := converse(t, tenant)
			for i := range 6 {
				n := fmt.Sprint(i)
				held, _ := run.create(imageType, api(arguments{"tag": n}))
				held = run.refresh(imageType, held)
				change := api(arguments{"tag": n, "status": "deprecated"})
				run.apply(imageType, held, change, run.plan(imageType, held, change))
				run.create(registryType, harbor(arguments{"name": "harbor-" + n}))
			}
			reads := map[string]int{}
			for _, request := range tenant.Requests() {
				if request.Query.Get("entity") == entity.DefinitionCode {
					reads[strings.TrimPrefix(request.Path, "/v1/objects/")]++
				}
			}
			if len(reads) != 2 || reads[entity.DockerImage.Code] != 1 || reads[entity.DockerRegistry.Code] != 1 {
				t.Errorf("reads of definitions: %v, want one of each entity", reads)
			}
		})
	}
}

// A look-up for an import needs an id; what people may have pasted into eighty fields stays where it is.
func TestImport_byNaturalKeyAsksForTheKeysAlone(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	tenant.Run(t, resource.TestStep{
		Config: imageWith(`status = "Active"`), ResourceName: image, ImportState: true, ImportStateId: "web:2.1",
	})
	queries := 0
	for _, request := range tenant.Requests() {
		if request.Path != "/v1/query" {
			continue
		}
		for _, line := range request.Body.([]any) {
			queries++
			if load := line.(map[string]any)["load"]; load != "id,fullImageName,name,tag,registry,status,created,entity" {
				t.Errorf("the look-up loads %v", load)
			}
		}
	}
	if queries == 0 {
		t.Error("nothing was looked up")
	}
}
