package functions

import (
	"github.com/distribution/reference"
	"github.com/hashicorp/terraform-plugin-framework/function"

	spelling "github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
)

// referenceParameter is the first parameter of most functions.
var referenceParameter = function.StringParameter{
	Name: "reference",
	MarkdownDescription: "An image's name as `docker pull` takes it, with or without a registry, tag and digest: " +
		"`nginx`, `registry.example.com:5000/team/app:1.4`, `nginx@sha256:…`. Leave out a scheme (`https://`).",
}

// parts are the parts of a reference, and its short and full form.
type parts struct {
	Domain     string  `tfsdk:"domain"`
	Path       string  `tfsdk:"path"`
	Repository string  `tfsdk:"repository"`
	Tag        *string `tfsdk:"tag"`
	Digest     *string `tfsdk:"digest"`
	Familiar   string  `tfsdk:"familiar"`
	Canonical  string  `tfsdk:"canonical"`
}

func parseImageReference() function.Function {
	return &pureFunction{
		name: "parse_image_reference",
		definition: function.Definition{
			Summary: "Parses an image reference",
			MarkdownDescription: "Parses an image reference as Docker and Kubernetes do, without a request to a registry. The " +
				"reference may have a tag, a digest, both or neither. The result is an object:\n\n" +
				"- `domain`: the registry, with its port if it has one. `docker.io` if the reference has none\n" +
				"- `path`: the repository in the registry, such as `library/nginx`\n" +
				"- `repository`: both, as in `docker.io/library/nginx`\n" +
				"- `tag`: the tag, or null\n" +
				"- `digest`: the digest with its algorithm, or null\n" +
				"- `familiar`: the reference in short, as in `nginx:latest`\n" +
				"- `canonical`: the reference in full, as in `docker.io/library/nginx:latest`, the " +
				"result of `normalize_image_reference`\n\n" +
				"In `familiar` and `canonical` a reference with neither tag nor digest has the tag `latest`, as in a pull. A " +
				"name that Docker would read differently when shortened is the same in both.",
			Parameters: []function.Parameter{referenceParameter},
			Return: function.ObjectReturn{AttributeTypes: texts("domain", "path", "repository", "tag", "digest", "familiar",
				"canonical")},
		},
		call: unary(func(text string) (*parts, error) {
			named, err := spelling.ParseName(text)
			if err != nil {
				return nil, err
			}
			p := &parts{
				Domain: reference.Domain(named), Path: reference.Path(named), Repository: named.Name(),
				Familiar: spelling.Familiar(named), Canonical: spelling.Canonical(named),
			}
			if tagged, ok := named.(reference.Tagged); ok {
				p.Tag = new(tagged.Tag())
			}
			if digested, ok := named.(reference.Digested); ok {
				p.Digest = new(digested.Digest().String())
			}
			return p, nil
		}),
	}
}

func normalizeImageReference() function.Function {
	return &pureFunction{
		name: "normalize_image_reference",
		definition: function.Definition{
			Summary: "Formats an image reference in full",
			MarkdownDescription: "Formats an image reference in full: with its registry, with the `library/` of Docker Hub's " +
				"own images, and with the tag `latest` if it has neither tag nor digest. `nginx` becomes " +
				"`docker.io/library/nginx:latest`. A reference with tag and digest keeps both. Normalized references that name " +
				"the same image by the same tag and digest are equal.",
			Parameters: []function.Parameter{referenceParameter},
			Return:     function.StringReturn{},
		},
		call: unary(func(text string) (string, error) {
			named, err := spelling.ParseName(text)
			if err != nil {
				return "", err
			}
			return spelling.Canonical(named), nil
		}),
	}
}

func pinImageReference() function.Function {
	return &pureFunction{
		name: "pin_image_reference",
		definition: function.Definition{
			Summary: "Formats an image reference with a digest in place of its tag",
			MarkdownDescription: "Returns the repository in full with the digest, `docker.io/library/nginx@sha256:…`, like " +
				"`pinned_reference` of images and data sources. The reference's own tag is dropped, because a pull by digest " +
				"ignores it, and its own digest is replaced.",
			Parameters: []function.Parameter{referenceParameter, function.StringParameter{
				Name: "digest", MarkdownDescription: "The digest with its algorithm: `sha256:` and 64 digits of 0 to 9 and a to f.",
			}},
			Return: function.StringReturn{},
		},
		call: binary(spelling.ParseName, spelling.ParseDigest, spelling.Pinned),
	}
}

func imageReferenceIsPinned() function.Function {
	return &pureFunction{
		name: "image_reference_is_pinned",
		definition: function.Definition{
			Summary: "Reports whether an image reference has a digest",
			MarkdownDescription: "Reports whether an image reference has a digest, with or without a tag, so that it always " +
				"names " +
				"the same image. An invalid reference is an error, not `false`.",
			Parameters: []function.Parameter{referenceParameter},
			Return:     function.BoolReturn{},
		},
		call: unary(func(text string) (bool, error) {
			named, err := spelling.ParseName(text)
			_, pinned := named.(reference.Digested)
			return pinned, err
		}),
	}
}

func imageTagMatches() function.Function {
	return &pureFunction{
		name: "image_tag_matches",
		definition: function.Definition{
			Summary: "Reports whether a tag is a version within a constraint",
			MarkdownDescription: "Reports whether a tag is a version, with or without a leading `v`, that meets a constraint, " +
				"as `semver` of the data source `demandflow_oci_tags` does. A tag that is not a version, such as `latest`, meets " +
				"none. A suffix after a dash makes a version a pre-release: `1.27.3-alpine` does not meet `>= 1.27`. A " +
				"constraint allows a pre-release only if it names one of the same version, as `>= 1.27.3-0` does.",
			Parameters: []function.Parameter{
				function.StringParameter{Name: "tag", MarkdownDescription: "The tag alone, without the image's name."},
				function.StringParameter{Name: "semver_constraint",
					MarkdownDescription: "The constraint, as Terraform writes those of providers: " +
						"`~> 1.27.0`, or several with commas between them, `>= 2, < 4`."},
			},
			Return: function.BoolReturn{},
		},
		call: binary(
			func(tag string) (string, error) { return tag, spelling.CheckTag(tag) },
			spelling.ParseTagConstraint,
			func(tag string, constraint *spelling.TagConstraint) bool {
				return constraint.Allows(spelling.TagVersion(tag))
			},
		),
	}
}
