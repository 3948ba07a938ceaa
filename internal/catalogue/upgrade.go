package catalogue

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A moved block takes an object over from Mastercard's restapi provider, which manages any REST API's objects,
// DemandFlow's among them: https://registry.terraform.io/providers/Mastercard/restapi/latest/docs/resources/object. It
// is the state that moves; nothing is sent, and the refresh that follows brings in what the old state does not have.

// restapiType is the resource that can be moved from.
const restapiType = "restapi_object"

// A restapiState is the part of that resource's state that identifies the object. A field that one of the attributes
// lacks is looked for in the others: their content depends on how the resource was configured.
type restapiState struct {
	ID       string         `json:"id"`
	Data     string         `json:"data"`         // what the configuration set, as the JSON that was sent
	Response string         `json:"api_response"` // the object, as it was last read
	Read     map[string]any `json:"api_data"`     // the same as a map of texts
}

// MoveState has one mover, for the errors that explain why a state cannot be moved.
func (r *entityResource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{{StateMover: r.moveState}}
}

// moveState does without the tenant, because a resource is not configured for a move. The refresh that follows has it.
func (r *entityResource) moveState(ctx context.Context, req resource.MoveStateRequest,
	resp *resource.MoveStateResponse) {
	if req.SourceTypeName != restapiType {
		resp.Diagnostics.Append(r.base.cannotMove("",
			fmt.Errorf("it is a %s of %s, and only %s of Mastercard's provider can be moved", req.SourceTypeName,
				req.SourceProviderAddress, restapiType)))
		return
	}
	var source restapiState
	if err := json.Unmarshal(req.SourceRawState.JSON, &source); err != nil {
		resp.Diagnostics.Append(r.base.cannotMove("",
			fmt.Errorf("its state (schema version %d) is not as this provider knows it: %w", req.SourceSchemaVersion, err)))
		return
	}
	object, set, err := source.object(r.base)
	if err != nil {
		resp.Diagnostics.Append(r.base.cannotMove(source.ID, err))
		return
	}
	prior := nullValues(resp.TargetState.Raw.Type())
	owned := r.base.takeOver(prior, set)
	state, _ := r.base.readFields(object, prior) // the refresh warns of what cannot be read
	r.base.readArguments(state, prior, object)
	resp.TargetState.Raw = tftypes.NewValue(resp.TargetState.Raw.Type(), state.raw())
	if !state[subscriptionAttribute].IsNull() { // half an identity could not be completed: identities never change
		identify(resp.TargetIdentity, state, nil)
	}
	saveOwned(ctx, resp.TargetPrivate, owned, &resp.Diagnostics)
}

// object is the object that a state holds, and what of it the configuration had set.
func (s restapiState) object(t *table) (object, set demandflow.Object, err error) {
	set, _ = jsonObject(s.Data)
	object, ok := jsonObject(s.Response)
	if !ok || object.Text("entity") == "" { // it answered a write with nothing, or with something else
		object = demandflow.Object{}
		maps.Copy(object, set)
		for _, name := range []string{"entity", "subscription", "comboKey"} {
			if value, ok := s.Read[name]; ok {
				object[name] = value
			}
		}
	}
	if object.ID() == "" {
		object["id"] = s.ID
	}
	switch code := object.Text("entity"); {
	case code == "":
		return nil, nil, errors.New("its state does not say which entity it holds: neither data nor api_data nor " +
			"api_response has the field \"entity\"")
	case code != t.Code:
		return nil, nil, fmt.Errorf("it holds a %s (entity %s), and not a %s%s", entity.NounOf(code), code, t.Noun(),
			otherTarget(code))
	case !entity.IsID(object.ID()):
		return nil, nil, fmt.Errorf("its state has the id %q, which is not a UUID as DemandFlow's ids are", object.ID())
	}
	return object, set, nil
}

// takeOver adds to a blank state what only the old state has: secrets, which it had in plain text,
// and fields of the tenant's own. What it had set is Terraform's from now on too, so that leaving something out shows
// in the plan.
func (t *table) takeOver(prior values, set demandflow.Object) ownedFields {
	owned := ownedFields{}
	known := entity.Reserved()
	for _, c := range t.columns {
		known = append(known, c.Name)
		if !c.Writable() || demandflow.Unset(set[c.Name]) {
			continue
		}
		value, err := c.Decode(set[c.Name])
		if err != nil {
			continue
		}
		owned = append(owned, c.Name)
		if c.Secret {
			prior[c.attribute] = value
		}
	}
	slices.Sort(owned)
	custom := map[string]tftypes.Value{}
	for name, value := range set {
		if !slices.Contains(known, name) && !demandflow.Unset(value) {
			custom[name] = tftypes.NewValue(tftypes.String, field.FormatJSON(value))
		}
	}
	if len(custom) > 0 {
		prior[customFieldsArgument] = tftypes.NewValue(customFieldsType, custom)
	}
	return owned
}

// jsonObject reads a JSON object; false where the text is something else.
func jsonObject(s string) (demandflow.Object, bool) {
	object, ok := field.ParseJSON(s).(map[string]any)
	return object, ok
}

// otherTarget names the resource that an object of another entity can be moved to, if there is one.
func otherTarget(code string) string {
	for _, e := range entity.All() {
		if e.Code == code {
			return ". Move it to a demandflow_" + e.TypeName()
		}
	}
	return ""
}

// An upgrade makes a state of one version of a resource's schema one of the next. It gets the attributes as the state
// file has them, and changes them in place. What needs one: an attribute that gets another name or type, or goes. What
// needs none: a new attribute, and everything that is not in the state.
type upgrade func(attributes map[string]any) error

// upgrades are each entity's, by its code: the first makes version 1 of version 0. Their number is the schema's
// version. A new one comes with a state of the new version to testdata/state; a test reads all that were ever
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
					resp.Diagnostics.Append(r.base.cannotUpgrade(version, err))
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
