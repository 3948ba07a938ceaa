package chaos

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A configuration is what is declared: for each address the fields of its resource, and of each which of its values.
type configuration struct {
	things  map[string]map[*field]int
	lookUps int // how many data sources look at objects that no configuration writes
}

func thingAt(address string) thing {
	i := slices.IndexFunc(things, func(t thing) bool { return t.address() == address })
	return things[i]
}

// declare adds a resource with what is required, and with every third optional field for each bit that is set.
func (c *configuration) declare(t thing, bits int) {
	if c.things[t.address()] != nil {
		return
	}
	c.things[t.address()] = map[*field]int{}
	for i, f := range t.kind.fields {
		switch {
		case f.required:
			c.things[t.address()][f] = 0
		case bits>>(i%3)&1 == 1 && f.name != "":
			c.things[t.address()][f] = (bits + i) % len(f.values)
		}
	}
}

// refers lists the addresses that a resource refers to.
func (c *configuration) refers(address string) []string {
	var to []string
	t := thingAt(address)
	for f, i := range c.things[address] {
		if v := t.value(f, i); v.to != "" && v.to != foreignRegistry {
			to = append(to, v.to)
		}
	}
	return to
}

// evaluate returns a resource's configuration with its references resolved by what is known of the others' ids. A
// reference to what is not declared is one that people would not have written; it says nothing.
func (c *configuration) evaluate(address string, ids func(address string) tftypes.Value, t *resourceType) object {
	config := maps.Clone(t.blank)
	of := thingAt(address)
	for f, i := range c.things[address] {
		v := of.value(f, i)
		maps.Copy(config, v.attrs)
		switch {
		case v.to == foreignRegistry:
			config[f.attrs[0]] = str(foreignRegistryID)
		case v.to != "" && c.things[v.to] != nil:
			config[f.attrs[0]] = ids(v.to)
		}
	}
	return config
}

// wanted is what DemandFlow has to have for a field that is declared: nil for nothing.
func (c *configuration) wanted(address string, f *field, ids func(address string) string) any {
	v := thingAt(address).value(f, c.things[address][f])
	switch {
	case v.to == foreignRegistry:
		return foreignRegistryID
	case v.to != "":
		if c.things[v.to] == nil {
			return nil
		}
		return ids(v.to)
	case v.api == "":
		return nil
	}
	return v.api
}
