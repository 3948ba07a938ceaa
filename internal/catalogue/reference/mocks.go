package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// mockFile is where the mocks are, below the examples.
const mockFile = "mocks/demandflow.tfmock.hcl"

// mockValues are the values of attributes that every object in DemandFlow has. Whatever else a configuration does not
// set has no value.
var mockValues = map[string]string{
	"id":              `"7d9f2c64-1b0e-4f5a-9a53-0c5d3f6e8b21"`,
	"combo_key":       `"SUB:00000000-0000-4000-8000-0000000000df|ENT:7d9f2c64-1b0e-4f5a-9a53-0c5d3f6e8b21"`,
	"subscription_id": `"00000000-0000-4000-8000-0000000000df"`,
	"owner_id":        `"5e1b7a90-3c42-4d68-8f0a-91d2c7b6e453"`,
	"updated_by_id":   `"5e1b7a90-3c42-4d68-8f0a-91d2c7b6e453"`,
	"created_at":      `"2026-01-02T03:04:05Z"`,
	"updated_at":      `"2026-01-02T03:04:05Z"`,
	"object_version":  `0`,
	"full_image_name": `"registry.example.com/team/app:1.0"`,
	"image_id":        `"sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"`,
	"digest":          `"sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"`,
	"pinned_reference": `"registry.example.com/team/app@` +
		`sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"`,
}

// mocks returns the file of mocks of all entities' resources and data sources.
func mocks() []byte {
	var text bytes.Buffer
	text.WriteString("# Written by `make generate`. What mock_provider gives for what a configuration does not set.\n")
	for _, construct := range catalogue.Resources() {
		var name resource.MetadataResponse
		var schema resource.SchemaResponse
		r := construct()
		r.Metadata(context.Background(), resource.MetadataRequest{}, &name)
		r.Schema(context.Background(), resource.SchemaRequest{}, &schema)
		text.Write(mock("mock_resource", name.TypeName, schema.Schema.Attributes))
	}
	for _, construct := range catalogue.DataSources() {
		var name datasource.MetadataResponse
		var schema datasource.SchemaResponse
		d := construct()
		d.Metadata(context.Background(), datasource.MetadataRequest{}, &name)
		d.Schema(context.Background(), datasource.SchemaRequest{}, &schema)
		// plural data sources have no mocks
		if slices.ContainsFunc(entity.All(), func(e *entity.Entity) bool { return name.TypeName == "_"+e.TypeName() }) {
			text.Write(mock("mock_data", name.TypeName, schema.Schema.Attributes))
		}
	}
	return text.Bytes()
}

// mock returns one block. A list of objects is left out: engines want an object there, and use an empty list without
// it.
func mock[A interface {
	attributeSchema
	IsComputed() bool
}](block, typeName string, attributes map[string]A) []byte {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(attributes)), func(name string) bool {
		list, _ := attributes[name].GetType().TerraformType(context.Background()).(tftypes.List)
		_, ofObjects := list.ElementType.(tftypes.Object)
		return !attributes[name].IsComputed() || ofObjects
	})
	width := len(slices.MaxFunc(names, func(a, b string) int { return len(a) - len(b) }))
	var text bytes.Buffer
	fmt.Fprintf(&text, "\n%s \"demandflow%s\" {\n  defaults = {\n", block, typeName)
	for _, name := range names {
		fmt.Fprintf(&text, "    %-*s = %s\n", width, name,
			mockValue(name, attributes[name].GetType().TerraformType(context.Background())))
	}
	text.WriteString("  }\n}\n")
	return text.Bytes()
}

// mockValue returns the value of an attribute. An object has all of its parts, because engines want them.
func mockValue(name string, typ tftypes.Type) string {
	if value, ok := mockValues[name]; ok {
		return value
	}
	object, ok := typ.(tftypes.Object)
	if !ok {
		return "null"
	}
	var parts []string
	for _, part := range slices.Sorted(maps.Keys(object.AttributeTypes)) {
		parts = append(parts, part+" = null")
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}
