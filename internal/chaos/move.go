package chaos

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// move takes an object that is left over from the state of the generic REST provider, which had set what the object
// has.
func (w *walk) move(t thing) *finding {
	address := t.address()
	if w.config.things[address] == nil || w.state[address] != nil {
		return nil
	}
	for _, id := range w.duplicates(t.kind, w.wantedKey(address)) {
		if w.left[id] != nil {
			return w.moveObject(address, id)
		}
	}
	return nil
}

func (w *walk) moveObject(address, id string) *finding {
	object := w.world.Object(id)
	k := thingAt(address).kind
	data := map[string]any{"entity": k.code}
	for _, f := range k.fields {
		if f.required {
			data[f.name] = object[f.name]
		}
	}
	source := mustJSON(map[string]any{"id": id, "data": string(mustJSON(data)), "api_response": string(mustJSON(object)),
		"api_data": map[string]any{}})
	r := &run{schemas: w.schemas, world: w.world, config: w.config, token: goodToken, state: w.state}
	w.world.reset(r, nil, nil)
	defer w.world.end()
	if !r.start(context.Background()) {
		return found(calm, "the provider cannot be configured: %s", r.firstError())
	}
	answer, err := r.process.MoveResourceState(context.Background(), &tfprotov6.MoveResourceStateRequest{
		SourceProviderAddress: "registry.terraform.io/mastercard/restapi", SourceTypeName: "restapi_object",
		SourceState: &tfprotov6.RawState{JSON: source}, TargetTypeName: k.name,
	})
	if !r.answered(address, err) || !r.heard(address, answer.Diagnostics) {
		return found(calm, "%s cannot be moved: %s", address, r.firstError())
	}
	moved, err := r.typeOf(address).decode(answer.TargetState)
	if err != nil || moved == nil {
		return found(rules, "%s: the moved state cannot be read: %v", address, err)
	}
	w.state.put(address, &resource{object: moved, private: answer.TargetPrivate, identity: answer.TargetIdentity})
	delete(w.left, id)
	w.records[id] = newRecord(address)
	for name := range data {
		w.records[id].owned[name] = true
	}
	return nil
}
