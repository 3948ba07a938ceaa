package catalogue

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
)

// ImportState takes an object's id, or one of its natural keys: the value of a key's one field, or of its fields joined
// by colons (name:tag); or an identity. The refresh that Terraform runs next reads the rest.
func (r *entityResource) ImportState(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse) {
	if req.ID == "" && identityOf(req.Identity) != nil {
		r.importIdentity(ctx, req, resp)
		return
	}
	id := strings.TrimSpace(req.ID)
	if entity.IsID(id) {
		id = strings.ToLower(id)
	} else {
		table := r.inForce(ctx, &resp.Diagnostics) // the tenant's definition decides which option archives
		if resp.Diagnostics.HasError() {
			return
		}
		object, diags := table.byImportID(ctx, r.tenant.client, id)
		resp.Diagnostics.Append(diags...)
		if diags.HasError() {
			return
		}
		id = object.ID()
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(idAttribute), id)...)
}

// byImportID finds the object that an import id names.
func (t *table) byImportID(ctx context.Context, client *demandflow.Client, id string) (demandflow.Object,
	diag.Diagnostics) {
	at, asked := path.Root(idAttribute), fmt.Sprintf("%q", id)
	if id == "" {
		return nil, diag.Diagnostics{invalidArgument(idAttribute, "The import id is empty. "+t.importForms())}
	}
	if part := t.emptyPart(id); part != "" {
		return nil, diag.Diagnostics{invalidArgument(idAttribute, fmt.Sprintf("%s has no %s. %s", asked, part,
			t.importForms()))}
	}
	anyOf := t.importCriteria(id)
	matches, err := client.Find(ctx, t.Entity, anyOf, t.keyFields()...)
	if problem := t.importProblem(id); problem != "" && err == nil && len(matches) == 0 {
		return nil, diag.Diagnostics{t.noMatch(ctx, client, at, asked, []string{id}, problem, t.importForms())}
	}
	return t.onlyMatch(ctx, client, matches, err, anyOf, asked, at)
}

// emptyPart returns the attribute of which an import id has nothing, "" where it has something of all.
func (t *table) emptyPart(id string) string {
	for _, key := range t.Keys {
		switch last := len(key.Fields) - 1; {
		case last < 1:
		case id[0] == ':' || id[0] == '@':
			return t.column(key.Fields[0]).attribute
		case id[len(id)-1] == ':':
			return t.column(key.Fields[last]).attribute
		}
	}
	return ""
}

// importProblem returns why an import id is not a natural key, where further fields distinguish objects of one name; ""
// where it may be one.
func (t *table) importProblem(id string) string {
	if !t.hasVersions() {
		return ""
	}
	if name, _, ok := strings.Cut(id, "@"); ok && name != "" {
		return "It is a name with a digest, and a digest names no entry: several tags may have it."
	}
	if reference.Repository(id) == id {
		last := t.column(t.lastKeyField())
		return fmt.Sprintf("It has no %s.", last.attribute)
	}
	return ""
}

// lastKeyField returns the field that distinguishes objects of one name.
func (t *table) lastKeyField() string {
	for _, key := range t.Keys {
		if len(key.Fields) > 1 {
			return key.Fields[len(key.Fields)-1]
		}
	}
	panic("the entity has no key of several fields: " + t.Code)
}

// importForms are the import ids that there are, in a sentence.
func (t *table) importForms() string {
	forms := []string{"its id (a UUID)"}
	for _, key := range t.Keys {
		var names []string
		for _, field := range key.Fields {
			names = append(names, t.column(field).attribute)
		}
		forms = append(forms, strings.Join(names, ":"))
	}
	last := len(forms) - 1
	return fmt.Sprintf("A %s is imported by %s or %s.", t.Noun(), strings.Join(forms[:last], ", "), forms[last])
}

// importCriteria reads an import id as each of the entity's natural keys. The last colon divides, because a name may
// begin with a registry's host and port.
func (t *table) importCriteria(id string) []criteria {
	var anyOf []criteria
	for _, key := range t.Keys {
		w, rest := criteria{}, id
		for i := len(key.Fields) - 1; i > 0; i-- {
			at := strings.LastIndexByte(rest, ':')
			// of a registry's port or a digest, not of a tag
			if at <= strings.LastIndexByte(rest, '/') || strings.Contains(rest, "@") {
				break
			}
			w[key.Fields[i]], rest = rest[at+1:], rest[:at]
		}
		if w[key.Fields[0]] = rest; len(w) == len(key.Fields) {
			anyOf = append(anyOf, w)
		}
	}
	return anyOf
}

// importsOther returns the error of the read after an import by the id of another entity. Terraform itself reports an
// id that does not exist.
func (t *table) importsOther(ctx context.Context, client *demandflow.Client, prior values) diag.Diagnostics {
	if _, err := versionOf(prior); err == nil {
		return nil // it was read before, and so is no import
	}
	id := field.Text(prior[idAttribute])
	other := client.EntityOf(ctx, t.Code, id)
	if other == "" {
		return nil
	}
	return diag.Diagnostics{t.importOfOther(id, other)}
}

// identityType identifies an object: its id, and the tenant that it is in. Terraform and OpenTofu ask for it from 1.12
// on.
var (
	identityAttributes = []string{idAttribute, subscriptionAttribute}
	identityType       = tftypes.Object{AttributeTypes: map[string]tftypes.Type{idAttribute: tftypes.String,
		subscriptionAttribute: tftypes.String}}
)

// IdentitySchema is the same for every entity.
func (r *entityResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest,
	resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		idAttribute: identityschema.StringAttribute{
			RequiredForImport: true, Description: fmt.Sprintf("The %s's id.", r.base.Noun()),
		},
		subscriptionAttribute: identityschema.StringAttribute{
			OptionalForImport: true, Description: "The tenant (subscription) that it is in. An import checks that the " +
				"provider's token is of that tenant.",
		},
	}}
}

// identityOf opens an identity; nil where Terraform has none, as for a state that an older version wrote.
func identityOf(identity *tfsdk.ResourceIdentity) values {
	if identity == nil {
		return nil
	}
	return valuesOf(identity.Raw)
}

// identify sets an identity from a state.
func identify(identity *tfsdk.ResourceIdentity, state, prior values) {
	identity.Raw = tftypes.NewValue(identityType, identityFrom(state, prior).raw())
}

// identityFrom returns the identity of a state. What the state does not have stays as in the prior identity: a
// change would be an error.
func identityFrom(state, prior values) values {
	now := values{}
	for _, name := range identityAttributes {
		switch {
		case !state[name].IsNull():
			now[name] = state[name]
		case !prior[name].IsNull():
			now[name] = prior[name]
		default:
			now[name] = tftypes.NewValue(tftypes.String, nil)
		}
	}
	return now
}

// importIdentity checks the identity of an import block and puts its id into the state.
func (r *entityResource) importIdentity(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse) {
	given := identityOf(req.Identity)
	for _, name := range identityAttributes {
		if s := field.Text(given[name]); !entity.IsID(s) && !given[name].IsNull() {
			resp.Diagnostics.Append(invalidArgument(name,
				fmt.Sprintf("%q is not a UUID. Write it as the attribute %s of any object has it.", s, name)))
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	id, subscription := strings.ToLower(field.Text(given[idAttribute])),
		strings.ToLower(field.Text(given[subscriptionAttribute]))
	// Where the token may not read its tenant, the object is checked when it is read.
	if ours, err := r.tenant.client.Subscription(ctx); err == nil && subscription != "" &&
		!strings.EqualFold(ours, subscription) {
		resp.Diagnostics.Append(r.base.otherTenant(id, subscription, ours))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(idAttribute), id)...)
	if subscription != "" {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(subscriptionAttribute), subscription)...)
	}
	identify(resp.Identity, valuesOf(resp.State.Raw), nil)
}

// inOtherTenant compares the tenant of an object with the one that its identity names.
func (t *table) inOtherTenant(object demandflow.Object, identity values) diag.Diagnostics {
	theirs, ours := field.Text(identity[subscriptionAttribute]), object.Text("subscription")
	if theirs == "" || ours == "" || strings.EqualFold(theirs, ours) {
		return nil
	}
	return diag.Diagnostics{t.otherTenant(object.ID(), theirs, ours)}
}
