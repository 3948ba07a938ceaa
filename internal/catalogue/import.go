package catalogue

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

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
		table := r.inForce(ctx, &resp.Diagnostics) // which option means archived is the tenant's to say
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
	wishes := t.importWishes(id)
	matches, err := client.Find(ctx, t.Entity, wishes, t.keyFields()...)
	if problem := t.importProblem(id); problem != "" && err == nil && len(matches) == 0 {
		return nil, diag.Diagnostics{t.none(ctx, client, at, asked, []string{id}, problem, t.importForms())}
	}
	return t.one(ctx, client, matches, err, wishes, asked, at)
}

// importProblem says why an import id is no natural key, where objects of one name are told apart by further fields; ""
// where it may be one.
func (t *table) importProblem(id string) string {
	if !t.hasVersions() {
		return ""
	}
	if name, digest, ok := strings.Cut(id, "@"); ok && name != "" && digest != "" {
		return "It is a name with a digest, and a digest names no entry: several tags may have it."
	}
	if reference.Repository(id) == id {
		last := t.column(t.lastOfKey())
		return fmt.Sprintf("It has no %s.", last.attribute)
	}
	return ""
}

// lastOfKey is the field that tells objects of one name apart.
func (t *table) lastOfKey() string {
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

// importWishes reads an import id as each of the entity's natural keys. The last colon divides, because a name may
// begin with a registry's host and port.
func (t *table) importWishes(id string) []wish {
	var wishes []wish
	for _, key := range t.Keys {
		w, rest := wish{}, id
		for i := len(key.Fields) - 1; i > 0; i-- {
			at := strings.LastIndexByte(rest, ':')
			// of a registry's port or a digest, not of a tag
			if at <= strings.LastIndexByte(rest, '/') || strings.Contains(rest, "@") {
				break
			}
			w[key.Fields[i]], rest = rest[at+1:], rest[:at]
		}
		if w[key.Fields[0]] = rest; len(w) == len(key.Fields) {
			wishes = append(wishes, w)
		}
	}
	return wishes
}

// importsOther is the error of the read after an import by the id of another entity. That nothing has the id, Terraform
// says.
func (t *table) importsOther(ctx context.Context, client *demandflow.Client, prior values) diag.Diagnostics {
	if _, err := versionOf(prior); err == nil {
		return nil // it was read before, and so is no import
	}
	id := field.Text(prior[idAttribute])
	other := client.EntityOf(ctx, t.Code, id)
	if other == "" {
		return nil
	}
	return diag.Diagnostics{diag.NewErrorDiagnostic("No such "+t.Noun(),
		fmt.Sprintf("%q is the id of a %s, not of a %s.\n\nImport it into a resource of its own type, or give the id of a %s.", id, entity.NounOf(other), t.Noun(), t.Noun()))}
}
