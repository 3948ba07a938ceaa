package chaos

import (
	"context"
	"io"
	"log"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/provider"
)

// silent throws away what net/http has to say of connections that faults have closed.
var silent = log.New(io.Discard, "", 0)

// A resourceType is what Terraform knows of a type of resource, or of a data source.
type resourceType struct {
	name       string
	version    int64
	object     tftypes.Object
	identity   tftypes.Type
	attributes map[string]*tfprotov6.SchemaAttribute
	blank      object
}

// An object is the attributes of a resource.
type object map[string]tftypes.Value

// schemas are the provider's. They are the same in each run, and are made once.
type schemas struct {
	provider tftypes.Object
	types    map[string]*resourceType
	lookUps  map[string]*resourceType
}

var known = sync.OnceValues(func() (*schemas, error) {
	server := provider.Server("chaos")()
	got, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	identities, err := server.GetResourceIdentitySchemas(context.Background(),
		&tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, err
	}
	all := &schemas{types: map[string]*resourceType{}, lookUps: map[string]*resourceType{}}
	all.provider, _ = got.Provider.ValueType().(tftypes.Object)
	for _, k := range kinds {
		name := k.name
		all.types[name] = newType(name, got.ResourceSchemas[name])
		all.types[name].identity = identities.IdentitySchemas[name].ValueType()
		all.lookUps[name] = newType(name, got.DataSourceSchemas[name])
	}
	return all, nil
})

func newType(name string, schema *tfprotov6.Schema) *resourceType {
	t := &resourceType{name: name, version: schema.Version, attributes: map[string]*tfprotov6.SchemaAttribute{},
		blank: object{}}
	t.object, _ = schema.ValueType().(tftypes.Object)
	for _, attribute := range schema.Block.Attributes {
		t.attributes[attribute.Name] = attribute
		t.blank[attribute.Name] = tftypes.NewValue(t.object.AttributeTypes[attribute.Name], nil)
	}
	return t
}

// encode writes an object for the protocol; nil is null.
func (t *resourceType) encode(o object) *tfprotov6.DynamicValue {
	var content any
	if o != nil {
		content = map[string]tftypes.Value(o)
	}
	value, err := tfprotov6.NewDynamicValue(t.object, tftypes.NewValue(t.object, content))
	must(err)
	return &value
}

// decode reads what the provider answers; nil for null.
func (t *resourceType) decode(network *tfprotov6.DynamicValue) (object, error) {
	if network == nil {
		return nil, nil
	}
	value, err := network.Unmarshal(t.object)
	if err != nil || value.IsNull() {
		return nil, err
	}
	var attributes map[string]tftypes.Value
	err = value.As(&attributes)
	return attributes, err
}

// must is for what fails only where a walk itself is wrong.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
