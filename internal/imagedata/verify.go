package imagedata

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
)

// trustOf reads who is trusted; nil where that is not set. Known is false where a part of it is not known yet; what is
// known is checked. Errors are at the items.
func trustOf(object types.Object, at path.Path) (trust *signature.Trust, known bool, diags diag.Diagnostics) {
	if object.IsNull() || object.IsUnknown() {
		return nil, object.IsNull(), nil
	}
	r := trustReader{at: at, known: true, items: map[string][]int{}}
	attributes := object.Attributes()
	r.given.PublicKeys = r.texts(attributes["public_keys"], "public_keys", at.AtName("public_keys"))
	r.given.TrustedRoots = r.texts(attributes["trusted_roots"], "trusted_roots", at.AtName("trusted_roots"))
	for _, element := range r.objects(attributes["identities"], "identities") {
		var identity signature.Identity
		r.diags.Append(element.As(context.Background(), &identity, basetypes.ObjectAsOptions{})...)
		r.given.Identities = append(r.given.Identities, identity)
	}
	for index, element := range r.objects(attributes["notation"], "notation") {
		place := at.AtName("notation").AtListIndex(r.items["notation"][index])
		r.given.Notation = append(r.given.Notation, signature.Notation{
			Certificates:      r.texts(element.Attributes()["certificates"], "", place.AtName("certificates")),
			TrustedIdentities: r.texts(element.Attributes()["trusted_identities"], "", place.AtName("trusted_identities")),
		})
	}
	r.require(attributes["require"])
	return r.trust()
}

// trustOfKeys reads the short form.
func trustOfKeys(keys types.List, at path.Path) (*signature.Trust, diag.Diagnostics) {
	if keys.IsNull() || keys.IsUnknown() {
		return nil, nil
	}
	r := trustReader{at: at, isShort: true, known: true, items: map[string][]int{}}
	r.given.PublicKeys = r.texts(keys, "public_keys", at)
	trust, _, diags := r.trust()
	return trust, diags
}

// A trustReader reads verify from Terraform's values.
type trustReader struct {
	at      path.Path
	isShort bool // it is a list of keys
	given   signature.Verify
	known   bool
	items   map[string][]int // the indexes of the items that are known, by argument
	diags   diag.Diagnostics
}

// refuse notes what is wrong at a place. The text names it, because Terraform shows the line of the argument alone,
// or of the block.
func (r *trustReader) refuse(at path.Path, err error) {
	r.diags.AddAttributeError(at, "Cannot trust this", fmt.Sprintf("%s: %s.", at, err))
}

// texts returns the known texts of a list. A null in it is an error.
func (r *trustReader) texts(value attr.Value, argument string, at path.Path) []string {
	var texts []string
	for index, element := range r.elements(value) {
		text, ok := element.(types.String)
		switch {
		case !ok:
		case text.IsUnknown():
			r.known = false
		case text.IsNull():
			r.refuse(at.AtListIndex(index), errors.New("it is null: leave it out, or give its text"))
		default:
			texts = append(texts, text.ValueString())
			r.items[argument] = append(r.items[argument], index)
		}
	}
	return texts
}

// objects returns the known objects of a list. A null in it is an error.
func (r *trustReader) objects(value attr.Value, argument string) []types.Object {
	var objects []types.Object
	for index, element := range r.elements(value) {
		object, ok := element.(types.Object)
		switch {
		case !ok:
		case object.IsNull():
			r.refuse(r.at.AtName(argument).AtListIndex(index), errors.New("it is null: leave it out"))
		case !isKnown(context.Background(), object):
			r.known = false
		default:
			objects = append(objects, object)
			r.items[argument] = append(r.items[argument], index)
		}
	}
	return objects
}

func (r *trustReader) elements(value attr.Value) []attr.Value {
	list, ok := value.(types.List)
	if !ok || list.IsUnknown() {
		r.known = false
		return nil
	}
	return list.Elements()
}

func (r *trustReader) require(value attr.Value) {
	object, ok := value.(types.Object)
	if !ok || object.IsNull() {
		return
	}
	if !isKnown(context.Background(), object) {
		r.known = false
		return
	}
	r.given.Require = &signature.Require{}
	r.diags.Append(object.As(context.Background(), r.given.Require, basetypes.ObjectAsOptions{})...)
}

// trust returns what was read, or what is wrong with it at its place.
func (r *trustReader) trust() (*signature.Trust, bool, diag.Diagnostics) {
	trust, wrong := signature.NewTrust(r.given)
	for _, err := range wrong {
		if err.Index < 0 && (!r.known || r.diags.HasError()) {
			continue // what is missing may be an item that is not known yet, or that is not right
		}
		at := r.at
		if !r.isShort {
			at = at.AtName(err.Argument)
		}
		if err.Index >= 0 {
			at = at.AtListIndex(r.items[err.Argument][err.Index])
		}
		if err.Field != "" {
			at = at.AtName(err.Field)
		}
		if err.Item >= 0 {
			at = at.AtListIndex(err.Item)
		}
		r.refuse(at, err.Err)
	}
	if r.diags.HasError() || !r.known {
		return nil, r.known, r.diags
	}
	if !r.isShort && len(r.given.PublicKeys)+len(r.given.TrustedRoots)+len(r.given.Notation) == 0 {
		r.refuse(r.at, errors.New("it names no public key, no root and no authority, so that no signature could be valid: "+
			"add one of them, or leave it out. Check the spelling, too: Terraform drops names that it does not know"))
		return nil, true, r.diags
	}
	return trust, true, r.diags
}

// A trusting has the arguments of a data source that verifies signatures.
type trusting struct {
	PublicKeys types.List   `tfsdk:"public_keys"`
	Verify     types.Object `tfsdk:"verify"`
}

// trust returns who is trusted: what the data source says, else what the provider does. The provider's is a default for
// those that read signatures, and no reason to read them.
func (s *Sources) trust(given trusting, readsSignatures bool) (*signature.Trust, diag.Diagnostics) {
	if !given.PublicKeys.IsNull() && !given.Verify.IsNull() {
		return nil, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root(publicKeysArgument), "Contradictory "+
			"arguments",
			"public_keys is short for verify = { public_keys = … }.\n\nLeave out public_keys, and give its keys in verify.")}
	}
	if !given.Verify.IsNull() {
		trust, _, diags := trustOf(given.Verify, path.Root(verifyArgument))
		return trust, diags
	}
	if !given.PublicKeys.IsNull() {
		return trustOfKeys(given.PublicKeys, path.Root(publicKeysArgument))
	}
	if !readsSignatures {
		return nil, nil
	}
	return s.verify()
}

// configuredTrust reads the provider's default.
func configuredTrust(ctx context.Context, config tfsdk.Config) (newClient[*signature.Trust], diag.Diagnostics) {
	object, at, diags := verifySetting(ctx, config)
	trust, known, wrong := trustOf(object, at)
	return func() (*signature.Trust, diag.Diagnostics) {
		if !known {
			return nil, diag.Diagnostics{diag.NewErrorDiagnostic("Unknown oci.verify of the provider",
				sentence(errors.New(unknownYet(fmt.Sprintf("%q", "oci.verify")))))}
		}
		return trust, wrong
	}, diags
}

// verifySetting returns the provider's argument; null where it is not set.
func verifySetting(ctx context.Context, config tfsdk.Config) (types.Object, path.Path, diag.Diagnostics) {
	var sources types.Object
	at := path.Root(ociArgument).AtName(verifyArgument)
	diags := config.GetAttribute(ctx, path.Root(ociArgument), &sources)
	if sources.IsUnknown() {
		return types.ObjectUnknown(nil), at, diags
	}
	object, ok := sources.Attributes()[verifyArgument].(types.Object)
	if !ok {
		return types.ObjectNull(nil), at, diags
	}
	return object, at, diags
}
