package imagedata

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/tagged"
)

// Every attribute, at any depth, of everything that is derived.
func TestSchemas_describeEveryAttribute(t *testing.T) {
	t.Parallel()
	for _, construct := range DataSources() {
		var name datasource.MetadataResponse
		var resp datasource.SchemaResponse
		d := construct()
		d.Metadata(t.Context(), datasource.MetadataRequest{ProviderTypeName: "demandflow"}, &name)
		d.Schema(t.Context(), datasource.SchemaRequest{}, &resp)
		if diags := resp.Schema.ValidateImplementation(t.Context()); diags.HasError() {
			t.Errorf("%s: %v", name.TypeName, diags)
		}
		checkDescribed(t, name.TypeName, resp.Schema.Attributes)
	}
}

func checkDescribed(t *testing.T, at string, attributes map[string]schema.Attribute) {
	t.Helper()
	for name, attribute := range attributes {
		doc := attribute.GetMarkdownDescription()
		if name == "" || name != strings.ToLower(name) {
			t.Errorf("%s has an attribute with the name %q", at, name)
		}
		if !strings.HasSuffix(doc, ".") || strings.Contains(doc, " '") || strings.Count(doc, "`")%2 != 0 {
			t.Errorf("%s.%s is described by %q, which is no sentence or has a quote left", at, name, doc)
		}
		switch attribute := attribute.(type) {
		case schema.SingleNestedAttribute:
			checkDescribed(t, at+"."+name, attribute.Attributes)
		case schema.ListNestedAttribute:
			checkDescribed(t, at+"."+name, attribute.NestedObject.Attributes)
		}
	}
}

// What is told under `catalogue` can be written into the resource as it is: same name, same type, and writable.
func TestCatalogue_fillsAttributesOfTheResource(t *testing.T) {
	t.Parallel()
	shown := attributesOf[image.Catalogue](result)
	if tags := tagged.Names[image.Catalogue](); len(shown) != len(tags) {
		t.Errorf("the shape has %v, of which the resource has only %v", tags, slices.Sorted(maps.Keys(shown)))
	}
	for _, attribute := range catalogue.ImageAttributes() {
		if got, ok := shown[attribute.Name]; ok && (!attribute.Writable || !got.GetType().Equal(attribute.Type)) {
			t.Errorf("catalogue.%s has type %s; the resource has %s, writable: %t", attribute.Name, got.GetType(),
				attribute.Type, attribute.Writable)
		}
	}
}

// notTold says why an attribute of the resource that can be written is not under `catalogue`. One that an image could
// tell belongs there.
var notTold = map[string]string{
	"registry_id":         "the registry's entry in DemandFlow, which an image does not know",
	"vendor_id":           "an entry in DemandFlow; who built the image is a label, in maintainer",
	"status":              "a decision of people",
	"target_cluster_id":   "a decision of people",
	"target_namespace_id": "a decision of people",
	"trusted_registry":    "a decision of people",
	"compliance_status":   "a decision of people",
	"security_policies":   "a decision of people",
	"allowed_namespaces":  "a decision of people",
	"config_requirements": "a decision of people",
	"linked_services":     "a decision of people",
	"dependencies":        "not in an image's configuration",
	"scan_enabled":        "a decision of people",
	"auto_tag":            "a decision of people",
	"tag_pattern":         "a decision of people",
	"dockerfile":          "an image has its build steps at most, in history",
	"dockerfile_path":     "not in an image's configuration",
	"build_args":          "not in an image's configuration: only what a build step made of them, in history",
	"build_context":       "not in an image's configuration",
	"target_stage":        "not in an image's configuration",
	"cache_from":          "not in an image's configuration",
	"build_trigger":       "not in an image's configuration",
	"last_build_status":   "not in an image's configuration",
	"annotations":         "of a manifest, which an engine does not tell: under annotations, not under catalogue",
}

func TestCatalogue_saysWhyItLeavesAttributesOut(t *testing.T) {
	t.Parallel()
	told := tagged.Names[image.Catalogue]()
	left := maps.Clone(notTold)
	for _, attribute := range catalogue.ImageAttributes() {
		_, explained := notTold[attribute.Name]
		if attribute.Writable && explained == slices.Contains(told, attribute.Name) {
			t.Errorf("%s is told under catalogue, or there is a reason why not: exactly one of the two", attribute.Name)
		}
		if attribute.Writable {
			delete(left, attribute.Name)
		}
	}
	for name := range left {
		t.Errorf("%s is no attribute that can be written", name)
	}
}
