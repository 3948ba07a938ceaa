package tagged

import (
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestDescriptions_haveCodeWhereTagsHaveQuotes(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"Size of the image's layers.":                       "Size of the image's layers.",
		"The platform, such as 'linux/arm64/v8'.":           "The platform, such as `linux/arm64/v8`.",
		"'NONE', or 'CMD' and its words.":                   "`NONE`, or `CMD` and its words.",
		"Digest ('sha256:…') of Docker's own, not others'.": "Digest (`sha256:…`) of Docker's own, not others'.",
		"'config_digest', 'size' and the source's 'id'.":    "`config_digest`, `size` and the source's `id`.",
	} {
		if got := inMarkdown(given); got != want {
			t.Errorf("%q becomes %q, not %q", given, got, want)
		}
	}
}

// The framework asks for the type of an attribute for each value in a state.
func TestAttributes_typesAreMadeOnce(t *testing.T) {
	type leaf struct {
		Name string            `tfsdk:"name" doc:"Name."`
		Tags map[string]string `tfsdk:"tags" doc:"Tags."`
	}
	type tree struct {
		One  *leaf  `tfsdk:"one" doc:"One."`
		Many []leaf `tfsdk:"many" doc:"Many."`
	}
	attributes := (&Deriver{}).Attributes(reflect.TypeFor[tree](), Result)
	object := types.ObjectType{AttrTypes: map[string]attr.Type{"name": types.StringType,
		"tags": types.MapType{ElemType: types.StringType}}}
	for name, want := range map[string]attr.Type{"one": object, "many": types.ListType{ElemType: object}} {
		if got := attributes[name].GetType(); !got.Equal(want) {
			t.Errorf("%s has the type %s, want %s", name, got, want)
		}
	}
	many, ok := attributes["many"].(schema.ListNestedAttribute)
	if !ok || !many.NestedObject.Type().Equal(object) {
		t.Errorf("the elements have the type %s", many.NestedObject.Type())
	}
	if made := testing.AllocsPerRun(10, func() { attributes["one"].GetType() }); made > 1 {
		t.Errorf("a type takes %v allocations each time", made)
	}
}
