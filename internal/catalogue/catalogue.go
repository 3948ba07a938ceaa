// Package catalogue is an entity as Terraform sees it: one generic resource (which is the list resource too), one data
// source, one plural data source, all made from internal/entity's tables. Nothing here knows a field by name; what a
// field does follows from its line there.
//
// It imports internal/entity and internal/demandflow, and the plugin framework. It works on an object's top-level
// values (tftypes) in one pass over the table for each call, not attribute by attribute through paths: the framework
// copies the whole attribute map at every path step, so that the cost of the other way grows with the square of the
// width.
package catalogue

import (
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Resources lists a constructor for each entity's resource, in the order of entity.All.
func Resources() []func() resource.Resource {
	var constructors []func() resource.Resource
	for _, construct := range entityResources() {
		constructors = append(constructors, func() resource.Resource { return construct() })
	}
	return constructors
}

// ListResources lists the same as list resources.
func ListResources() []func() list.ListResource {
	var constructors []func() list.ListResource
	for _, construct := range entityResources() {
		constructors = append(constructors, func() list.ListResource { return construct() })
	}
	return constructors
}

// entityResources are made once: tables and schemas of eighty lines each.
var entityResources = sync.OnceValue(func() []func() *entityResource {
	var constructors []func() *entityResource
	for _, e := range entity.All() {
		t := newTable(e)
		schema := t.resourceSchema()
		constructors = append(constructors, func() *entityResource { return &entityResource{base: t, schema: schema} })
	}
	return constructors
})

// DataSources lists a constructor for each entity's data source and plural data source, for the related list of an
// image's workloads, and for definitions.
func DataSources() []func() datasource.DataSource {
	var constructors []func() datasource.DataSource
	for _, e := range entity.All() {
		t := newTable(e).withoutSecrets()
		constructors = append(constructors,
			func() datasource.DataSource { return &entityDataSource{base: t} },
			func() datasource.DataSource { return &pluralDataSource{base: t} },
		)
	}
	return append(constructors, newWorkloadsDataSource, newDefinitionDataSource)
}
