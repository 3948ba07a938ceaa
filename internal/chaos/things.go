package chaos

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A resourceKind is a type of resource, as far as walks use it.
type resourceKind struct {
	name   string // of the type
	short  string // in addresses
	code   string // of the entity
	key    []string
	fields []*field
}

// A field is one of the API's, with the attributes that set it, and the values that walks give it. An argument that
// DemandFlow does not know has no name.
type field struct {
	name     string
	shape    shape
	attrs    []string // that set it
	shows    []string // that differ in a plan that writes it
	required bool
	secret   bool
	values   []value
}

// A value is one that configurations and people give to a field.
type value struct {
	attrs map[string]tftypes.Value // what a configuration says
	api   any                      // what DemandFlow then keeps; as JSON decodes it with numbers as json.Number
	to    string                   // the address of a resource that attrs refer to; "" for none
}

// A shape is how DemandFlow's values of a field compare.
type shape int

const (
	plain shape = iota
	document
	lineSet
	optionSet
)

func one(attr string, v tftypes.Value, api any) value {
	return value{attrs: map[string]tftypes.Value{attr: v}, api: api}
}

func str(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func strs(of func(tftypes.Type) tftypes.Type, list ...string) tftypes.Value {
	var elements []tftypes.Value
	for _, s := range list {
		elements = append(elements, str(s))
	}
	return tftypes.NewValue(of(tftypes.String), elements)
}

func setOf(t tftypes.Type) tftypes.Type  { return tftypes.Set{ElementType: t} }
func listOf(t tftypes.Type) tftypes.Type { return tftypes.List{ElementType: t} }

// texts returns a field of one attribute with texts that are kept as they are.
func texts(attr, name string, required bool, values ...string) *field {
	f := &field{name: name, attrs: []string{attr}, required: required}
	for _, v := range values {
		f.values = append(f.values, one(attr, str(v), v))
	}
	return f
}

// options returns a field of one attribute whose values come in pairs: what is written, and the option's id.
func options(attr, name string, required bool, pairs ...string) *field {
	f := &field{name: name, attrs: []string{attr}, required: required}
	for i := 0; i < len(pairs); i += 2 {
		f.values = append(f.values, one(attr, str(pairs[i]), pairs[i+1]))
	}
	return f
}

func flags(attr, name string) *field {
	return &field{name: name, attrs: []string{attr}, values: []value{
		one(attr, tftypes.NewValue(tftypes.Bool, true), true), one(attr, tftypes.NewValue(tftypes.Bool, false), false),
	}}
}

var policies = &field{attrs: []string{"deletion_policy"}, values: []value{
	one("deletion_policy", str("delete"), "delete"), one("deletion_policy", str("archive"), "archive"),
	one("deletion_policy", str("abandon"), "abandon"),
}}

// The secrets that configurations and people write; the judge looks for them in everything that is said.
const (
	plainSecret  = "plain-Qx7rT2mZ"
	plainSecret2 = "plain-Wb9kL4vN"
	woSecret     = "writeonly-Jd5hS8cF"
	woSecret2    = "writeonly-Ge3pY6uK"
	formSecret   = "form-Vn1aX0qD"
)

func passwords() *field {
	hidden := func(secret string, version int64) value {
		return value{api: secret, attrs: map[string]tftypes.Value{
			"password_wo": str(secret), "password_wo_version": tftypes.NewValue(tftypes.Number, big.NewFloat(float64(version))),
		}}
	}
	return &field{
		name: "password", secret: true, attrs: []string{"password", "password_wo", "password_wo_version"},
		shows: []string{"password", "password_wo_version"},
		values: []value{one("password", str(plainSecret), plainSecret), hidden(woSecret, 1),
			one("password", str(plainSecret2), plainSecret2), hidden(woSecret2, 2)},
	}
}

// kinds of things, those that others refer to first. Names and addresses are of one thing each: see fieldOf.
var kinds = []*resourceKind{
	{
		name: "demandflow_docker_registry", short: "registry", code: "DOCKERREGISTRY", key: []string{"name"},
		fields: []*field{
			texts("name", "name", true, "Registry %d", "Registry %d b"),
			texts("url", "url", true, "https://r%d.example.com", "https://r%d-b.example.com"),
			options("registry_type", "registryType", true, "Harbor", "2", "GitLab Registry", "6"),
			options("status", "status", true, "Active", "1", "3", "3", "maintenance", "3"),
			texts("description", "description", false, "for the platform", "for everybody", ""),
			texts("namespace", "namespace", false, "team", "library"),
			{name: "retentionCount", attrs: []string{"retention_count"}, values: []value{
				one("retention_count", tftypes.NewValue(tftypes.Number, big.NewFloat(10)), number("10")),
				one("retention_count", tftypes.NewValue(tftypes.Number, big.NewFloat(3)), number("3")),
			}},
			{name: "allowedUsers", shape: lineSet, attrs: []string{"allowed_users"}, values: []value{
				one("allowed_users", strs(setOf, "ann", "ben"), "ann\nben"), one("allowed_users", strs(setOf, "cleo"), "cleo"),
			}},
			flags("public_access", "publicAccess"),
			passwords(),
			policies,
		},
	},
	{
		name: "demandflow_docker_image", short: "image", code: "DOCKERIMAGE", key: []string{"name", "tag", "registry"},
		fields: []*field{
			texts("name", "name", true, "image-%d", "image-%d-b"),
			texts("tag", "tag", true, "1", "2"),
			options("status", "status", true, "Active", "1", "Deprecated", "2"),
			{name: "registry", attrs: []string{"registry_id"}, values: []value{{to: "registry.0"}, {to: "registry.1"},
				{to: foreignRegistry}}},
			texts("description", "description", false, "the API", "the web", ""),
			options("os", "os", false, "linux", "1", "2", "2", "darwin", "3"),
			{name: "labels", shape: document, attrs: []string{"labels"}, values: []value{
				one("labels", str(`{"team":"a","tier":1}`), `{"tier":1,"team":"a"}`), one("labels", str(`{ "team": "b" }`),
					`{"team":"b"}`),
			}},
			{name: "architecture", shape: optionSet, attrs: []string{"architecture"}, values: []value{
				one("architecture", strs(setOf, "arm64", "amd64"), []any{"amd64", "arm64"}),
				one("architecture", strs(setOf, "amd64"), []any{"amd64"}),
			}},
			{name: "volumes", attrs: []string{"volumes"}, values: []value{
				one("volumes", strs(listOf, "/b", "/a"), "/b\n/a"), one("volumes", strs(listOf, "/data"), "/data"),
			}},
			flags("scan_enabled", "scanEnabled"),
			policies,
		},
	},
}

// A thing is what one resource of the configuration is about.
type thing struct {
	kind   *resourceKind
	number int
}

// things are all that a configuration can have, in the order in which one may refer to another.
var things = func() (all []thing) {
	for n := range 2 {
		all = append(all, thing{kinds[0], n})
	}
	for n := range 4 {
		all = append(all, thing{kinds[1], n})
	}
	return all
}()

func (t thing) address() string { return fmt.Sprintf("%s.%d", t.kind.short, t.number) }

// value returns the i-th value of one of its fields.
func (t thing) value(f *field, i int) value {
	v := f.values[i%len(f.values)]
	if f.name != "name" && f.name != "url" {
		return v
	}
	text := fmt.Sprintf(v.api.(string), t.number) //nolint:forcetypeassert // names and addresses are texts
	return one(f.attrs[0], str(text), text)
}

func (k *resourceKind) field(name string) *field {
	if i := slices.IndexFunc(k.fields, func(f *field) bool { return f.name == name }); i >= 0 {
		return k.fields[i]
	}
	return nil
}

// written returns the attributes whose difference in a plan announces that the field is written.
func (f *field) written() []string {
	if f.shows != nil {
		return f.shows
	}
	return f.attrs
}
