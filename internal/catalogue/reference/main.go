// Command reference writes the templates from which tfplugindocs makes the pages of the entities' resources and data
// sources, the pages of their list resources, and the file of mocks for tests of configurations. tfplugindocs by itself
// lists attributes in the order of the alphabet; here they are grouped by the sections of DemandFlow's form, so that
// one among eighty can be found.
//
// All facts come from the provider's schemas and from internal/entity's tables; it imports internal/catalogue and
// internal/entity. Run it in the root of the repository: go run ./internal/catalogue/reference
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

func main() {
	if err := write("templates", "examples"); err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

// write puts every page's template below directory, where tfplugindocs looks for it, and the mocks below examples.
func write(directory, examples string) error {
	texts := map[string][]byte{}
	for _, p := range pages() {
		text, err := p.template()
		if err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
		texts[p.file] = text
	}
	lists, err := listPages(examples)
	if err != nil {
		return err
	}
	for _, p := range lists {
		if texts[p.file()], err = p.text(); err != nil {
			return fmt.Errorf("%s: %w", p.file(), err)
		}
	}
	files := map[string][]byte{filepath.Join(examples, mockFile): mocks()}
	for name, text := range texts {
		files[filepath.Join(directory, name)] = text
	}
	for file, text := range files {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // templates are public
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil { //nolint:gosec // templates are public
			return err
		}
	}
	return nil
}

// pages returns those of the resource, the data source and the plural data source of every entity. A data source of
// another shape keeps the default template.
func pages() []page {
	var pages []page
	for _, e := range entity.All() {
		for _, construct := range catalogue.Resources() {
			var name resource.MetadataResponse
			var schema resource.SchemaResponse
			r := construct()
			r.Metadata(context.Background(), resource.MetadataRequest{}, &name)
			if r.Schema(context.Background(), resource.SchemaRequest{}, &schema); name.TypeName == "_"+e.TypeName() {
				pages = append(pages, newPage("resources", e.TypeName(), e, attributesOf(schema.Schema.Attributes)))
			}
		}
		for _, construct := range catalogue.DataSources() {
			var name datasource.MetadataResponse
			var schema datasource.SchemaResponse
			d := construct()
			d.Metadata(context.Background(), datasource.MetadataRequest{}, &name)
			d.Schema(context.Background(), datasource.SchemaRequest{}, &schema)
			for _, ours := range []string{e.TypeName(), e.PluralTypeName()} {
				if name.TypeName == "_"+ours {
					pages = append(pages, newPage("data-sources", ours, e, attributesOf(schema.Schema.Attributes)))
				}
			}
		}
	}
	return pages
}
