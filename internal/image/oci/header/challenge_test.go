package header

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestChallenges_areReadHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	bearer := Challenge{"bearer", map[string]string{"realm": "https://a/token", "service": "s"}}
	basic := Challenge{"basic", map[string]string{"realm": "r"}}
	for _, test := range []struct {
		fields []string
		want   []Challenge
	}{
		{[]string{`Bearer realm="https://a/token",service="s"`}, []Challenge{bearer}},
		{[]string{`bearer realm="https://a/token", service="s"`}, []Challenge{bearer}},
		{[]string{`BEARER Realm="https://a/token" , Service=s`}, []Challenge{bearer}},
		{[]string{`Bearer  realm = "https://a/token" ,, service= s ,`}, []Challenge{bearer}},
		{[]string{`Basic realm="r", Bearer realm="https://a/token",service="s"`}, []Challenge{basic, bearer}},
		{[]string{`Bearer realm="https://a/token",service="s", Basic realm="r"`}, []Challenge{bearer, basic}},
		{[]string{`Basic realm="r"`, `Bearer realm="https://a/token",service="s"`}, []Challenge{basic, bearer}},
		{[]string{`Bearer realm="https://a/token",service="s" Basic realm="r"`}, []Challenge{bearer, basic}},
		{[]string{`Negotiate, Basic realm="r"`}, []Challenge{{"negotiate", map[string]string{}}, basic}},
		{[]string{`Negotiate`, `Basic realm="r"`}, []Challenge{{"negotiate", map[string]string{}}, basic}},
		{[]string{`Basic realm="r", realm="other"`}, []Challenge{basic}},
		{[]string{`Basic`}, []Challenge{{"basic", map[string]string{}}}},
		{[]string{`Basic realm="a \"b\", c=d"`}, []Challenge{{"basic", map[string]string{"realm": `a "b", c=d`}}}},
		{[]string{`Basic realm="not closed`}, []Challenge{{"basic", map[string]string{"realm": "not closed"}}}},
		{[]string{`Bearer scope="repository:a:pull repository:b:pull"`},
			[]Challenge{{"bearer", map[string]string{"scope": "repository:a:pull repository:b:pull"}}}},
		{[]string{`realm="r"`}, nil},
		{[]string{`="=`, ""}, nil},
		{nil, nil},
	} {
		if got := Challenges(http.Header{"Www-Authenticate": test.fields}); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q is read as %+v, want %+v", test.fields, got, test.want)
		}
	}
}

// A header may be of a megabyte: what is offered after the first ways is not read.
func TestChallenges_areReadUpToALimit(t *testing.T) {
	t.Parallel()
	one := `Bearer realm="https://a/token"`
	for _, fields := range [][]string{
		{strings.Repeat(one+", ", 20_000)}, slices.Repeat([]string{one}, 20_000),
		{strings.Repeat(one+", ", maxChallenges)}, {one, strings.Repeat(one+", ", maxChallenges-1)},
	} {
		got := Challenges(http.Header{"Www-Authenticate": fields})
		if len(got) != maxChallenges || got[maxChallenges-1].Parameters["realm"] != "https://a/token" {
			t.Errorf("%d are read, want %d", len(got), maxChallenges)
		}
	}
}

func FuzzChallenges(f *testing.F) {
	for _, seed := range []string{`Basic realm="registry", Bearer realm="https://a/token",service="s"`, `Negotiate abc==`,
		`Bearer realm="a\`, `,=," ,`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, field string) {
		for _, c := range parseChallenges(field) {
			if c.Scheme == "" || c.Parameters == nil || strings.ContainsAny(c.Scheme, separators+`="`) {
				t.Errorf("%q is read as %+v", field, c)
			}
			for name := range c.Parameters {
				if name == "" {
					t.Errorf("%q has a parameter without a name: %+v", field, c)
				}
			}
		}
	})
}
