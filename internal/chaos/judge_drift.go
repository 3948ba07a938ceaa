package chaos

import "github.com/hashicorp/terraform-plugin-go/tftypes"

// judgeDrift holds a plan against what DemandFlow has: a field that has what the configuration says, and has it in the
// state too, is changed by nothing.
func (w *walk) judgeDrift(p *plan) *finding {
	for _, address := range sortedKeys(p.changes) {
		c := p.changes[address]
		if c.action != update || w.state[address] == nil {
			continue
		}
		stored := w.world.Object(w.idIn(address))
		kept := w.attributesIn(address)
		k := thingAt(address).kind
		for _, f := range k.fields {
			if f.name == "" || f.secret || stored == nil || !w.declared(address, f) || !f.shape.equal(stored[f.name],
				w.config.wanted(address, f, w.idIn)) {
				continue
			}
			attr := f.attrs[0]
			if !same(c.prior[attr], c.planned[attr]) && same(kept[attr], c.planned[attr]) {
				return found(noDrift, "%s: %s is planned from %s to %s, and is that already", address, attr, show(c.prior[attr]),
					show(c.planned[attr]))
			}
		}
	}
	return nil
}

// attributesIn returns the state file's instance.
func (w *walk) attributesIn(address string) object {
	t := w.schemas.types[thingAt(address).kind.name]
	//nolint:staticcheck // the walks read a state file as Terraform does
	value, err := tftypes.ValueFromJSON([]byte(w.state[address].json), t.object)
	must(err)
	var attributes map[string]tftypes.Value
	must(value.As(&attributes))
	return attributes
}
