package functions_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/functions"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const (
	zeros = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
	ones  = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
	long  = "sha512:" + "00000000000000000000000000000000000000000000000000000000000000001111111111111111111111111111111111111111111111111111111111111111"
)

// What is said of functions without arguments of their own is said through the protocol, as Terraform hears it.
func TestFunctions_answer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		arguments []any
		want      string
	}{
		{"parse_image_reference", []any{"nginx"},
			`{canonical: docker.io/library/nginx:latest, digest: null, domain: docker.io, familiar: nginx:latest, path: library/nginx, repository: docker.io/library/nginx, tag: null}`},
		{"parse_image_reference", []any{"nginx:1.27.3"},
			`{canonical: docker.io/library/nginx:1.27.3, digest: null, domain: docker.io, familiar: nginx:1.27.3, path: library/nginx, repository: docker.io/library/nginx, tag: 1.27.3}`},
		{"parse_image_reference", []any{"registry.example.com:5000/team/app:1.4@" + zeros},
			`{canonical: registry.example.com:5000/team/app:1.4@` + zeros + `, digest: ` + zeros +
				`, domain: registry.example.com:5000, familiar: registry.example.com:5000/team/app:1.4@` + zeros +
				`, path: team/app, repository: registry.example.com:5000/team/app, tag: 1.4}`},
		{"parse_image_reference", []any{"index.docker.io/app@" + long},
			`{canonical: docker.io/library/app@` + long + `, digest: ` + long + `, domain: docker.io, familiar: app@` + long +
				`, path: library/app, repository: docker.io/library/app, tag: null}`},
		{"parse_image_reference", []any{"[::1]:5000/app"},
			`{canonical: [::1]:5000/app:latest, digest: null, domain: [::1]:5000, familiar: [::1]:5000/app:latest, path: app, repository: [::1]:5000/app, tag: null}`},
		// In short it would be the image "app" of a registry on this machine.
		{"parse_image_reference", []any{"docker.io/localhost/app:1"},
			`{canonical: docker.io/localhost/app:1, digest: null, domain: docker.io, familiar: docker.io/localhost/app:1, path: localhost/app, repository: docker.io/localhost/app, tag: 1}`},

		{"normalize_image_reference", []any{"grafana/grafana"}, "docker.io/grafana/grafana:latest"},
		{"normalize_image_reference", []any{"docker.io/library/nginx:latest"}, "docker.io/library/nginx:latest"},
		{"normalize_image_reference", []any{"nginx@" + zeros}, "docker.io/library/nginx@" + zeros},
		{"normalize_image_reference", []any{"nginx:1.27.3@" + zeros}, "docker.io/library/nginx:1.27.3@" + zeros},

		{"pin_image_reference", []any{"nginx:1.27.3", zeros}, "docker.io/library/nginx@" + zeros},
		{"pin_image_reference", []any{"localhost:5000/app@" + zeros, ones}, "localhost:5000/app@" + ones},
		{"pin_image_reference", []any{"quay.io/a/b", long}, "quay.io/a/b@" + long},

		{"image_reference_is_pinned", []any{"nginx:1.27.3"}, "false"},
		{"image_reference_is_pinned", []any{"nginx@" + zeros}, "true"},
		{"image_reference_is_pinned", []any{"nginx:1.27.3@" + zeros}, "true"},

		{"parse_platform", []any{"linux/amd64"}, "{architecture: amd64, os: linux, variant: null}"},
		{"parse_platform", []any{"linux/arm/v7"}, "{architecture: arm, os: linux, variant: v7}"},
		{"format_platform", []any{aPlatform("linux", "arm", "v7")}, "linux/arm/v7"},
		{"format_platform", []any{aPlatform("windows", "amd64", nil)}, "windows/amd64"},
		{"format_platform", []any{aPlatform("linux", "arm64", "")}, "linux/arm64"},

		{"image_tag_matches", []any{"1.27.3", "~> 1.27.0"}, "true"},
		{"image_tag_matches", []any{"v1.27.3", ">= 1.27, < 2"}, "true"},
		{"image_tag_matches", []any{"1.28", "~> 1.27.0"}, "false"},
		{"image_tag_matches", []any{"latest", ">= 0"}, "false"},
		{"image_tag_matches", []any{"1.27.3-alpine", ">= 1.27"}, "false"},
		{"image_tag_matches", []any{"1.27.3-alpine", ">= 1.27.3-0"}, "true"},
		{"image_tag_matches", []any{"99999999999999999999", ">= 0"}, "false"}, // no version: too long for a number
		{"image_tag_matches", []any{"20240115", ">= 1.4"}, "false"},           // a date, not a version above all others
	} {
		t.Run(test.name+described(test.arguments), func(t *testing.T) {
			t.Parallel()
			result, failure := call(t, test.name, test.arguments)
			if failure != nil {
				t.Fatalf("argument %v: %s", failure.FunctionArgument, failure.Text)
			}
			if got := spelled(t, result); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestFunctions_blameTheArgument(t *testing.T) {
	t.Parallel()
	const write = "; write it as registry/namespace/name:tag or registry/namespace/name@sha256:…, in lower case"
	const constraint = `; write it as in >= 1.4, < 2`
	hexadecimal := strings.TrimPrefix(zeros, "sha256:")
	for _, test := range []struct {
		name      string
		arguments []any
		argument  int64
		want      string
	}{
		{"parse_image_reference", []any{""}, 0, `"" is no image reference: invalid reference format` + write},
		{"parse_image_reference", []any{"Nginx"}, 0,
			`"Nginx" is no image reference: invalid reference format: repository name (library/Nginx) must be lowercase` +
				write},
		{"parse_image_reference", []any{"nginx "}, 0, `"nginx " is no image reference: invalid reference format` + write},
		{"parse_image_reference", []any{"nginx@sha256:0"}, 0,
			`"nginx@sha256:0" is no image reference: invalid reference format` + write},
		{"parse_image_reference", []any{hexadecimal}, 0, `"` + hexadecimal +
			`" is no image reference: invalid repository name (` + hexadecimal +
			`), cannot specify 64-byte hexadecimal strings` + write},
		{"normalize_image_reference", []any{"https://quay.io/a/b"}, 0,
			`"https://quay.io/a/b" is no image reference: invalid reference format; leave out the scheme: whether there is TLS is a setting of the registry`},
		{"image_reference_is_pinned", []any{"a//b"}, 0, `"a//b" is no image reference: invalid reference format` + write},
		{"pin_image_reference", []any{"a b", zeros}, 0, `"a b" is no image reference: invalid reference format` + write},
		{"pin_image_reference", []any{"nginx", "latest"}, 1,
			`"latest" is no digest: invalid checksum digest format; write it as sha256: and 64 digits of 0 to 9 and a to f`},
		{"pin_image_reference", []any{"nginx", "sha256:00"}, 1,
			`"sha256:00" is no digest: invalid checksum digest length; write it as sha256: and 64 digits of 0 to 9 and a to f`},
		{"pin_image_reference", []any{"nginx", hexadecimal}, 1, `"` + hexadecimal +
			`" is no digest: invalid checksum digest format; put its algorithm before it: ` + zeros},
		{"pin_image_reference", []any{"nginx", "nginx@" + zeros}, 1, `"nginx@` + zeros +
			`" is no digest: invalid checksum digest format; leave out what is before the @: ` + zeros},
		{"pin_image_reference", []any{"nginx", "md5:00000000000000000000000000000000"}, 1,
			`"md5:00000000000000000000000000000000" is no digest: unsupported digest algorithm; write it as sha256: and 64 digits of 0 to 9 and a to f`},
		{"parse_platform", []any{"amd64"}, 0,
			`"amd64" is no platform: write it as os/architecture or os/architecture/variant, such as linux/amd64 or linux/arm/v7`},
		{"parse_platform", []any{"linux/amd64\n"}, 0,
			`"linux/amd64\n" is no platform: write it as os/architecture or os/architecture/variant, such as linux/amd64 or linux/arm/v7`},
		{"parse_platform", []any{"Linux/AMD64"}, 0, `"Linux/AMD64" is no platform: write it in lower case, linux/amd64`},
		{"parse_platform", []any{"Linux"}, 0,
			`"Linux" is no platform: write it as os/architecture or os/architecture/variant, such as linux/amd64 or linux/arm/v7`},
		{"format_platform", []any{aPlatform(nil, "amd64", nil)}, 0,
			"os is null: give the platform's operating system, such as linux"},
		{"format_platform", []any{aPlatform("linux", nil, nil)}, 0,
			"architecture is null: give the platform's architecture, such as amd64"},
		{"format_platform", []any{aPlatform("linux/arm", "v7", nil)}, 0,
			`"linux/arm" is no operating system: give a name of lower-case letters, digits, dots, dashes and underscores, such as linux`},
		{"format_platform", []any{aPlatform("linux", "", "v7")}, 0,
			`"" is no architecture: give a name of lower-case letters, digits, dots, dashes and underscores, such as amd64`},
		{"format_platform", []any{aPlatform("linux", "arm", "V7")}, 0,
			`"V7" is no variant: give a name of lower-case letters, digits, dots, dashes and underscores, such as v7, or none`},
		{"image_tag_matches", []any{"nginx:1.27.3", ">= 1"}, 0,
			`"nginx:1.27.3" is no tag: give the tag alone, without the image's name or digest`},
		{"image_tag_matches", []any{"-1", ">= 1"}, 0,
			`"-1" is no tag: a tag has up to 128 letters, digits, dots, dashes and underscores, and starts with none of dot and dash`},
		{"image_tag_matches", []any{"1.27.3", "newest"}, 1,
			`"newest" is no version constraint: malformed constraint: newest` + constraint},
		{"image_tag_matches", []any{"1.27.3", ""}, 1, `"" is no version constraint: a constraint is empty` + constraint},
		{"image_tag_matches", []any{"1.27.3", ">= 1,,<2"}, 1, `">= 1,,<2" is no version constraint: a constraint is empty` +
			constraint},
		{"image_tag_matches", []any{"1.27.3", ">= 1, "}, 1, `">= 1, " is no version constraint: a constraint is empty` +
			constraint},
	} {
		t.Run(test.name+described(test.arguments), func(t *testing.T) {
			t.Parallel()
			result, failure := call(t, test.name, test.arguments)
			switch {
			case failure == nil:
				t.Fatalf("there is no error, and the result is %s", spelled(t, result))
			case failure.FunctionArgument == nil || *failure.FunctionArgument != test.argument:
				t.Errorf("the error is of argument %v, want %d", failure.FunctionArgument, test.argument)
			}
			if failure.Text != test.want {
				t.Errorf("got  %s\nwant %s", failure.Text, test.want)
			}
		})
	}
}

func TestFunctions_areDescribed(t *testing.T) {
	t.Parallel()
	for _, newFunction := range functions.All() {
		var metadata function.MetadataResponse
		newFunction().Metadata(t.Context(), function.MetadataRequest{}, &metadata)
		var response function.DefinitionResponse
		newFunction().Definition(t.Context(), function.DefinitionRequest{}, &response)
		definition := response.Definition
		if definition.Summary == "" || strings.HasSuffix(definition.Summary, ".") ||
			!strings.HasSuffix(definition.MarkdownDescription, ".") {
			t.Errorf("%s wants a title for a summary and sentences for a description: %q, %q", metadata.Name, definition.Summary,
				definition.MarkdownDescription)
		}
		for _, parameter := range definition.Parameters {
			if parameter.GetName() == "" || parameter.GetMarkdownDescription() == "" {
				t.Errorf("%s has a parameter without a name or description: %q", metadata.Name, parameter.GetName())
			}
			if parameter.GetAllowNullValue() || parameter.GetAllowUnknownValues() {
				t.Errorf("%s takes null or unknown for %s, which is not tested", metadata.Name, parameter.GetName())
			}
		}
	}
}

// call sends a call as Terraform does: arguments in MessagePack, to a provider that nobody has configured.
func call(t *testing.T, name string, arguments []any) (tftypes.Value, *tfprotov6.FunctionError) {
	t.Helper()
	server, err := providertest.Factories()["demandflow"]()
	if err != nil {
		t.Fatal(err)
	}
	served, err := server.GetFunctions(t.Context(), &tfprotov6.GetFunctionsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	definition := served.Functions[name]
	if definition == nil {
		t.Fatalf("there is no function %s", name)
	}
	request := &tfprotov6.CallFunctionRequest{Name: name}
	for i, argument := range arguments {
		typ := definition.Parameters[i].Type
		value, err := tfprotov6.NewDynamicValue(typ, tftypes.NewValue(typ, argument))
		if err != nil {
			t.Fatal(err)
		}
		request.Arguments = append(request.Arguments, &value)
	}
	response, err := server.CallFunction(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if response.Error != nil {
		return tftypes.Value{}, response.Error
	}
	result, err := response.Result.Unmarshal(definition.Return.Type)
	if err != nil {
		t.Fatal(err)
	}
	return result, nil
}

func aPlatform(os, architecture, variant any) map[string]tftypes.Value {
	return map[string]tftypes.Value{
		"os": tftypes.NewValue(tftypes.String, os), "architecture": tftypes.NewValue(tftypes.String, architecture),
		"variant": tftypes.NewValue(tftypes.String, variant),
	}
}

// described are arguments as a test's name has them.
func described(arguments []any) string {
	text := ""
	for _, argument := range arguments {
		if object, ok := argument.(map[string]tftypes.Value); ok {
			argument = fmt.Sprint(object["os"], object["architecture"], object["variant"])
		}
		text += fmt.Sprintf(" %.40q", argument)
	}
	return text
}

// spelled is a result as a test has it: an object's attributes in order.
func spelled(t *testing.T, value tftypes.Value) string {
	t.Helper()
	if value.IsNull() {
		return "null"
	}
	switch {
	case value.Type().Is(tftypes.Bool):
		var truth bool
		if err := value.As(&truth); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(truth)
	case value.Type().Is(tftypes.String):
		var text string
		if err := value.As(&text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	var object map[string]tftypes.Value
	if err := value.As(&object); err != nil {
		t.Fatal(err)
	}
	var attributes []string
	for name, attribute := range object {
		attributes = append(attributes, name+": "+spelled(t, attribute))
	}
	slices.Sort(attributes)
	return "{" + strings.Join(attributes, ", ") + "}"
}
