package functions

import (
	"cmp"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/function"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A platform is an object's attributes. Terraform ignores other attributes of an argument.
type platform struct {
	OS           *string `tfsdk:"os"`
	Architecture *string `tfsdk:"architecture"`
	Variant      *string `tfsdk:"variant"`
}

var platformTypes = texts("os", "architecture", "variant")

func parsePlatform() function.Function {
	return &pureFunction{
		name: "parse_platform",
		definition: function.Definition{
			Summary: "Parses a platform",
			MarkdownDescription: "Parses a platform such as `linux/arm/v7`. The result is an object with `os`, " +
				"`architecture` and `variant`, which is null if there is none. The parts keep their spelling: `linux/aarch64` " +
				"does not become `linux/arm64`.",
			Parameters: []function.Parameter{function.StringParameter{
				Name: "platform", MarkdownDescription: "`os/architecture` or `os/architecture/variant`, in lower case.",
			}},
			Return: function.ObjectReturn{AttributeTypes: platformTypes},
		},
		call: unary(func(text string) (*platform, error) {
			p, err := image.ParsePlatform(text)
			if err != nil {
				return nil, err
			}
			return &platform{&p.OS, &p.Architecture, image.Known(p.Variant)}, nil
		}),
	}
}

func formatPlatform() function.Function {
	return &pureFunction{
		name: "format_platform",
		definition: function.Definition{
			Summary: "Formats a platform",
			MarkdownDescription: "Formats a platform, such as `linux/arm/v7`. Takes the result of `parse_platform`, or any " +
				"other object with these attributes, such as one of `platforms` of a live image. Other attributes are ignored.",
			Parameters: []function.Parameter{function.ObjectParameter{
				Name: "platform", AttributeTypes: platformTypes,
				MarkdownDescription: "An object with the attributes `os`, `architecture` and `variant`. All three are required: " +
					"a platform without a variant has `variant = null`.",
			}},
			Return: function.StringReturn{},
		},
		call: unary(func(object platform) (string, error) {
			switch {
			case object.OS == nil:
				return "", fmt.Errorf("os is null: give the platform's operating system, such as linux")
			case object.Architecture == nil:
				return "", fmt.Errorf("architecture is null: give the platform's architecture, such as amd64")
			}
			p := ocispec.Platform{OS: *object.OS, Architecture: *object.Architecture, Variant: *cmp.Or(object.Variant, new(""))}
			return image.FormatPlatform(p), image.CheckPlatform(p)
		}),
	}
}
