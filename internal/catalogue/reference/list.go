package main

import (
	"bytes"
	"context"
	_ "embed"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// listLayout is a whole page, and not a template of one: engines before Terraform 1.14 do not show list resources in
// their schemas, so what tfplugindocs makes of a template would come and go with the engine.
//
//go:embed list.md.tmpl
var listLayout string

// A listPage is the page of a list resource.
type listPage struct {
	Name, Description string
	Example           string
	Secrets           bool // whether the entity has some
	Arguments         []attribute
}

func (p listPage) file() string { return filepath.Join("list-resources", p.Name+".md") }

// listPages returns one for every entity. Their examples are in files below a directory.
func listPages(examples string) ([]listPage, error) {
	var pages []listPage
	for i, construct := range catalogue.ListResources() { // in the order of entity.All
		var name resource.MetadataResponse
		var schema list.ListResourceSchemaResponse
		r := construct()
		r.Metadata(context.Background(), resource.MetadataRequest{ProviderTypeName: "demandflow"}, &name)
		r.ListResourceConfigSchema(context.Background(), list.ListResourceSchemaRequest{}, &schema)
		example, err := os.ReadFile(filepath.Join(examples, "list-resources", name.TypeName, "list-resource.tfquery.hcl"))
		if err != nil {
			return nil, err
		}
		page := listPage{
			Name: strings.TrimPrefix(name.TypeName, "demandflow_"), Description: schema.Schema.MarkdownDescription,
			Example: string(example), Arguments: inOrder(attributesOf(schema.Schema.Attributes)),
		}
		for _, field := range entity.All()[i].Fields() {
			page.Secrets = page.Secrets || field.Secret
		}
		pages = append(pages, page)
	}
	return pages, nil
}

func (p listPage) text() ([]byte, error) {
	t, err := template.New(p.Name).Delims("[[", "]]").Parse(listLayout)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, p)
	return out.Bytes(), err
}
