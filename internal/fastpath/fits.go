package fastpath

import (
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// fits reports whether a JSON document is a value of a type as Terraform writes it: each attribute there and none
// beside them, each of its kind. Then it decodes to the same value everywhere.
func fits(document []byte, typ tftypes.Type) bool {
	if len(document) == 0 {
		return false
	}
	first := document[0]
	if first == 'n' {
		return string(document) == "null"
	}
	switch typ := typ.(type) {
	case tftypes.Object:
		var attributes map[string]json.RawMessage
		if first != '{' || json.Unmarshal(document, &attributes) != nil || len(attributes) != len(typ.AttributeTypes) {
			return false
		}
		for name, value := range attributes {
			if of, known := typ.AttributeTypes[name]; !known || !fits(value, of) {
				return false
			}
		}
		return true
	case tftypes.Map:
		var entries map[string]json.RawMessage
		if first != '{' || json.Unmarshal(document, &entries) != nil {
			return false
		}
		for _, value := range entries {
			if !fits(value, typ.ElementType) {
				return false
			}
		}
		return true
	case tftypes.List:
		return allFit(document, typ.ElementType)
	case tftypes.Set:
		return allFit(document, typ.ElementType)
	}
	switch {
	case typ.Is(tftypes.String):
		return first == '"'
	case typ.Is(tftypes.Bool):
		return first == 't' || first == 'f'
	case typ.Is(tftypes.Number):
		return first == '-' || first >= '0' && first <= '9'
	}
	return false
}

func allFit(document []byte, typ tftypes.Type) bool {
	var entries []json.RawMessage
	if document[0] != '[' || json.Unmarshal(document, &entries) != nil {
		return false
	}
	for _, value := range entries {
		if !fits(value, typ) {
			return false
		}
	}
	return true
}
