package catalogue

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// ImportState takes an object's id, or one of its natural keys: the value of a key's one field, or of its fields joined by
// colons (name:tag); or an identity. The refresh that Terraform runs next reads the rest.
func (r *entityResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if req.ID == "" && identityOf(req.Identity) != nil {
		r.importIdentity(ctx, req, resp)
		return
	}
	id := strings.TrimSpace(req.ID)
	if isID(id) {
		id = strings.ToLower(id)
	} else {
		object, diags := r.base.findOne(ctx, r.tenant.client, r.base.importWishes(id), fmt.Sprintf("%q", id), path.Root(idAttribute), r.base.keyFields()...)
		resp.Diagnostics.Append(diags...)
		if diags.HasError() {
			return
		}
		id = object.ID()
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(idAttribute), id)...)
}

// isID says whether a text is an object's id: a UUID in its usual form, and in no other that the library reads.
func isID(s string) bool { return len(s) == 36 && uuid.Validate(s) == nil }

// importWishes reads an import id as each of the entity's natural keys. The last colon divides, because a name may begin
// with a registry's host and port.
func (t *table) importWishes(id string) []wish {
	var wishes []wish
	for _, key := range t.Keys {
		w, rest := wish{}, id
		for i := len(key.Fields) - 1; i > 0; i-- {
			at := strings.LastIndexByte(rest, ':')
			if at < 0 {
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
