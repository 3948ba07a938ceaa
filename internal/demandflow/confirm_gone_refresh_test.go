package demandflow

import (
	"testing"
)

// A tenant that was emptied, or restored to before Terraform.
func TestGoneAmongOthers_doubtsFromTheSecondObjectOnWhereTheTenantHasNone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		count string
		reads bool // one object is there, of the same entity
		knows bool // the state has another one, which is not read yet
		want  string
	}{
		"none, and others may be missing": {count: "0", knows: true, want: "reported as gone may still exist, too"},
		"others, and one may be missing":  {count: "3", knows: true},
		"none":                            {count: "0", want: "no docker registries and docker images at all"},
		"others":                          {count: "3"},
		"one of the read":                 {count: "0", reads: true},
		"unknown":                         {count: `"none"`, want: "could not be counted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := answers{
				"GET /v1/objects/p": onePerson, "GET /v1/objects/i": asRead(`{"id":"i","entity":"DOCKERIMAGE"}`),
				"POST /v1/query": `{"_meta":true,"_type":"count","entity":"DOCKERIMAGE","count":` + test.count + `}`,
			}.serve(t)
			client := newClient(t, server.URL)
			if _, err := client.Get(t.Context(), "PPL", "p"); err != nil {
				t.Fatal(err)
			}
			if test.reads {
				if _, err := client.Get(t.Context(), image, "i"); err != nil {
					t.Fatal(err)
				}
			}
			if test.knows {
				client.SetKnown(Object{"id": "r", "entity": "DOCKERREGISTRY"})
			}
			for n, id := range []string{"1", "1", "2", "3"} {
				_, notFound := client.Get(t.Context(), image, id)
				err := client.ConfirmGoneInRefresh(t.Context(), notFound, image, id, "")
				switch {
				case n < 2 && !test.knows || test.want == "":
					if err != nil {
						t.Errorf("object %s: %v", id, err)
					}
				default:
					wantText(t, err, test.want, "Check the endpoint", server.URL)
				}
			}
		})
	}
}

func TestListWhole_believesAnEmptyListOfDemandFlowAlone(t *testing.T) {
	t.Parallel()
	const list = "GET /v1/entities/DOCKERIMAGE/SUB"
	for name, test := range map[string]struct {
		answers      answers
		subscription string
		want         string
	}{
		"of the tenant": {answers{list: "[]", "POST /v1/query": onePerson, "GET /v1/objects/p": onePerson}, tenant,
			""},
		"of another tenant": {answers{list: "[]", "POST /v1/query": onePerson, "GET /v1/objects/p": onePerson},
			otherTenant, "another tenant's"},
		"of a token of no more": {answers{list: "[]",
			"POST /v1/query": `{"_type":"error","message":"not for this token","entity":"PPL"}`}, tenant, ""},
		"of something unknown": {answers{list: "", "POST /v1/query": ""}, tenant, "nothing shows that it is DemandFlow's"},
		"of something else":    {answers{list: "[]"}, tenant, "nothing shows that it is DemandFlow's"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := test.answers.serve(t)
			client := newClient(t, server.URL, func(c *Config) { c.Subscription = test.subscription })
			_, err := wholeList(t, client)
			if test.want == "" && err != nil {
				t.Error(err)
			}
			if test.want != "" {
				wantText(t, err, test.want, server.URL)
			}
		})
	}
}
