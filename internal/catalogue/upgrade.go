package catalogue

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// An upgrade makes a state of one version of a resource's schema one of the next. It gets the attributes as the state
// file has them, and changes them in place. What needs one: an attribute that gets another name or type, or goes. What
// needs none: a new attribute, and everything that is not in the state.
type upgrade func(attributes map[string]any) error

// upgrades are each entity's, by its code: the first makes version 1 of version 0. Their number is the schema's
// version. Whoever appends one also adds a state of the new version to testdata/state; a test reads all that were ever
// there.
var upgrades = map[string][]upgrade{}

// UpgradeState has an upgrader for every older version, which runs all upgrades from there on.
func (r *entityResource) UpgradeState(context.Context) map[int64]resource.StateUpgrader {
	upgraders := map[int64]resource.StateUpgrader{}
	for version := range r.base.upgrades {
		steps := r.base.upgrades[version:]
		upgraders[int64(version)] = resource.StateUpgrader{
			StateUpgrader: func(ctx context.Context, req resource.UpgradeStateRequest, resp *resource.UpgradeStateResponse) {
				state, err := upgraded(req.RawState.JSON, steps, resp.State.Schema.Type().TerraformType(ctx))
				if err != nil {
					resp.Diagnostics.AddError("Cannot upgrade the state of "+r.base.Noun(),
						fmt.Sprintf("The state was written by an older version of the provider (schema version %d), and cannot be read "+
							"any more: %s.\n\n"+
							"Remove the resource from the state (terraform state rm) and import it again.", version, err))
					return
				}
				resp.State.Raw = state
			},
		}
	}
	return upgraders
}

func upgraded(document []byte, steps []upgrade, typ tftypes.Type) (tftypes.Value, error) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var attributes map[string]any
	if err := decoder.Decode(&attributes); err != nil {
		return tftypes.Value{}, err
	}
	for _, step := range steps {
		if err := step(attributes); err != nil {
			return tftypes.Value{}, err
		}
	}
	document, err := json.Marshal(attributes)
	if err != nil {
		return tftypes.Value{}, err
	}
	return (&tfprotov6.RawState{JSON: document}).Unmarshal(typ)
}
