package scaleway

import (
	"cmp"
	"slices"
	"time"
)

// How Images may be ordered: ListOptions.OrderBy. Images that are equal in it follow each other by id.
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

// sortEntries puts images in order. The API's own order ends at a region, leaves open what comes first of two that are
// equal, and has no words for regions and statuses in the SDK, so the order is made here for all.
func sortEntries(entries []entry, order string) {
	slices.SortFunc(entries, func(a, b entry) int {
		by := 0
		switch order {
		case OrderNameAsc:
			by = cmp.Compare(a.image.Name, b.image.Name)
		case OrderNameDesc:
			by = cmp.Compare(b.image.Name, a.image.Name)
		case OrderRegion:
			by = cmp.Compare(a.region, b.region)
		case OrderStatusAsc:
			by = cmp.Compare(a.image.Status, b.image.Status)
		case OrderStatusDesc:
			by = cmp.Compare(b.image.Status, a.image.Status)
		case OrderCreatedAtDesc:
			by = at(b.image.CreatedAt).Compare(at(a.image.CreatedAt))
		default:
			by = at(a.image.CreatedAt).Compare(at(b.image.CreatedAt))
		}
		return cmp.Or(by, cmp.Compare(a.image.ID, b.image.ID), cmp.Compare(a.region, b.region))
	})
}

// at returns a time, or the beginning of all where there is none.
func at(moment *time.Time) time.Time {
	if moment == nil {
		return time.Time{}
	}
	return *moment
}
