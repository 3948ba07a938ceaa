package chaos

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// hcl is a configuration as the real engine reads it. Addresses are registry.0 in walks and
// demandflow_docker_registry.registry_0 there.
func (w *walk) hcl(endpoint, token string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "terraform {\n  required_providers {\n    demandflow = {\n      source = "+
		"\"demandflow/demandflow\"\n    }\n  }\n}\n\n")
	fmt.Fprintf(&b, "provider \"demandflow\" {\n  endpoint    = %q\n  token       = %q\n  max_retries = 1\n}\n", endpoint,
		token)
	var all []string
	for _, t := range things {
		address := t.address()
		if w.config.things[address] == nil {
			continue
		}
		all = append(all, realAddress(address))
		fmt.Fprintf(&b, "\nresource %q %q {\n", t.kind.name, label(address))
		for _, f := range t.kind.fields {
			if !w.declared(address, f) {
				continue
			}
			v := t.value(f, w.config.things[address][f])
			switch {
			case v.to == foreignRegistry:
				fmt.Fprintf(&b, "  %s = %q\n", f.attrs[0], foreignRegistryID)
			case v.to != "":
				fmt.Fprintf(&b, "  %s = %s.id\n", f.attrs[0], realAddress(v.to))
			}
			for _, name := range slices.Sorted(maps.Keys(v.attrs)) {
				fmt.Fprintf(&b, "  %s = %s\n", name, expression(v.attrs[name]))
			}
		}
		b.WriteString("}\n")
	}
	for n := range w.config.lookUps {
		by := w.world.otherObjects[n%4]
		fmt.Fprintf(&b, "\ndata %q %q {\n  name = %q\n  tag = \"1\"\n  depends_on = [%s]\n}\n", kinds[1].name,
			fmt.Sprintf("look_%d", n), by.name, strings.Join(all, ", "))
	}
	return b.String()
}

func label(address string) string { return strings.ReplaceAll(address, ".", "_") }

func realAddress(address string) string {
	return thingAt(address).kind.name + "." + label(address)
}

// walkAddress is the way back; "" for what is no resource of walks.
func walkAddress(inHCL string) string {
	for _, t := range things {
		if realAddress(t.address()) == inHCL {
			return t.address()
		}
	}
	return ""
}

// expression is a value in HCL. JSON's notation is, but for "${" and "%{", which no value has.
func expression(v tftypes.Value) string { return encodeJSON(v) }
