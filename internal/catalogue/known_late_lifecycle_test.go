package catalogue_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// withChoices is a tenant in which every multi-select has options, and images have two fields more.
func withChoices(t *testing.T) *providertest.Tenant {
	t.Helper()
	tenant := providertest.New(t, emulator.Options{})
	seedReferences(t, tenant)
	for _, e := range entity.All() {
		for _, field := range e.Fields() {
			if field.Kind == entity.MultiSelect {
				tenant.EditField(e.Code, field.Name, options("1", "AMD64", "2", "ARM64", "3", "RISC-V"))
			}
		}
		tenant.EditField(e.Code, "team", map[string]any{"type": "text"})
		tenant.EditField(e.Code, "tiers", map[string]any{"type": "multiselect",
			"options": []any{map[string]any{"id": "a", "text": "Gold"}, map[string]any{"id": "b", "text": "Silver"}}})
	}
	return tenant
}

// A lateArgument is an argument as a first configuration has it, and as a later one has it, part of which is known
// late.
type lateArgument struct {
	name, early string
	late, value string // %s in late stands for what is known late: the first value, or another
	another     string
}

// lateArguments are all arguments of an entity's resource. What is known late first means what the state says.
func lateArguments(e *entity.Entity) []lateArgument {
	arguments := []lateArgument{
		{"custom_fields", `{ team = jsonencode("blue"), tiers = jsonencode(["a", "b"]) }`,
			`{ team = " \"blue\"", tiers = %s }`, `"[ \"a\",  \"b\" ]"`, `"[\"a\"]"`},
		{"timeouts", `{ read = "10m" }`, `{ read = %s }`, `"10m"`, `"11m"`},
		{"deletion_policy", `"delete"`, `%s`, `"delete"`, `"abandon"`},
	}
	for _, field := range e.Fields() {
		name := field.AttributeName()
		argument := lateArgument{name, sample(field, first), `%s`, sample(field, first), sample(field, second)}
		switch {
		case !field.Writable():
			continue
		case field.Kind == entity.MultiSelect:
			argument = lateArgument{name, `["AMD64", "ARM64"]`, `["1", %s]`, `"arm64"`, `"risc-v"`}
		case field.Kind == entity.Lines, field.Kind == entity.LineSet:
			argument = lateArgument{name, `["a", "b"]`, `["a", %s]`, `"b"`, `"c"`}
		case field.Kind == entity.KeyValues:
			argument = lateArgument{name, `{ A = "1", B = "2" }`, `{ A = "1", B = %s }`, `"2"`, `"3"`}
		case field.Kind == entity.Enum:
			argument.value = `"` + field.Options[first].ID + `"`
		case field.Kind == entity.DateTime:
			argument.value = strings.ReplaceAll(argument.value, "T10:30:00Z", "T12:30:00+02:00")
		case field.Kind == entity.Text && field.Format == entity.FreeText && !field.Secret:
			argument.value = strings.ReplaceAll(strings.TrimSuffix(argument.value, `"`), `\n`, `\r\n`) + `\n"`
		}
		arguments = append(arguments, argument)
	}
	return arguments
}

// lateConfiguration is a resource with all arguments as they are early, or, if there are values for another resource's
// output, late.
func lateConfiguration(e *entity.Entity, name string, value func(lateArgument) string) string {
	var late, all strings.Builder
	for _, argument := range lateArguments(e) {
		if value == nil {
			fmt.Fprintf(&all, "  %s = %s\n", argument.name, argument.early)
			continue
		}
		fmt.Fprintf(&late, "    %s = %s\n", argument.name, value(argument))
		fmt.Fprintf(&all, "  %s = %s\n", argument.name, fmt.Sprintf(argument.late, "terraform_data.late.output."+
			argument.name))
	}
	hcl := fmt.Sprintf("resource \"demandflow_%s\" %q {\n%s}\n", e.TypeName(), name, &all)
	if value != nil {
		hcl += fmt.Sprintf("resource \"terraform_data\" \"late\" {\n  input = {\n%s  }\n}\n", &late)
	}
	return hcl
}

// Terraform says of a provider that plans otherwise in the apply than before that it "produced inconsistent final
// plan".
func TestKnownLate_everyArgumentAndEveryPartOfOneMayBe(t *testing.T) {
	t.Parallel()
	for _, e := range entity.All() {
		t.Run(e.TypeName(), func(t *testing.T) {
			t.Parallel()
			tenant := withChoices(t)
			address := "demandflow_" + e.TypeName() + ".all"
			tenant.Run(t,
				resource.TestStep{Config: lateConfiguration(e, "all", nil)},
				resource.TestStep{ // the same in other words: they come into the state, and nothing is sent
					PreConfig:        tenant.ResetRequests,
					Config:           lateConfiguration(e, "all", func(a lateArgument) string { return a.value }),
					ConfigPlanChecks: updates(address),
					Check:            wantWrites(tenant, 0),
				},
				resource.TestStep{ // something else
					PreConfig:        tenant.ResetRequests,
					Config:           lateConfiguration(e, "all", func(a lateArgument) string { return a.another }),
					ConfigPlanChecks: updates(address),
					Check:            wantWrites(tenant, 1),
				},
			)
		})
	}
}

func TestKnownLate_everyArgumentOfANewObjectMayBe(t *testing.T) {
	t.Parallel()
	for _, e := range entity.All() {
		t.Run(e.TypeName(), func(t *testing.T) {
			t.Parallel()
			tenant := withChoices(t)
			tenant.Run(t, resource.TestStep{
				Config: lateConfiguration(e, "all", func(a lateArgument) string { return a.value }),
				Check:  wantWrites(tenant, 1),
			})
		})
	}
}

func wantWrites(tenant *providertest.Tenant, want int) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if writes := tenant.Writes(); len(writes) != want {
			return fmt.Errorf("%d writes were sent, want %d: %v", len(writes), want, writes)
		}
		return nil
	}
}

// Two entries of a set become one when the late one turns out to be the other.
func TestKnownLate_anEntryOfASetMayTurnOutToBeAnother(t *testing.T) {
	t.Parallel()
	tenant := withChoices(t)
	set := func(entries, value string) string {
		return imageWith("status = \"Active\"\n  architecture = ["+entries+"]") +
			"\nresource \"terraform_data\" \"late\" {\n  input = \"" + value +
			"\"\n}\n"
	}
	tenant.Run(t,
		resource.TestStep{Config: set(`"AMD64"`, "first")},
		resource.TestStep{
			PreConfig: tenant.ResetRequests,
			Config:    set(`"amd64", terraform_data.late.output`, "amd64"),
			Check:     wantWrites(tenant, 0),
		},
	)
}
