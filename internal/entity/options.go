package entity

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// An Option is one choice of an Enum or MultiSelect: what the API stores, and what people read.
type Option struct{ ID, Label string }

// Options are a field's choices in the order in which DemandFlow shows them.
type Options []Option

// labels numbers its arguments from "1", as DemandFlow's default definitions do.
func labels(names ...string) Options {
	options := make(Options, len(names))
	for i, name := range names {
		options[i] = Option{ID: strconv.Itoa(i + 1), Label: name}
	}
	return options
}

// Find returns the option that a person means: by label, else by id, else by label in another case. The order matters
// where an administrator named an option like another's id. Of several options with one label it returns the first.
func (o Options) Find(spelling string) (Option, bool) {
	if found := o.Matches(spelling); len(found) > 0 {
		return found[0], true
	}
	return Option{}, false
}

// Matches returns the options that a spelling can mean. More than one have the same label, and only an id tells them
// apart.
func (o Options) Matches(spelling string) Options {
	for _, matches := range []func(Option) bool{
		func(option Option) bool { return option.Label == spelling },
		func(option Option) bool { return option.ID == spelling },
		func(option Option) bool { return strings.EqualFold(option.Label, spelling) },
	} {
		var found Options
		for _, option := range o {
			if matches(option) {
				found = append(found, option)
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// ID translates what a person wrote into the id that the API stores. A spelling of no option passes through: it may be
// an id that the tenant added.
func (o Options) ID(spelling string) string {
	if option, ok := o.Find(spelling); ok {
		return option.ID
	}
	return spelling
}

// Label translates an id of the API into what people read. An unknown id passes through.
func (o Options) Label(id string) string {
	for _, option := range o {
		if option.ID == id {
			return option.Label
		}
	}
	return id
}

// Spelling returns how an id of the API is shown where people may write it again: by its label, or by the id itself
// where the label alone means, or may mean, another option.
func (o Options) Spelling(id string) string {
	if label := o.Label(id); o.ID(label) == id && !o.Ambiguous(label) && len(o.Matches(label)) < 2 {
		return label
	}
	return id
}

// Ambiguous reports whether a spelling is one option's label and another one's id.
func (o Options) Ambiguous(spelling string) bool {
	option, ok := o.Find(spelling)
	return ok && option.Label == spelling && option.ID != spelling && o.Label(spelling) != spelling
}

// Labels lists what people may write, in the order of the form.
func (o Options) Labels() []string {
	names := make([]string, len(o))
	for i, option := range o {
		names[i] = option.Label
	}
	return names
}

// same reports whether two lists have the same options, in any order.
func (o Options) same(others Options) bool {
	sorted := func(options Options) Options {
		return slices.SortedFunc(slices.Values(options), func(a, b Option) int {
			return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Label, b.Label))
		})
	}
	return slices.Equal(sorted(o), sorted(others))
}
