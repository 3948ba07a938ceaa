package demandflow

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow/jsonlist"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// What an item says of itself beside its fields.
const (
	typeField = "_type"
	metaField = "_meta"
)

// A listItem is an item of a list: all of its fields, or some and the JSON of the whole.
type listItem struct {
	Object
	raw json.RawMessage
}

// A decodeItem decodes the next item of a list.
type decodeItem func(*json.Decoder) (listItem, error)

// wholeItem decodes all fields of an item.
func wholeItem(decoder *json.Decoder) (item listItem, err error) {
	err = decoder.Decode(&item.Object)
	return item, cmp.Or(err, notNull(item.Object))
}

func notNull(item Object) error {
	if item == nil {
		return errors.New("it is null, not an object")
	}
	return nil
}

// partialItem returns a decodeItem for objects of which most are never asked for: it decodes the fields that
// [Client.observe] and a [listCache] need, a fourth of the whole, and keeps the JSON.
func (c *Client) partialItem() decodeItem {
	wanted := map[string]bool{"entity": true, typeField: true, metaField: true}
	for _, field := range entity.System() {
		wanted[field.Name] = true
	}
	for _, of := range entity.All() {
		names := slices.Concat(keyFields(of), c.secretNames(of.Code))
		for _, key := range of.Keys {
			names = append(names, key.Fields...)
		}
		for _, name := range names {
			wanted[name] = true
		}
	}
	return func(decoder *json.Decoder) (item listItem, err error) {
		if err := decoder.Decode(&item.raw); err != nil {
			return item, err
		}
		if item.raw[0] == '{' {
			item.Object, err = decodeFields(jsonlist.Pick(item.raw, wanted))
			if mark, marked := item.Object[typeField]; err == nil && item.ID() != "" && (!marked || mark == "data") {
				return item, nil
			}
		}
		item.Object, err = decodeFields(item.raw)
		return item, cmp.Or(err, notNull(item.Object))
	}
}

// An itemError is an item that is a failure, reported in mid-stream under a status that says success.
type itemError struct{ message, entity, source string }

func (e *itemError) Error() string {
	text := "the list failed in mid-stream: " + cmp.Or(e.message, "no reason given")
	if e.entity != "" {
		text += " (entity " + e.entity + ")"
	}
	if e.source != "" {
		text += " (source " + e.source + ")"
	}
	return text
}

// dataItem removes the mark of an item that is an object, and returns the error that another item stands for.
func dataItem(item Object) error {
	mark, marked := item[typeField]
	switch {
	case mark == "error":
		entity, source := item.Text("entity"), item.Text("source")
		delete(item, "source") // it is what the line asked for, and no field
		code, message := wire.ReasonOf(item)
		return &itemError{message: cmp.Or(message, code), entity: entity, source: source}
	case marked && mark != "data", item[metaField] == true:
		return fmt.Errorf("the list has an item of a kind (%s) that this client does not know: %v", typeField, mark)
	case item.ID() == "" && (item["message"] != nil || item["error"] != nil || item["errors"] != nil):
		code, message := wire.ReasonOf(item)
		return &itemError{message: cmp.Or(message, code)}
	case item.ID() == "":
		return errors.New("the list has an item without an id")
	}
	delete(item, typeField)
	return nil
}

// metaItem reads an item about the query itself; false if it is none.
func metaItem(item Object) (QueryItem, bool, error) {
	kind := item.Text(typeField)
	if item[metaField] != true || (kind != metaCount && kind != metaScan) {
		return QueryItem{}, false, nil
	}
	meta := QueryItem{Entity: item.Text("entity"), Type: kind}
	var ok bool
	if kind == metaCount {
		if meta.Count, ok = integer(item["count"]); !ok {
			return meta, true, errors.New("the query's count is not a whole number")
		}
	}
	return meta, true, nil
}
