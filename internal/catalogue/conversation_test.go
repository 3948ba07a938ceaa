package catalogue_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A conversation is Terraform's part of the plugin protocol, spoken by a test. It hears warnings, which the testing
// framework keeps to itself, counts what one run of the provider sends, and can do things between a plan and its apply.
type conversation struct {
	testing.TB
	server  *providertest.BothWays
	schemas map[string]*tfprotov6.Schema
}

// A holding is a resource instance as Terraform's state has it.
type holding struct {
	value   tftypes.Value
	private []byte
}

// arguments are a configuration: values, or what tftypes.NewValue takes for one, by attribute; all others are null.
type arguments map[string]any

func converse(t testing.TB, tenant *providertest.Tenant) *conversation {
	t.Helper()
	return converseWith(t, tenant, arguments{"max_retries": 0})
}

// converseWith is converse with further arguments of the provider.
func converseWith(t testing.TB, tenant *providertest.Tenant, more arguments) *conversation {
	t.Helper()
	server, err := providertest.Serve()
	if err != nil {
		t.Fatal(err)
	}
	known, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	c := &conversation{t, server, known.ResourceSchemas}
	config := c.object(known.Provider, with(arguments{"endpoint": tenant.URL, "token": emulator.DefaultToken}, more))
	configured, err := server.ConfigureProvider(t.Context(),
		&tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.11.0", Config: c.wire(config)})
	c.check(err)
	c.warnings(configured.Diagnostics)
	return c
}

// create plans and applies a new resource, and returns the warnings of both.
func (c *conversation) create(typ string, config arguments) (holding, []string) {
	c.Helper()
	planned, foreseen := c.planned(typ, c.none(typ), config)
	made, warnings := c.apply(typ, c.none(typ), config, planned)
	return made, append(foreseen, warnings...)
}

// none is a resource that does not exist.
func (c *conversation) none(typ string) holding {
	return holding{value: tftypes.NewValue(c.schemas[typ].ValueType(), nil)}
}

func (c *conversation) plan(typ string, prior holding, config arguments) holding {
	c.Helper()
	planned, _ := c.planned(typ, prior, config)
	return planned
}

// planWarnings are the warnings that come with a plan.
func (c *conversation) planWarnings(typ string, prior holding, config arguments) []string {
	c.Helper()
	_, warnings := c.planned(typ, prior, config)
	return warnings
}

func (c *conversation) planned(typ string, prior holding, config arguments) (holding, []string) {
	c.Helper()
	response, err := c.server.PlanResourceChange(c.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typ, Config: c.wire(c.object(c.schemas[typ], config)), PriorState: c.wire(prior.value),
		PriorPrivate:     prior.private,
		ProposedNewState: c.wire(c.proposed(c.schemas[typ], prior.value, config)),
	})
	c.check(err)
	warnings := c.warnings(response.Diagnostics)
	return holding{c.value(typ, response.PlannedState), response.PlannedPrivate}, warnings
}

// apply carries a plan out, and returns the warnings that came with it.
func (c *conversation) apply(typ string, prior holding, config arguments, planned holding) (holding, []string) {
	c.Helper()
	response, err := c.server.ApplyResourceChange(c.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typ, Config: c.wire(c.object(c.schemas[typ], config)), PriorState: c.wire(prior.value),
		PlannedState: c.wire(planned.value), PlannedPrivate: planned.private,
	})
	c.check(err)
	warnings := c.warnings(response.Diagnostics)
	return holding{c.value(typ, response.NewState), response.Private}, warnings
}

// destroy plans and applies that a resource is no more.
func (c *conversation) destroy(typ string, current holding) {
	c.Helper()
	nothing := c.wire(c.none(typ).value)
	planned, err := c.server.PlanResourceChange(c.Context(), &tfprotov6.PlanResourceChangeRequest{TypeName: typ,
		Config: nothing, PriorState: c.wire(current.value), PriorPrivate: current.private, ProposedNewState: nothing})
	c.check(err)
	c.warnings(planned.Diagnostics)
	destroyed, err := c.server.ApplyResourceChange(c.Context(), &tfprotov6.ApplyResourceChangeRequest{TypeName: typ,
		Config: nothing, PriorState: c.wire(current.value), PlannedState: planned.PlannedState,
		PlannedPrivate: planned.PlannedPrivate})
	c.check(err)
	c.warnings(destroyed.Diagnostics)
	if !c.value(typ, destroyed.NewState).IsNull() {
		c.Error("what was destroyed is still in the state")
	}
}

func (c *conversation) refresh(typ string, current holding) holding {
	c.Helper()
	response, err := c.server.ReadResource(c.Context(), &tfprotov6.ReadResourceRequest{TypeName: typ,
		CurrentState: c.wire(current.value), Private: current.private})
	c.check(err)
	c.warnings(response.Diagnostics)
	return holding{c.value(typ, response.NewState), response.Private}
}

// validate returns the warnings that a Terraform which knows write-only arguments shows of a configuration.
func (c *conversation) validate(typ string, config arguments) []string {
	c.Helper()
	response, err := c.server.ValidateResourceConfig(c.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: typ, Config: c.wire(c.object(c.schemas[typ], config)),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	c.check(err)
	return c.warnings(response.Diagnostics)
}

// attribute is an attribute of a resource.
func (h holding) attribute(t testing.TB, name string) tftypes.Value {
	t.Helper()
	var object map[string]tftypes.Value
	if err := h.value.As(&object); err != nil {
		t.Fatal(err)
	}
	return object[name]
}

// text is a string attribute of a resource.
func (h holding) text(attribute string) string {
	var object map[string]tftypes.Value
	var text *string
	if h.value.As(&object) != nil || object[attribute].As(&text) != nil || text == nil {
		return ""
	}
	return *text
}

// warnings are the diagnostics as a person reads them; an error ends the test.
func (c *conversation) warnings(diagnostics []*tfprotov6.Diagnostic) []string {
	c.Helper()
	var texts []string
	for _, diagnostic := range diagnostics {
		text := diagnostic.Summary + "\n" + diagnostic.Detail
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			c.Fatal(text)
		}
		texts = append(texts, text)
	}
	return texts
}

func (c *conversation) check(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// object is a configuration as Terraform sends it.
func (c *conversation) object(schema *tfprotov6.Schema, given arguments) tftypes.Value {
	return c.proposed(schema, tftypes.NewValue(schema.ValueType(), nil), given)
}

// proposed is what Terraform proposes as the new state: the configuration, and the state of what it may leave to the
// provider.
func (c *conversation) proposed(schema *tfprotov6.Schema, prior tftypes.Value, config arguments) tftypes.Value {
	var before map[string]tftypes.Value
	if !prior.IsNull() {
		c.check(prior.As(&before))
	}
	attributes := map[string]tftypes.Value{}
	for _, attribute := range schema.Block.Attributes {
		typ := attribute.ValueType()
		value, given := config[attribute.Name]
		whole, isValue := value.(tftypes.Value)
		switch old, had := before[attribute.Name]; {
		case isValue:
			attributes[attribute.Name] = whole
		case given:
			attributes[attribute.Name] = tftypes.NewValue(typ, value)
		case had && attribute.Computed:
			attributes[attribute.Name] = old
		default:
			attributes[attribute.Name] = tftypes.NewValue(typ, nil)
		}
	}
	return tftypes.NewValue(schema.ValueType(), attributes)
}

func (c *conversation) wire(value tftypes.Value) *tfprotov6.DynamicValue {
	c.Helper()
	wire, err := tfprotov6.NewDynamicValue(value.Type(), value)
	c.check(err)
	return &wire
}

func (c *conversation) value(typ string, wire *tfprotov6.DynamicValue) tftypes.Value {
	c.Helper()
	value, err := wire.Unmarshal(c.schemas[typ].ValueType())
	c.check(err)
	return value
}
