package field

import (
	"cmp"
	"errors"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Same reports whether two values mean the same: enum label, other case or id; JSON white space and key order; one
// instant in two zones; order in a set; ends of lines in a text; null and empty. An unknown value is the same as
// nothing, and a custom field that is not declared is not one that is declared as null.
func (c Codec) Same(a, b tftypes.Value) bool {
	if !a.IsFullyKnown() || !b.IsFullyKnown() || c.Custom && a.IsNull() != b.IsNull() {
		return false
	}
	return a.Equal(b) || c.canonical(a) == c.canonical(b)
}

// canonical returns the one text that all spellings of a value share; "" for a value that is not set.
func (c Codec) canonical(v tftypes.Value) string {
	if c.Custom {
		return canonicalCustom(Text(v))
	}
	wire := c.Encode(v)
	if document, ok := wire.(string); ok && c.Kind == entity.JSON {
		wire = canonicalJSON(document)
	}
	if c.Secret {
		return jsonText(wire) // every character counts
	}
	return demandflow.CanonicalText(jsonText(wire))
}

// IsUnset reports whether a known value means that the field is not set.
func (c Codec) IsUnset(v tftypes.Value) bool {
	if c.Custom {
		return demandflow.Unset(c.Encode(v))
	}
	return c.canonical(v) == ""
}

// Keeps reports whether a state keeps its value, given the object that the API returned and the value in it. A secret
// is compared to the letter, so that a line end in it can be corrected, but a line end that DemandFlow has trimmed
// stays in the state.
func (c Codec) Keeps(before, now tftypes.Value, object demandflow.Object) bool {
	return demandflow.Hidden(c.Field, object) || c.Same(before, now) ||
		c.Secret && demandflow.CanonicalText(Text(before)) == demandflow.CanonicalText(Text(now)) && !before.IsNull()
}

// Compare orders two values: date-times as instants (RFC 3339 without trailing zeros does not sort as text),
// everything else as text. What is not set comes first.
func (c Codec) Compare(a, b tftypes.Value) int {
	if c.Kind == entity.DateTime && !a.IsNull() && !b.IsNull() {
		first, errA := parseInstant(Text(a))
		second, errB := parseInstant(Text(b))
		must(errors.Join(errA, errB)) // Decode has made both
		return first.Compare(second)
	}
	return cmp.Compare(Text(a), Text(b))
}
