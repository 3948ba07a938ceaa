package demandflow

import (
	"reflect"
	"strings"
	"testing"
)

func TestNewComboKey_endsInENT(t *testing.T) {
	t.Parallel()
	for want, parents := range map[string][]Parent{
		"SUB:s|ENT:":                             nil,
		"SUB:s|K8SCLUSTER:1|K8SNAMESPACE:2|ENT:": {{"K8SCLUSTER", "1"}, {"K8SNAMESPACE", "2"}},
	} {
		key, err := NewComboKey("s", parents)
		if err != nil || key.String() != want {
			t.Errorf("got %q, %v, want %q", key, err, want)
		}
	}
}

func TestNewComboKey_refusesWhatWouldBreakTheKey(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		subscription string
		parents      []Parent
	}{
		{"", nil}, {"a|b", nil}, {"s", []Parent{{"", "1"}}}, {"s", []Parent{{"A", ""}}}, {"s", []Parent{{"A|B", "1"}}},
		{"s", []Parent{{"A:B", "1"}}}, {"s", []Parent{{"ENT", "1"}}}, {"s", []Parent{{"SUB", "1"}}},
		{"s", []Parent{{"A", "1|2"}}},
	} {
		if key, err := NewComboKey(test.subscription, test.parents); err == nil {
			t.Errorf("%+v became %q", test, key)
		}
	}
}

func TestParseComboKey(t *testing.T) {
	t.Parallel()
	got, err := ParseComboKey("SUB:s|VEN:v:1|ENT:e")
	want := ComboKey{Subscription: "s", Parents: []Parent{{"VEN", "v:1"}}, ID: "e"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, text := range []string{"", "SUB:s", "ENT:e", "SUB:s|e", "SUB:|ENT:e", "VEN:v|ENT:e", "SUB:s|VEN:v",
		"SUB:s|ENT:e|ENT:f", "SUB:s|SUB:s|ENT:e", "SUB:s|VEN:|ENT:e", "SUB:s|ENT:e|"} {
		if key, err := ParseComboKey(text); err == nil {
			t.Errorf("%q was read as %+v", text, key)
		} else if !strings.Contains(err.Error(), "combo key") {
			t.Errorf("%q: %s", text, err)
		}
	}
}

func FuzzComboKey(f *testing.F) {
	for _, seed := range []string{"SUB:s|ENT:", "SUB:s|VEN:v|ENT:e", "SUB:|ENT:", "SUB:s|A:b:c|ENT::", "|",
		"SUB:s|:x|ENT:e"} {
		f.Add(seed, "A", "1")
	}
	f.Fuzz(func(t *testing.T, text, code, id string) {
		if key, err := ParseComboKey(text); err == nil && key.String() != text {
			t.Fatalf("%q came back as %q", text, key)
		}
		key, err := NewComboKey(text, []Parent{{code, id}})
		if err != nil {
			return
		}
		again, err := ParseComboKey(key.String())
		if err != nil || !reflect.DeepEqual(again, key) {
			t.Fatalf("%+v came back as %+v (%v)", key, again, err)
		}
	})
}
