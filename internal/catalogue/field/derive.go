package field

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/opencontainers/go-digest"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
)

// Derive computes an attribute that the API does not have from the fields that it follows. What cannot be computed is
// null: an entry without a digest has nothing to pin.
func (c Codec) Derive(object demandflow.Object) tftypes.Value {
	switch c.Kind {
	case entity.Digest:
		if d, ok := imageDigest(object.Text(c.DerivedFrom[0])); ok {
			return tftypes.NewValue(c.Type, d.String())
		}
	case entity.Pinned:
		d, known := imageDigest(object.Text(c.DerivedFrom[1]))
		if pinned, ok := reference.PinnedText(object.Text(c.DerivedFrom[0]), d); ok && known {
			return tftypes.NewValue(c.Type, pinned)
		}
	}
	return c.Null()
}

// imageDigest reads an image id with or without its algorithm, in either case.
func imageDigest(id string) (digest.Digest, bool) {
	id = strings.ToLower(strings.TrimSpace(id))
	if !strings.Contains(id, ":") {
		id = digest.Canonical.String() + ":" + id
	}
	d, err := digest.Parse(id)
	return d, err == nil
}
