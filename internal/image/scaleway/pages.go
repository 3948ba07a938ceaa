package scaleway

import (
	"errors"
	"fmt"
)

const (
	pageSize = 100 // the most that the API gives
	// How often a list is read from its beginning before it is given up. Somebody who pushes or deletes while a list is
	// read moves images from one page to another.
	maxReadings = 3
)

// A page is one page of a list, and how long the list is in all.
type page[T any] struct {
	items []*T
	total uint32
}

// all reads every page of a list, and each item once. A list that changes while it is read is read anew; one that does
// not become complete is an error, because what is missing in it would be taken for deleted.
func all[T any](id func(*T) string, read func(number int32) (page[T], error)) ([]*T, error) {
	var missing error
	for range maxReadings {
		items, complete, err := once(id, read)
		if err != nil || complete == nil {
			return items, err
		}
		missing = complete
	}
	return nil, missing
}

// once reads a list from its beginning. The error in the middle says in what the list is not complete.
func once[T any](id func(*T) string, read func(number int32) (page[T], error)) (items []*T, incomplete, err error) {
	seen := map[string]bool{}
	var first uint32
	for number := int32(1); ; number++ {
		got, err := read(number)
		if err != nil {
			return nil, nil, err
		}
		if number == 1 {
			first = got.total
		}
		if got.total != first {
			return nil, fmt.Errorf("the list was changed each time it was read (%d times)", maxReadings), nil
		}
		before := len(items)
		for _, item := range got.items {
			if item == nil || id(item) == "" {
				return nil, nil, errors.New("the list has an item without an id")
			}
			if !seen[id(item)] {
				seen[id(item)] = true
				items = append(items, item)
			}
		}
		switch {
		case len(items) == int(first):
			return items, nil, nil
		case len(items) == before || len(items) > int(first):
			return nil, fmt.Errorf("the list holds %d items but says that it has %d", len(items), first), nil
		}
	}
}
