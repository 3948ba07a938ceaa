package tagged

import (
	"context"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
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

type leaf struct {
	Name *string           `tfsdk:"name" doc:"Name."`
	Tags map[string]string `tfsdk:"tags" doc:"Tags."`
}

type inner struct {
	Count int64 `tfsdk:"count" doc:"Count."`
}

type tree struct {
	inner
	Whole bool         `tfsdk:"whole" doc:"Whole."`
	Words []string     `tfsdk:"words" doc:"Words."`
	One   *leaf        `tfsdk:"one" doc:"One."`
	Many  []leaf       `tfsdk:"many" doc:"Many."`
	Given types.String `tfsdk:"given" doc:"Given."`
}

func TestValue_isWhatTheFrameworkMakes(t *testing.T) {
	t.Parallel()
	attributes := With((&Deriver{}).Attributes(reflect.TypeFor[struct {
		inner
		Whole bool     `tfsdk:"whole" doc:"Whole."`
		Words []string `tfsdk:"words" doc:"Words."`
		One   *leaf    `tfsdk:"one" doc:"One."`
		Many  []leaf   `tfsdk:"many" doc:"Many."`
	}](), Result), map[string]schema.Attribute{"given": schema.StringAttribute{Optional: true}})
	state := tfsdk.State{Schema: schema.Schema{Attributes: attributes}}
	typ := state.Schema.Type().TerraformType(context.Background())
	for _, object := range []tree{
		{},
		{inner: inner{Count: 3}, Whole: true, Words: []string{}, One: &leaf{}, Many: []leaf{}, Given: types.StringValue("x")},
		{Words: []string{"a", ""}, One: &leaf{Name: new("n"), Tags: map[string]string{"a": "b"}},
			Many: []leaf{{Tags: map[string]string{}}, {Name: new("")}}, Given: types.StringUnknown()},
	} {
		state.Raw = tftypes.NewValue(typ, nil)
		if diags := state.Set(t.Context(), object); diags.HasError() {
			t.Fatal(diags)
		}
		got, err := Value(t.Context(), &object, typ)
		if err != nil || !got.Equal(state.Raw) {
			t.Errorf("%+v is %s, want %s; %v", object, got, state.Raw, err)
		}
	}
	for _, object := range []any{leaf{}, struct {
		Count string `tfsdk:"count"`
	}{}} {
		if got, err := Value(t.Context(), object, typ); err == nil {
			t.Errorf("%+v is %s", object, got)
		}
	}
}
