package functions_test

import (
	"strings"
	"testing"

	"github.com/distribution/reference"
	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/functions"
)

var referenceSeeds = []string{
	"nginx", "nginx:1.27.3", "nginx:1.27.3@" + zeros, "nginx@" + long, "registry.example.com:5000/team/app",
	"docker.io/localhost/app",
	"docker.io/quay.io/app", "docker.io/library/" + strings.TrimPrefix(zeros, "sha256:"), "index.docker.io/a",
	"[::1]:5000/app",
	"sha256:" + strings.Repeat("0", 64), "Example/app", "docker.io/library/a/b", "https://quay.io/a", "", "a/../b",
	"library/nginx", "docker.io/docker.io/a",
}

// Functions take what distribution/reference takes, and what they give is read by it as the same image.
func FuzzImageReference(f *testing.F) {
	for _, seed := range referenceSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		named, malformed := reference.ParseNormalizedNamed(text)
		result, failure := run(t, "parse_image_reference", types.StringValue(text))
		normalized, alsoFailed := run(t, "normalize_image_reference", types.StringValue(text))
		pinned, failedToo := run(t, "image_reference_is_pinned", types.StringValue(text))
		if (failure == nil) != (malformed == nil) || (alsoFailed == nil) != (malformed == nil) ||
			(failedToo == nil) != (malformed == nil) {
			t.Fatalf("%q: %v, but the functions: %v, %v, %v", text, malformed, failure, alsoFailed, failedToo)
		}
		if malformed != nil {
			return
		}
		object := result.(types.Object)
		canonical := normalized.(types.String).ValueString()
		if textOf(object, "canonical") != canonical {
			t.Errorf("%q is %s apart and %q normalized", text, object, canonical)
		}
		// distribution's ParseNamed takes nothing but a name in full.
		if strict, err := reference.ParseNamed(canonical); err != nil || strict.Name() != named.Name() ||
			reference.IsNameOnly(strict) {
			t.Errorf("%q becomes %q, which is read as %v, %v", text, canonical, strict, err)
		}
		if short, err := reference.ParseNormalizedNamed(textOf(object, "familiar")); err != nil ||
			short.String() != canonical {
			t.Errorf("%q becomes %q, which is read as %v, %v, and not as %q", text, textOf(object, "familiar"), short, err,
				canonical)
		}
		if again, failure := run(t, "normalize_image_reference", normalized); failure != nil || !again.Equal(normalized) {
			t.Errorf("%q becomes %q, which becomes %v, %v", text, canonical, again, failure)
		}
		whole := textOf(object, "domain") + "/" + textOf(object, "path")
		if whole != textOf(object, "repository") {
			t.Errorf("%q: %s", text, object)
		}
		tag, digest := object.Attributes()["tag"], object.Attributes()["digest"]
		if !tag.IsNull() {
			whole += ":" + textOf(object, "tag")
		}
		if !digest.IsNull() {
			whole += "@" + textOf(object, "digest")
		}
		if tag.IsNull() && digest.IsNull() {
			whole += ":latest"
		}
		if whole != canonical {
			t.Errorf("%q: the parts make %q, not %q", text, whole, canonical)
		}
		if pinned.(types.Bool).ValueBool() == digest.IsNull() {
			t.Errorf("%q: %s, but pinned is %s", text, object, pinned)
		}
	})
}

func FuzzPinImageReference(f *testing.F) {
	for _, seed := range referenceSeeds {
		f.Add(seed, ones)
	}
	f.Add("nginx", "nginx@"+ones)
	f.Add("nginx", "sha256:0")
	f.Add("nginx", "sha512:")
	f.Fuzz(func(t *testing.T, text, digest string) {
		result, failure := run(t, "pin_image_reference", types.StringValue(text), types.StringValue(digest))
		named, malformed := reference.ParseNormalizedNamed(text)
		switch {
		case failure == nil && malformed != nil:
			t.Fatalf("%q: %v, but it is pinned: %s", text, malformed, result)
		case failure != nil && malformed == nil && *failure.FunctionArgument != 1:
			t.Fatalf("%q is a reference, but: %s", text, failure)
		case failure != nil:
			return
		}
		pinned := result.(types.String).ValueString()
		read, err := reference.ParseNamed(pinned)
		canonical, isCanonical := read.(reference.Canonical)
		if err != nil || !isCanonical || canonical.Name() != named.Name() || canonical.Digest().String() != digest {
			t.Errorf("%q with %q becomes %q, which is read as %v, %v", text, digest, pinned, read, err)
		}
		if again, failure := run(t, "pin_image_reference", result, types.StringValue(digest)); failure != nil ||
			!again.Equal(result) {
			t.Errorf("%q becomes %v, %v when it is pinned again", pinned, again, failure)
		}
	})
}

func FuzzPlatform(f *testing.F) {
	for _, seed := range []string{"linux/amd64", "linux/arm/v7", "linux", "linux/arm/", "//", "linux/amd64\n",
		"windows(10.0.1)/amd64", "Linux/ARM"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		object, failure := run(t, "parse_platform", types.StringValue(text))
		if failure != nil {
			return
		}
		if again, failure := run(t, "format_platform", object); failure != nil || again.(types.String).ValueString() != text {
			t.Errorf("%q becomes %s, which becomes %v, %v", text, object, again, failure)
		}
	})
}

// What is written of any parts is read as the same parts.
func FuzzFormatPlatform(f *testing.F) {
	f.Add("linux", "arm", "v7")
	f.Add("linux", "amd64", "")
	f.Add("linux/arm", "v7", "")
	f.Add("", "", "")
	f.Fuzz(func(t *testing.T, os, architecture, variant string) {
		attributes := map[string]attr.Value{"os": types.StringValue(os), "architecture": types.StringValue(architecture),
			"variant": types.StringNull()}
		if variant != "" {
			attributes["variant"] = types.StringValue(variant)
		}
		object := types.ObjectValueMust(map[string]attr.Type{"os": types.StringType, "architecture": types.StringType,
			"variant": types.StringType}, attributes)
		text, failure := run(t, "format_platform", object)
		if failure != nil {
			return
		}
		if again, failure := run(t, "parse_platform", text); failure != nil || !again.Equal(object) {
			t.Errorf("%s becomes %s, which becomes %v, %v", object, text, again, failure)
		}
	})
}

func FuzzImageTagMatches(f *testing.F) {
	f.Add("1.27.3", "~> 1.27.0")
	f.Add("v2", ">= 1, < 2")
	f.Add("1.27.3-alpine", ">= 1.27.3-0")
	f.Add("latest", "")
	f.Add("99999999999999999999", "> 99999999999999999999")
	f.Fuzz(func(t *testing.T, tag, constraint string) {
		result, failure := run(t, "image_tag_matches", types.StringValue(tag), types.StringValue(constraint))
		_, malformed := version.NewConstraint(constraint)
		_, noTag := reference.Parse("registry.invalid/image:" + tag)
		if (failure == nil) != (malformed == nil && noTag == nil) {
			t.Fatalf("%q, %q: %v, but tag: %v, constraint: %v", tag, constraint, failure, noTag, malformed)
		}
		if failure != nil {
			return
		}
		known, err := version.NewVersion(tag)
		major, _, dotted := strings.Cut(strings.TrimPrefix(tag, "v"), ".")
		if err != nil || !dotted || len(major) > 5 || strings.Trim(major, "0123456789") != "" {
			if result.(types.Bool).ValueBool() {
				t.Errorf("%q is no version, and fulfils %q", tag, constraint)
			}
			return
		}
		if constraint == "" || strings.Contains(constraint, ",") {
			return
		}
		// A version equals itself, and is not what does not equal it.
		same, failure := run(t, "image_tag_matches", types.StringValue(tag), types.StringValue("= "+known.Original()))
		other, failedToo := run(t, "image_tag_matches", types.StringValue(tag), types.StringValue("!= "+known.Original()))
		if failure == nil && failedToo == nil && (!same.(types.Bool).ValueBool() || other.(types.Bool).ValueBool()) {
			t.Errorf("%q: = %s, != %s", tag, same, other)
		}
	})
}

// run calls a function by itself: through the protocol a fuzzer would have a tenth of the time.
func run(t *testing.T, name string, arguments ...attr.Value) (attr.Value, *function.FuncError) {
	t.Helper()
	for _, newFunction := range functions.All() {
		f := newFunction()
		var metadata function.MetadataResponse
		if f.Metadata(t.Context(), function.MetadataRequest{}, &metadata); metadata.Name != name {
			continue
		}
		var definition function.DefinitionResponse
		f.Definition(t.Context(), function.DefinitionRequest{}, &definition)
		unknown, failure := definition.Definition.Return.NewResultData(t.Context())
		if failure != nil {
			t.Fatal(failure)
		}
		response := function.RunResponse{Result: unknown}
		f.Run(t.Context(), function.RunRequest{Arguments: function.NewArgumentsData(arguments)}, &response)
		if response.Error != nil && (response.Error.FunctionArgument == nil || response.Error.Text == "") {
			t.Fatalf("%s fails without blaming an argument: %v", name, response.Error)
		}
		return response.Result.Value(), response.Error
	}
	t.Fatalf("there is no function %s", name)
	return nil, nil
}

func textOf(object types.Object, name string) string {
	text, _ := object.Attributes()[name].(types.String)
	return text.ValueString()
}
