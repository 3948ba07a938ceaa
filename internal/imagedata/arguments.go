package imagedata

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
)

// Arguments and results that several data sources have.
const (
	referenceArgument    = "reference"
	repositoryArgument   = "repository"
	nameArgument         = "name"
	platformArgument     = "platform"
	includeArgument      = "include"
	publicKeysArgument   = "public_keys"
	allowMissingArgument = "allow_missing"
	registryArgument     = "registry"
	existsAttribute      = "exists"
)

// allowMissing returns the argument and the result for an image that may be missing without an error.
func allowMissing(what string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		allowMissingArgument: schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: fmt.Sprintf("If the image does not exist, set `%s` to false, `platforms` to an empty list and "+
				"all else to null instead of failing. An image that %s refuses to show is always an error. Defaults to false.",
				existsAttribute, what),
		},
		existsAttribute: schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the image exists."},
	}
}

// A checkedText is a validator that has the source check a text.
type checkedText struct {
	what  string // such as "a region"
	check func(string) error
}

func (c checkedText) Description(context.Context) string             { return c.what }
func (c checkedText) MarkdownDescription(ctx context.Context) string { return c.Description(ctx) }

// ValidateString has the source check the value.
func (c checkedText) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := c.check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, fmt.Sprintf("Not %s", c.what), sentence(err))
	}
}

// Checks of the sources.
var (
	platformValidators = []validator.String{checkedText{"a platform", func(text string) error {
		_, err := image.ParsePlatform(text)
		return err
	}}}
	referenceValidators = []validator.String{checkedText{"an image reference", oci.CheckReference}}
	filterValidators    = []validator.String{checkedText{"a filter", engine.CheckFilter}}
	untilValidators     = []validator.String{checkedText{"a filter", engine.CheckUntil}}
	labelValidators     = []validator.Set{setvalidator.ValueStringsAre(checkedText{"a label", engine.CheckLabel})}
)

// cannotRead returns the diagnostic for an image that cannot be read, at the argument that caused it.
func cannotRead(argument string, err error) diag.Diagnostic {
	summary := "Cannot read the image"
	switch {
	case errors.Is(err, image.ErrNotFound):
		summary = "No such image"
	case errors.Is(err, image.ErrNoPlatform):
		argument = platformArgument
	}
	return diag.NewAttributeErrorDiagnostic(path.Root(argument), summary, sentence(err))
}

func platformAttribute(otherwise string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, Validators: platformValidators,
		MarkdownDescription: "Platform of `config_digest`, `size`, `created_at` and `catalogue`, such as `linux/arm64`. " +
			"Spellings of one platform are the same, as in containerd: `linux/aarch64` and `linux/arm64/v8` are " +
			"`linux/arm64`. Without a variant it is the closest: `linux/arm` is `linux/arm/v7` if there is one. " +
			otherwise,
	}
}

func optionalText(doc string, validators ...validator.String) schema.Attribute {
	return schema.StringAttribute{Optional: true, Validators: validators, MarkdownDescription: doc}
}

func textSet(doc string, validators ...validator.Set) schema.SetAttribute {
	return schema.SetAttribute{Optional: true, ElementType: types.StringType, Validators: validators,
		MarkdownDescription: doc}
}

// orDefault returns the value of include, or its default where it is not set. An empty set includes nothing.
func orDefault(include []string, otherwise ...string) []string {
	if include == nil {
		return otherwise
	}
	return include
}

// sentence returns an error as a sentence. A name at its beginning stays as it is.
func sentence(err error) string {
	text := strings.TrimSpace(err.Error())
	word, _, _ := strings.Cut(text, " ")
	if first, size := utf8.DecodeRuneInString(text); !strings.ContainsAny(strings.TrimRight(word, ":,"), "./:@_") {
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "!") && !strings.HasSuffix(text, "?") {
		text += "."
	}
	return text
}
