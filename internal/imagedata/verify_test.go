package imagedata

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
)

// objectOf returns an object of a type with some of its attributes; all others are null.
func objectOf(t *testing.T, kind attr.Type, given map[string]attr.Value) types.Object {
	t.Helper()
	object, ok := kind.(types.ObjectType)
	if !ok {
		t.Fatalf("%s is no object", kind)
	}
	values := map[string]attr.Value{}
	for name, of := range object.AttrTypes {
		values[name] = given[name]
		if given[name] != nil {
			continue
		}
		null, err := of.ValueFromTerraform(t.Context(), tftypes.NewValue(of.TerraformType(t.Context()), nil))
		if err != nil {
			t.Fatal(err)
		}
		values[name] = null
	}
	made, diags := types.ObjectValue(object.AttrTypes, values)
	if diags.HasError() {
		t.Fatal(diags)
	}
	return made
}

func listOf(t *testing.T, of attr.Type, elements ...attr.Value) types.List {
	t.Helper()
	list, diags := types.ListValue(of, elements)
	if diags.HasError() {
		t.Fatal(diags)
	}
	return list
}

// verifyKinds returns the types of verify and of its identities.
func verifyKinds(t *testing.T) (whole, identity attr.Type) {
	t.Helper()
	whole = verifyAttribute("").GetType()
	object, _ := whole.(types.ObjectType)
	list, ok := object.AttrTypes["identities"].(types.ListType)
	if !ok {
		t.Fatalf("identities are %s", object.AttrTypes["identities"])
	}
	return whole, list.ElemType
}

func placesOf(diags diag.Diagnostics) []string {
	places := []string{}
	for _, one := range diags {
		at, ok := one.(diag.DiagnosticWithPath)
		if !ok {
			places = append(places, "nowhere")
			continue
		}
		places = append(places, at.Path().String())
	}
	slices.Sort(places)
	return places
}

func TestTrustOf_saysWhatIsWrongAtItsPlace(t *testing.T) {
	t.Parallel()
	whole, identity := verifyKinds(t)
	root := types.StringValue(signaturetest.New(t).Root(t))
	null, unknown := types.StringNull(), types.StringUnknown()
	texts := func(values ...attr.Value) attr.Value { return listOf(t, types.StringType, values...) }
	who := func(given map[string]attr.Value) attr.Value { return objectOf(t, identity, given) }
	release := who(map[string]attr.Value{"issuer": types.StringValue("https://issuer.example.com"),
		"subject_regex": types.StringValue(".+")})
	broken := who(map[string]attr.Value{"issuer": types.StringValue("x"), "subject_regex": types.StringValue("(")})
	nobody, _ := identity.(types.ObjectType)
	for name, test := range map[string]struct {
		given  map[string]attr.Value
		places []string
		known  bool
	}{
		"roots and identities": {map[string]attr.Value{"trusted_roots": texts(root), "identities": listOf(t, identity, release)},
			[]string{}, true},
		"nothing":      {nil, []string{"verify"}, true},
		"a null key":   {map[string]attr.Value{"public_keys": texts(null)}, []string{"verify.public_keys[0]"}, true},
		"a broken key": {map[string]attr.Value{"public_keys": texts(types.StringValue("hunter2"))}, []string{"verify.public_keys[0]"}, true},
		"a broken key behind an unknown one": {map[string]attr.Value{"public_keys": texts(unknown, types.StringValue("hunter2"))},
			[]string{"verify.public_keys[1]"}, false},
		"an unknown key": {map[string]attr.Value{"public_keys": texts(unknown)}, []string{}, false},
		"unknown keys":   {map[string]attr.Value{"public_keys": types.ListUnknown(types.StringType)}, []string{}, false},
		"a broken root": {map[string]attr.Value{"trusted_roots": texts(root, types.StringValue("hunter2")),
			"identities": listOf(t, identity, release)}, []string{"verify.trusted_roots[1]"}, true},
		"roots without identities": {map[string]attr.Value{"trusted_roots": texts(root)}, []string{"verify.trusted_roots"}, true},
		"identities without roots": {map[string]attr.Value{"identities": listOf(t, identity, release)}, []string{"verify.identities"},
			true},
		"roots without identities yet": {map[string]attr.Value{"trusted_roots": texts(root),
			"identities": types.ListUnknown(identity)}, []string{}, false},
		"identities without roots yet": {map[string]attr.Value{"trusted_roots": texts(unknown),
			"identities": listOf(t, identity, release)}, []string{}, false},
		"a null identity": {map[string]attr.Value{"trusted_roots": texts(root),
			"identities": listOf(t, identity, release, types.ObjectNull(nobody.AttrTypes))}, []string{"verify.identities[1]"}, true},
		"a regular expression that does not compile": {map[string]attr.Value{"trusted_roots": texts(root),
			"identities": listOf(t, identity, release, broken)}, []string{"verify.identities[1].subject_regex"}, true},
		"one behind an identity that is unknown": {map[string]attr.Value{"trusted_roots": texts(root),
			"identities": listOf(t, identity, who(map[string]attr.Value{"issuer": unknown}), broken)},
			[]string{"verify.identities[1].subject_regex"}, false},
	} {
		trust, known, diags := trustOf(objectOf(t, whole, test.given), path.Root(verifyArgument))
		slices.Sort(test.places)
		if got := placesOf(diags); !slices.Equal(got, test.places) ||
			known != test.known || (trust != nil) != (known && len(test.places) == 0) {
			t.Errorf("%s: known %t, trust %t, %v", name, known, trust != nil, diags)
		}
		if strings.Contains(fmt.Sprint(diags), "hunter2") {
			t.Errorf("%s repeats a text: %v", name, diags)
		}
	}
}

// The short form is a list of keys. An empty one trusts nobody, which is not the same as leaving it out.
func TestTrustOfKeys_emptyListTrustsNobody(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		keys      types.List
		isTrusted bool
		places    []string
	}{
		"none":     {types.ListNull(types.StringType), false, []string{}},
		"unknown":  {types.ListUnknown(types.StringType), false, []string{}},
		"empty":    {listOf(t, types.StringType), true, []string{}},
		"a null":   {listOf(t, types.StringType, types.StringNull()), false, []string{"public_keys[0]"}},
		"a broken": {listOf(t, types.StringType, types.StringNull(), types.StringValue("x")), false, []string{"public_keys[0]", "public_keys[1]"}},
	} {
		trust, diags := trustOfKeys(test.keys, path.Root(publicKeysArgument))
		if (trust != nil) != test.isTrusted || !slices.Equal(placesOf(diags), test.places) {
			t.Errorf("%s: trust %t, %v", name, trust != nil, diags)
		}
	}
}

// What a data source says outweighs the provider's default, and that is no reason to read signatures.
func TestTrust_ofTheDataSourceComesFirst(t *testing.T) {
	t.Parallel()
	whole, _ := verifyKinds(t)
	sources := &Sources{verify: func() (*signature.Trust, diag.Diagnostics) { return &signature.Trust{}, nil }}
	none, nothing := types.ListNull(types.StringType), types.ObjectNull(nil)
	trust, diags := sources.trust(trusting{PublicKeys: none, Verify: nothing}, false)
	if trust != nil || diags.HasError() {
		t.Errorf("signatures that were not requested: %v, %v", trust, diags)
	}
	if trust, _ = sources.trust(trusting{PublicKeys: none, Verify: nothing}, true); trust == nil {
		t.Error("the provider's default is left out")
	}
	both := trusting{PublicKeys: listOf(t, types.StringType), Verify: objectOf(t, whole, nil)}
	if _, diags = sources.trust(both, true); !slices.Equal(placesOf(diags), []string{publicKeysArgument}) {
		t.Errorf("both forms: %v", diags)
	}
}
