package imagedata

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
)

// What the data sources have in common.

// Arguments and results that several of them have.
const (
	referenceArgument    = "reference"
	platformArgument     = "platform"
	includeArgument      = "include"
	publicKeysArgument   = "public_keys"
	allowMissingArgument = "allow_missing"
	registryArgument     = "registry"
	existsAttribute      = "exists"
)

// A reader is a data source that the provider has handed its sources to.
type reader struct{ sources *Sources }

// Configure takes the provider's sources; they are not there yet while a configuration is validated.
func (r *reader) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	r.sources, _ = req.ProviderData.(*Sources)
}

// arguments reads those attributes of a configuration that a struct has.
func arguments(ctx context.Context, config tfsdk.Config, into any) diag.Diagnostics {
	var diags diag.Diagnostics
	object := reflect.ValueOf(into).Elem()
	for i := range object.NumField() {
		name := object.Type().Field(i).Tag.Get("tfsdk")
		diags.Append(config.GetAttribute(ctx, path.Root(name), object.Field(i).Addr().Interface())...)
	}
	return diags
}

// allowMissing returns the argument and the result by which an image may be missing without an error.
func allowMissing(what string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		allowMissingArgument: schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: fmt.Sprintf("Whether an image that is not there is an answer: `%s` is then false and all "+
				"else null. Otherwise it is an error. What %s refuses to show is always an error.", existsAttribute, what),
		},
		existsAttribute: schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the image is there."},
	}
}

// A checkedText is a text that a source itself says is right or wrong, so that plans say it too.
type checkedText struct {
	what  string // "a region"
	check func(string) error
}

func (c checkedText) Description(context.Context) string             { return c.what }
func (c checkedText) MarkdownDescription(ctx context.Context) string { return c.Description(ctx) }

// ValidateString asks the source.
func (c checkedText) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := c.check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, fmt.Sprintf("Not %s", c.what), sentence(err))
	}
}

// What the sources themselves say is right or wrong.
var (
	platformValidators = []validator.String{checkedText{"a platform", func(text string) error {
		_,
			err := image.ParsePlatform(text)
		return err
	}}}
	referenceValidators = []validator.String{checkedText{"an image reference", oci.CheckReference}}
	filterValidators    = []validator.String{checkedText{"a filter", engine.CheckFilter}}
	untilValidators     = []validator.String{checkedText{"a filter", engine.CheckUntil}}
	labelValidators     = []validator.Set{setvalidator.ValueStringsAre(checkedText{"a label", engine.CheckLabel})}
	keyValidators       = []validator.List{listvalidator.ValueStringsAre(checkedText{"a public key", oci.CheckPublicKey})}
)

// cannotRead returns an error of a source that was asked for an image, at the argument that is to blame.
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
		MarkdownDescription: "Which platform's `config_digest`, `size`, `created_at` and `catalogue` are wanted, such as " +
			"`linux/arm64`. " + otherwise,
	}
}

func textSet(doc string, validators ...validator.Set) schema.SetAttribute {
	return schema.SetAttribute{Optional: true, ElementType: types.StringType, Validators: validators,
		MarkdownDescription: doc}
}

// orDefault returns what is to be included: nil, which is not set, is the configuration alone; an empty set is nothing.
func orDefault(include []string, otherwise ...string) []string {
	if include == nil {
		return otherwise
	}
	return include
}

// sentence returns an error as people read it. What begins with a name stays as it is.
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
