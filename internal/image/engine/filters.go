package engine

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/moby/moby/client"
)

// An empty filter is one that somebody meant to set, out of a variable that was empty perhaps. Engines take it for none, and
// so would list, or remove, everything. It is refused instead.

// CheckFilter says what is wrong with the value of a filter: a name, a pattern of names, or a time.
func CheckFilter(value string) error {
	if strings.TrimSpace(value) == "" {
		return errors.New("it is empty, and so chooses nothing. Give it a value, or leave it out (null)")
	}
	return nil
}

// CheckLabel says what is wrong with a label that images are chosen by.
func CheckLabel(label string) error {
	if key, _, _ := strings.Cut(label, "="); strings.TrimSpace(key) == "" {
		return fmt.Errorf("%q is no label. Write a label as key or key=value", label)
	}
	return nil
}

// add puts a filter to the others where it is set.
func add(filters client.Filters, term string, value *string) error {
	if value == nil {
		return nil
	}
	if err := CheckFilter(*value); err != nil {
		return fmt.Errorf("%s: %w", term, err)
	}
	filters.Add(term, *value)
	return nil
}

// filters are the options as the engine is asked for them.
func (o ListOptions) filters() (client.Filters, error) {
	filters := client.Filters{}
	for _, pattern := range o.References {
		if err := add(filters, "reference", &pattern); err != nil {
			return nil, err
		}
	}
	for _, label := range o.Labels {
		if err := CheckLabel(label); err != nil {
			return nil, err
		}
		filters.Add("label", label)
	}
	if o.Dangling != nil {
		filters.Add("dangling", strconv.FormatBool(*o.Dangling))
	}
	return filters, errors.Join(add(filters, "before", o.Before), add(filters, "since", o.Since), add(filters, "until", o.Until))
}
