package catalogue_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// Every way in which DemandFlow may spell what its documents leave open.
var spellings = map[string]emulator.Answers{
	"as arrays, absent":         {},
	"as lines, null, numbers":   {Unset: emulator.Null, Lists: emulator.NDJSON, EnumsAsNumbers: true},
	"as arrays, empty, texts":   {Unset: emulator.Empty, DateTimesAsText: true, BareDigest: true},
	"secrets hidden by absence": {HideSecrets: true},
}

// TestLifecycle_everyWritableField sets every field of an entity, imports it, changes every field, clears every
// optional one, and destroys it; the framework plans after each step and wants nothing to do.
func TestLifecycle_everyWritableField(t *testing.T) {
	t.Parallel()
	for _, e := range entity.All() {
		for name, answers := range spellings {
			t.Run(e.TypeName()+" "+name, func(t *testing.T) {
				t.Parallel()
				tenant := providertest.New(t, emulator.Options{Answers: answers})
				seedReferences(t, tenant)
				address := "demandflow_" + e.TypeName() + ".all"
				tenant.Run(t,
					resource.TestStep{Config: allFields(e, first)},
					resource.TestStep{
						ResourceName: address, ImportState: true, ImportStateVerify: true,
						ImportStateVerifyIgnore: ignoredOnImport(e),
					},
					resource.TestStep{Config: allFields(e, second), ConfigPlanChecks: updates(address)},
					resource.TestStep{Config: allFields(e, none), ConfigPlanChecks: updates(address)},
				)
			})
		}
	}
}

func updates(address string) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address,
		plancheck.ResourceActionUpdate)}}
}

// ignoredOnImport are secrets, which an import must not read, and what moves by itself.
func ignoredOnImport(e *entity.Entity) []string {
	var names []string
	for _, field := range e.Fields() {
		if field.Secret || !field.Writable() {
			names = append(names, field.AttributeName())
		}
	}
	return names
}

// A generation of sample values: the first and the second differ in every field, none leaves out what is optional.
type generation int

const (
	none generation = iota
	first
	second
)

// referenceID is the id of an object of an entity that the n-th generation refers to.
func referenceID(code string, n int) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s %d", code, n)).String()
}

// seedReferences makes the registries that samples refer to; the tenant has none of the other entities, which are not
// looked at.
func seedReferences(t *testing.T, tenant *providertest.Tenant) {
	t.Helper()
	for _, g := range []generation{first, second} {
		id := referenceID(entity.DockerRegistry.Code, int(g))
		_, err := tenant.Seed(map[string]any{"entity": entity.DockerRegistry.Code, "id": id, "name": id, "url": "x",
			"registryType": "1", "status": "1"})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// allFields is a resource with every writable field of the entity.
func allFields(e *entity.Entity, g generation) string {
	hcl := fmt.Sprintf("resource \"demandflow_%s\" \"all\" {\n", e.TypeName())
	for _, field := range e.Fields() {
		if field.Writable() && (g != none || field.Access == entity.Required) {
			hcl += fmt.Sprintf("  %s = %s\n", field.AttributeName(), sample(field, max(g, first)))
		}
	}
	return hcl + "}\n"
}

// sample is a value for a field as HCL.
func sample(field *entity.Field, g generation) string {
	n := int(g)
	switch field.Kind {
	case entity.URL:
		return fmt.Sprintf("%q", fmt.Sprintf("https://%d.example.com/path", n))
	case entity.Lines, entity.LineSet, entity.MultiSelect:
		return fmt.Sprintf(`["linux/amd64", "entry-%d"]`, n)
	case entity.KeyValues:
		return fmt.Sprintf(`{ VERSION = "%d", FLAGS = "-a=b -c" }`, n)
	case entity.JSON:
		return fmt.Sprintf(`jsonencode({ b = [1, 2.50, "<&>"], a = { n = %d } })`, n)
	case entity.Number:
		if field.Integer {
			return fmt.Sprint(n)
		}
		return fmt.Sprintf("%d.1", n)
	case entity.Percent:
		return fmt.Sprintf("%d.5", n)
	case entity.Bool:
		return fmt.Sprint(n == 1)
	case entity.DateTime:
		return fmt.Sprintf("%q", fmt.Sprintf("202%d-05-17T10:30:00Z", n))
	case entity.Enum:
		return fmt.Sprintf("%q", field.Options[n].Label)
	case entity.Reference:
		return fmt.Sprintf("%q", referenceID(field.References, n))
	}
	switch field.Format {
	case entity.Cron:
		return fmt.Sprintf(`"%d 3 * * 0"`, n)
	case entity.ImageName:
		return fmt.Sprintf(`"library/image-%d"`, n)
	case entity.Tag:
		return fmt.Sprintf(`"%d.0-alpine"`, n)
	}
	return fmt.Sprintf("\"%s %d\\nsecond line\"", field.Name, n)
}
