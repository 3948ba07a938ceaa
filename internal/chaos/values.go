package chaos

import (
	"bytes"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// bodyOf decodes a request's body, and leaves it as it was.
func bodyOf(in *http.Request) map[string]any {
	if in.Body == nil {
		return nil
	}
	text, err := io.ReadAll(in.Body)
	in.Body = io.NopCloser(bytes.NewReader(text))
	if err != nil || len(text) == 0 {
		return nil
	}
	body, _ := decodeJSON(text).(map[string]any)
	return body
}

func decodeJSON(text []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return nil
	}
	return value
}

// equal reports whether DemandFlow's value of a field is another one in all that counts.
func (s shape) equal(a, b any) bool {
	switch s {
	case document:
		x, y := decodeJSON([]byte(stringOf(a))), decodeJSON([]byte(stringOf(b)))
		return x != nil && reflect.DeepEqual(x, y) || reflect.DeepEqual(a, b)
	case lineSet:
		return reflect.DeepEqual(sorted(strings.Split(stringOf(a), "\n")), sorted(strings.Split(stringOf(b), "\n")))
	case optionSet:
		return reflect.DeepEqual(sortedAny(a), sortedAny(b))
	}
	return reflect.DeepEqual(a, b)
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func sortedAny(v any) []string {
	var texts []string
	list, _ := v.([]any)
	for _, item := range list {
		texts = append(texts, stringOf(item))
	}
	return sorted(texts)
}

func stringOf(v any) string {
	s, _ := v.(string)
	return s
}

// version returns that of a stored object; -1 for none.
func version(object map[string]any) int64 {
	number, ok := object["_df_version"].(json.Number)
	if !ok {
		return -1
	}
	n, err := number.Int64()
	must(err)
	return n
}

// whole returns a whole number of a state; -1 for none.
func whole(v tftypes.Value) int64 {
	if v.IsNull() || !v.IsKnown() {
		return -1
	}
	var number big.Float
	must(v.As(&number))
	n, _ := number.Int64()
	return n
}
