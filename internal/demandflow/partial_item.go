package demandflow

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

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
			item.Object, err = decodeFields(pick(item.raw, wanted))
			if mark, marked := item.Object[typeField]; err == nil && item.ID() != "" && (!marked || mark == "data") {
				return item, nil
			}
		}
		item.Object, err = decodeFields(item.raw)
		return item, err
	}
}

// pick returns a JSON object with some of the members of another one, which must be valid.
func pick(raw []byte, wanted map[string]bool) []byte {
	picked := []byte{'{'}
	for i := 1; ; {
		begin := i + bytes.IndexAny(raw[i:], `"}`)
		if raw[begin] == '}' {
			return append(bytes.TrimSuffix(picked, []byte{','}), '}')
		}
		end := stringEnd(raw, begin)
		name := string(raw[begin+1 : end-1])
		if bytes.IndexByte(raw[begin:end], '\\') >= 0 {
			_ = json.Unmarshal(raw[begin:end], &name)
		}
		i = valueEnd(raw, end+bytes.IndexByte(raw[end:], ':')+1)
		if wanted[name] {
			picked = append(append(picked, raw[begin:i]...), ',')
		}
	}
}

// stringEnd returns the index after the string that begins at i.
func stringEnd(raw []byte, i int) int {
	for i++; raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// valueEnd returns the index after the member's value that begins at i: that of a comma or of the brace that closes the
// object.
func valueEnd(raw []byte, i int) int {
	for depth := 0; ; {
		switch raw[i] {
		case '"':
			i = stringEnd(raw, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
		i++
	}
}
