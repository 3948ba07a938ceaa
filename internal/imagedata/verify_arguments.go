package imagedata

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	provider "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
)

const (
	verifyArgument     = "verify"
	subjectsArgument   = "subjects"
	signaturesArgument = "signature_repository"
)

// publicKeysAttribute returns the short form of verify.
func publicKeysAttribute(doc string) schema.Attribute {
	return schema.ListAttribute{
		Optional: true, ElementType: types.StringType, Validators: []validator.List{trusted{}},
		MarkdownDescription: "PEM-encoded public keys (`cosign public-key`) to verify signatures with, offline: short for " +
			"`verify = { public_keys = … }`, and in place of the provider's `oci.verify`. An empty list trusts nobody. " + doc,
	}
}

// verifyAttribute returns the argument for who is trusted to sign.
func verifyAttribute(doc string) schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true, Validators: []validator.Object{trusted{}}, Attributes: attributesOf[signature.Verify](argument),
		MarkdownDescription: "Who is trusted to sign the image. Signatures are verified offline: nothing but the " +
			"registry is " +
			"asked. It never fails the plan by itself: the result is in `signatures[].verified` and its neighbours. " +
			"Defaults to " +
			"the provider's `oci.verify`. " + doc,
	}
}

// providerAttribute returns an argument of a data source as one of the provider.
func providerAttribute(of schema.Attribute) provider.Attribute {
	nested := func(attributes map[string]schema.Attribute) map[string]provider.Attribute {
		converted := map[string]provider.Attribute{}
		for name, attribute := range attributes {
			converted[name] = providerAttribute(attribute)
		}
		return converted
	}
	switch of := of.(type) {
	case schema.SingleNestedAttribute:
		return provider.SingleNestedAttribute{Optional: true, MarkdownDescription: of.MarkdownDescription,
			Attributes: nested(of.Attributes)}
	case schema.ListNestedAttribute:
		return provider.ListNestedAttribute{Optional: true, MarkdownDescription: of.MarkdownDescription,
			NestedObject: provider.NestedAttributeObject{Attributes: nested(of.NestedObject.Attributes)}}
	case schema.ListAttribute:
		return provider.ListAttribute{Optional: true, MarkdownDescription: of.MarkdownDescription,
			ElementType: of.ElementType}
	case schema.Int64Attribute:
		return provider.Int64Attribute{Optional: true, MarkdownDescription: of.MarkdownDescription}
	}
	return provider.StringAttribute{Optional: true, MarkdownDescription: of.GetMarkdownDescription()}
}

// A trusted is a validator of verify, and of its short form.
type trusted struct{}

func (trusted) Description(context.Context) string               { return "who is trusted to sign" }
func (t trusted) MarkdownDescription(ctx context.Context) string { return t.Description(ctx) }

// ValidateObject checks what is known of the value.
func (trusted) ValidateObject(_ context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	_, _, diags := trustOf(req.ConfigValue, req.Path)
	resp.Diagnostics.Append(diags...)
}

// ValidateList checks what is known of the value.
func (trusted) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	_, diags := trustOfKeys(req.ConfigValue, req.Path)
	resp.Diagnostics.Append(diags...)
}

func subjectsAttribute() schema.Attribute {
	return optionalText("Whose signatures and attestations are read: `"+oci.SubjectsChosen+"`, the index and the "+
		"platform that is chosen, or `"+oci.SubjectsAll+"`, the index and every platform, which takes four requests or "+
		"more for each. Defaults to `"+oci.SubjectsChosen+"`. Implies `referrers` in `include`.",
		stringvalidator.OneOf(oci.SubjectsChosen, oci.SubjectsAll))
}

func signaturesAttribute() schema.Attribute {
	return optionalText("Repository with the signatures, where they are not in the image's own (`COSIGN_REPOSITORY`), "+
		"such as `registry.example.com/signatures`.", checkedText{"a repository", oci.CheckRepository})
}
