package catalogue_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	tables "github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// The fast path answers creates and updates where there is nothing to say, and internal/providertest compares each
// answer with the framework's.

// everyArgument returns a configuration of all that an entity's resource may set, in the spelling of that number, and
// with a part that is unknown yet where there is one. Secrets are write-only ones in every other spelling.
func everyArgument(e *entity.Entity, spelling int, known map[string]any) (late, early arguments) {
	late, early = arguments{}, arguments{}
	for attribute, spellings := range tables.Settable(e) {
		value := spellings[spelling%len(spellings)]
		late[attribute] = value
		selves := tables.PartlyUnknown(value)
		early[attribute] = selves[spelling%len(selves)]
	}
	for _, field := range e.Fields() {
		if !field.Secret {
			continue
		}
		secret := field.AttributeName()
		for _, config := range []arguments{late, early} {
			if spelling%2 == 0 {
				delete(config, secret+"_wo_version")
				continue
			}
			config[secret+"_wo"] = fmt.Sprintf("secret %d", spelling) // an empty one is refused
			delete(config, secret)
		}
	}
	return with(late, known), with(early, known)
}

func TestFastPath_createsAndUpdatesOfEveryArgumentAreAnsweredAsTheFrameworkDoes(t *testing.T) {
	t.Parallel()
	for typ, e := range map[string]*entity.Entity{imageType: &entity.DockerImage, registryType: &entity.DockerRegistry} {
		t.Run(e.Code, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			ids, err := tenant.Seed(map[string]any{"entity": entity.DockerRegistry.Code, "name": "Another", "status": "1",
				"registryType": "1", "url": "https://other.example.com"})
			if err != nil {
				t.Fatal(err)
			}
			run := converseWith(t, tenant, arguments{"max_retries": 0, "validate_definition": false})
			for spelling := range 5 {
				known := arguments{"name": fmt.Sprintf("all-%d", spelling), "custom_fields": nil}
				if typ == imageType {
					known["registry_id"], known["tag"] = ids[0], "1.0"
				}
				late, early := everyArgument(e, spelling, known)
				early["name"] = tftypes.UnknownValue // two plans of one name are warned of
				run.plan(typ, run.none(typ), early)
				held, said := run.create(typ, late)
				if len(said) > 0 {
					t.Errorf("a create in the spelling %d: %s", spelling, said)
				}
				// the next spelling, and one field alone
				late, early = everyArgument(e, spelling+1, with(maps.Clone(known), arguments{"parents": late["parents"]}))
				early["parents"] = late["parents"]
				run.plan(typ, held, early)
				planned := run.plan(typ, held, late)
				updated, said := run.apply(typ, held, late, planned)
				if len(said) > 0 {
					t.Errorf("an update to the spelling %d: %s", spelling+1, said)
				}
				late["description"] = "Something else."
				planned = run.plan(typ, updated, late)
				updated, _ = run.apply(typ, updated, late, planned)
				run.refresh(typ, updated)
			}
			for _, call := range []string{"PlanResourceChange", "ApplyResourceChange"} {
				if early, late := run.server.Answered(call); early == 0 || late > 0 {
					t.Errorf("%s: %d answers are the fast path's, and %d the framework's", call, early, late)
				}
			}
		})
	}
}

// Each of these is a change without a word, from its plan to the destroy.
func TestFastPath_aChangeWithoutAWordNeverReachesTheFramework(t *testing.T) {
	t.Parallel()
	described := arguments{"description": "The API.",
		"custom_fields": map[string]tftypes.Value{"team": tftypes.NewValue(tftypes.String, `"blue"`)}}
	for name, config := range map[string]func(*conversation) arguments{
		"an argument changes": func(*conversation) arguments {
			return api(with(maps.Clone(described), arguments{"description": "New."}))
		},
		"an argument is given up": func(*conversation) arguments {
			return api(arguments{"custom_fields": described["custom_fields"]})
		},
		"custom fields are given up": func(*conversation) arguments { return api(arguments{"description": "The API."}) },
		"a deletion policy is added": func(*conversation) arguments {
			return api(with(maps.Clone(described), arguments{"deletion_policy": "delete"}))
		},
		"a time of its own is added": func(run *conversation) arguments {
			return api(with(maps.Clone(described), arguments{"timeouts": timeoutsOf(run, "read", "1m")}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			tenant.EditField(imageCode, "team", map[string]any{"type": "text", "name": "Team"})
			run := converse(t, tenant)
			held, _ := run.create(imageType, api(maps.Clone(described)))
			planned := run.plan(imageType, held, config(run))
			held, _ = run.apply(imageType, held, config(run), planned)
			tenant.Edit(held.text("id"), map[string]any{"description": nil})
			held = run.refresh(imageType, held)
			if held.text("description") != "" {
				t.Error("what people have cleared is still in the state")
			}
			run.destroy(imageType, held)
			if left := len(tenant.Objects(imageCode)); left > 0 {
				t.Errorf("%d images are left after the destroy", left)
			}
			for call, want := range map[string]int{"PlanResourceChange": 3, "ApplyResourceChange": 3, "ReadResource": 1} {
				if early, late := run.server.Answered(call); early != want || late > 0 {
					t.Errorf("%s: %d answers are the fast path's, want %d, and %d the framework's", call, early, want, late)
				}
			}
		})
	}
}
