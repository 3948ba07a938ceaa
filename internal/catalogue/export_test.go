package catalogue

import (
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// What this package's tests have, for those of them that run the provider.

// Settable are all that a configuration of an entity may set, by attribute, with values in several spellings.
func Settable(e *entity.Entity) map[string][]tftypes.Value { return settable(newTable(e)) }

// PartlyUnknown are a value's earlier selves.
func PartlyUnknown(v tftypes.Value) []tftypes.Value { return partlyUnknown(v) }
