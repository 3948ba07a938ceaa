package scaleway

import (
	"cmp"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// Values of ListOptions.OrderBy. Images that are equal in it are sorted by id.
const (
	OrderCreatedAtAsc  = "created_at_asc"
	OrderCreatedAtDesc = "created_at_desc"
	OrderNameAsc       = "name_asc"
	OrderNameDesc      = "name_desc"
	OrderRegion        = "region"
	OrderStatusAsc     = "status_asc"
	OrderStatusDesc    = "status_desc"
)

// Orders lists the orders, the default first.
func Orders() []string {
	return []string{OrderCreatedAtAsc, OrderCreatedAtDesc, OrderNameAsc, OrderNameDesc, OrderRegion, OrderStatusAsc,
		OrderStatusDesc}
}

// sortEntries sorts images. The API sorts within a region only, leaves the order of equals open, and the SDK has no
// names for regions and statuses, so all orders are made here.
func sortEntries(entries []entry, order string) {
	by, descending := strings.CutSuffix(order, "_desc")
	slices.SortFunc(entries, func(a, b entry) int {
		first, second := a, b
		if descending {
			first, second = b, a
		}
		compared := 0
		switch strings.TrimSuffix(by, "_asc") {
		case "name":
			compared = cmp.Compare(first.image.Name, second.image.Name)
		case OrderRegion:
			compared = cmp.Compare(first.region, second.region)
		case "status":
			compared = cmp.Compare(first.image.Status, second.image.Status)
		default:
			compared = image.ValueOf(first.image.CreatedAt).Compare(image.ValueOf(second.image.CreatedAt))
		}
		return cmp.Or(compared, cmp.Compare(a.image.ID, b.image.ID), cmp.Compare(a.region, b.region))
	})
}
