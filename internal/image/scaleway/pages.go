package scaleway

import (
	"fmt"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

const (
	pageSize = 100 // the largest that the API allows
	// A push or a delete while a list is read moves images to other pages, so that it is read from its beginning again.
	maxReadings = 3
)

// all reads all pages of a list. A list that changes while it is read is read again. A list that stays incomplete is an
// error, because the missing items would pass for deleted ones.
func all[T any](c *Client, doing string, id func(*T) string,
	read func(page *int32) (items []*T, total uint32, err error)) (items []*T, err error) {
	var incomplete string
	for range maxReadings {
		if items, incomplete, err = once(id, read); err != nil {
			return nil, err
		}
		if incomplete == "" {
			return items, nil
		}
		if incomplete == withoutID {
			break // it would be so again
		}
	}
	return nil, c.unusable(doing, incomplete)
}

const withoutID = "the list has an item without an id"

// once reads a list from its beginning. incomplete says what is wrong with it.
func once[T any](id func(*T) string, read func(page *int32) ([]*T, uint32, error)) (items []*T, incomplete string,
	err error) {
	seen := map[string]bool{}
	var total uint32
	for number := int32(1); ; number++ {
		page, length, err := read(&number)
		if err != nil {
			return nil, "", err
		}
		if number == 1 {
			total = length
		}
		if length != total {
			return nil, fmt.Sprintf("the list was changed each time it was read (%d times)", maxReadings), nil
		}
		before := len(items)
		for _, item := range page {
			if item == nil || id(item) == "" {
				return nil, withoutID, nil
			}
			if !seen[id(item)] {
				seen[id(item)] = true
				items = append(items, item)
			}
		}
		switch {
		case len(items) == int(total):
			return items, "", nil
		case len(items) == before || len(items) > int(total):
			return nil, fmt.Sprintf("the list holds %d items but says that it has %d", len(items), total), nil
		}
	}
}

// unusable returns the error of a list that cannot be used.
func (c *Client) unusable(doing, said string) error {
	return image.Cannot(doing, c.clean(said), "Try again when nothing is being pushed or deleted", nil)
}
