package demandflow

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// ownNotFound is a 404 as DemandFlow writes it.
const ownNotFound = `{"error":"not_found","message":"no such object"}`

// A gateway answers 404 to everything. Terraform would forget every object if that counted.
func TestIsNotFound_onlyOfDemandFlowsOwn404(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
		want   bool
	}{
		"DemandFlow":         {404, ownNotFound, true},
		"DemandFlow, spaced": {404, " {\n\"message\": \"x\", \"error\": \"y\"}\n", true},
		"Envoy":              {404, ``, false},
		"nginx ingress":      {404, `default backend - 404`, false},
		"Go":                 {404, "404 page not found\n", false},
		"a web page":         {404, "\n<!DOCTYPE html><title>nginx</title>", false},
		"AWS":                {404, `{"message":"Not Found"}`, false},
		"Kong":               {404, `{"message":"no Route matched with those values","request_id":"1"}`, false},
		"Tyk":                {404, `{"error":"Requested endpoint is forbidden"}`, false},
		"Spring": {404,
			`{"timestamp":"2024","status":404,"error":"Not Found","message":"No message available","path":"/v1"}`, false},
		"Nest":                       {404, `{"statusCode":404,"message":"Cannot GET /v1","error":"Not Found"}`, false},
		"other capitals":             {404, `{"Error":"not_found","Message":"no such object"}`, false},
		"an object for a message":    {404, `{"error":{"code":404},"message":"no such object"}`, false},
		"nothing in it":              {404, `{"error":"","message":""}`, false},
		"a list":                     {404, `["error","message"]`, false},
		"more after it":              {404, ownNotFound + ownNotFound, false},
		"gone for good":              {410, ownNotFound, false},
		"a refusal":                  {403, ownNotFound, false},
		"a success with a 404 in it": {200, ownNotFound, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, text(test.status, test.body))
			_, err := newClient(t, server.URL).Get(t.Context(), "X", "1")
			if err == nil || IsNotFound(err) != test.want {
				t.Errorf("not found: %t, want %t: %v", IsNotFound(err), test.want, err)
			}
			if test.status == 404 && !test.want {
				wantText(t, err, "check the endpoint", server.URL)
			}
		})
	}
}

func TestNew_understandsAnEndpointWithTheVersionAtItsEnd(t *testing.T) {
	t.Parallel()
	for suffix, want := range map[string]string{
		"": "/v1/objects/1", "/": "/v1/objects/1", "/v1": "/v1/objects/1", "/v1/": "/v1/objects/1", "//": "/v1/objects/1",
		"/flow": "/flow/v1/objects/1", "/flow/v1/": "/flow/v1/objects/1", "/a%2Fb/v1": "/a%2Fb/v1/objects/1",
		"/xv1": "/xv1/v1/objects/1",
	} {
		server := serve(t, text(200, `{"id":"1"}`))
		if _, err := newClient(t, server.URL+suffix).Get(t.Context(), "X", "1"); err != nil {
			t.Errorf("%q: %v", suffix, err)
		} else if path := server.asked()[0].path; path != want {
			t.Errorf("%q: asked for %s, want %s", suffix, path, want)
		}
	}
	if err := CheckEndpoint("https://v1"); err != nil {
		t.Error(err)
	}
}

// answers are bodies by method and path. What is not among them is DemandFlow's 404; a body 403 is its refusal. Queries
// list no missing object, unless listedByID says so.
type answers map[string]string

func (a answers) serve(t *testing.T) *recorder {
	var server *recorder
	server = serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		asked := r.Method + " " + r.URL.Path
		if strings.Contains(server.asked()[n-1].body, byID) {
			asked = listedByID
			if _, ok := a[asked]; !ok {
				return // it lists none
			}
		}
		body, ok := a[asked]
		if strings.HasPrefix(body, "403") {
			text(403, `{"error":"forbidden","message":"not for this token"}`)(w, r, n)
			return
		}
		if !ok {
			text(404, ownNotFound)(w, r, n)
			return
		}
		fmt.Fprint(w, body)
	})
	return server
}

// byID is in the query that looks for a missing object, and listedByID is that query among answers.
const (
	byID       = `"filter":{"field":"id"`
	listedByID = "missing objects"
)

const (
	otherTenant = "99999999-0000-4000-8000-000000000009"
	onePerson   = `{"id":"p","entity":"PPL","subscription":"` + tenant + `"}`
)

// gone asks for a missing object of the tenant and concludes from the answer.
func gone(t *testing.T, client *Client, subscription string) error {
	t.Helper()
	_, err := client.Get(t.Context(), image, "1")
	if !IsNotFound(err) {
		t.Fatalf("the object is not missing: %v", err)
	}
	return client.ConfirmGone(t.Context(), err, image, "1", subscription)
}

func TestGone_needsSomethingElseOfTheTenantToBeThere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answers answers
		of      string // the subscription of the object
		want    string // what the doubt says; "" = it is gone
		asked   int    // requests beside the first
	}{
		"a person": {answers{"POST /v1/query": onePerson, "GET /v1/objects/p": onePerson}, tenant, "", 3},
		"a person, another spelling": {answers{"POST /v1/query": onePerson, "GET /v1/objects/p": onePerson},
			strings.ToUpper(tenant), "", 3},
		"an object that says no more": {answers{"POST /v1/query": onePerson, "GET /v1/objects/p": onePerson}, "", "", 3},
		"a person of another tenant": {answers{"POST /v1/query": onePerson, "GET /v1/objects/p": onePerson}, otherTenant,
			"another tenant: the object is of the subscription " + otherTenant, 2},
		"nothing at all": {answers{}, tenant, "nothing shows that this is DemandFlow", 1},
		"an empty list": {answers{"POST /v1/query": ""}, tenant,
			"neither a person, a definition nor another object", 1},
		"a list that may not be read": {answers{"POST /v1/query": `{"_type":"error","message":"not for this token","entity":"PPL"}`}, tenant, "not for this token", 1},
		"a list whose objects are not": {answers{"POST /v1/query": onePerson}, tenant,
			"DemandFlow lists an object, and does not find it by its id", 2},
		"a definition beside a person that may not be read": {answers{
			"POST /v1/query":    onePerson + "\n" + `{"id":"X","entity":"DEFINITION","subscription":"` + tenant + `"}`,
			"GET /v1/objects/p": "403", "GET /v1/objects/X": `{"id":"X","subscription":"` + tenant + `"}`,
		}, tenant, "", 4},
		"a definition that does not name the tenant": {answers{
			"POST /v1/query":    `{"id":"X","entity":"DEFINITION"}` + "\n" + onePerson,
			"GET /v1/objects/X": `{"id":"X","entity":"DEFINITION"}`, "GET /v1/objects/p": onePerson,
		}, tenant, "", 4},
		"nothing that names the tenant": {answers{
			"POST /v1/query":    `{"id":"X","entity":"DEFINITION","subscription":"` + tenant + `"}`,
			"GET /v1/objects/X": `{"id":"X","entity":"DEFINITION"}`,
		}, tenant, "does not name the subscription", 2},
		"a query lists it": {answers{"POST /v1/query": onePerson, "GET /v1/objects/p": onePerson,
			listedByID: `{"id":"1","entity":"DOCKERIMAGE"}`}, tenant,
			"a query lists it: POST /v1/query shows the docker image 1, and by its id", 8},
		"a query lists another": {answers{"POST /v1/query": onePerson, "GET /v1/objects/p": onePerson,
			listedByID: `{"id":"10","entity":"DOCKERIMAGE"}`}, tenant, "", 3},
		"another tenant answers by now": {answers{"POST /v1/query": onePerson, "GET /v1/objects/p": onePerson,
			listedByID: `{"id":"q","entity":"PPL","subscription":"` + otherTenant + `"}`}, tenant,
			"another tenant: the object is of the subscription " + tenant + ", and the token is of " + otherTenant, 3},
		"and of the object nothing was known": {answers{"POST /v1/query": onePerson, "GET /v1/objects/p": onePerson,
			listedByID: `{"id":"q","entity":"PPL","subscription":"` + otherTenant + `"}`}, "",
			"another tenant: the object is of the subscription " + tenant, 3},
		"the query is refused": {answers{"POST /v1/query": onePerson, "GET /v1/objects/p": onePerson,
			listedByID: `{"_type":"error","message":"not for this token","entity":"DOCKERIMAGE"}`}, tenant,
			"not for this token", 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := test.answers.serve(t)
			client := newClient(t, server.URL)
			for range 2 { // the second is answered by what the first has found out
				switch err := gone(t, client, test.of); {
				case test.want == "" && err != nil:
					t.Error(err)
				case test.want != "":
					wantText(t, err, test.want, "Check the endpoint", server.URL, "no such object")
					if _, doubt := errors.AsType[*UnconfirmedError](err); !doubt || IsNotFound(err) {
						t.Errorf("%T is no doubt", err)
					}
				}
			}
			if asked := len(server.asked()); asked != 2+test.asked {
				t.Errorf("%d requests, want the two and %d more", asked, test.asked)
			}
		})
	}
}

// The run has read the tenant's definition, as every refresh does.
func TestGone_asksNothingWhereSomethingWasRead(t *testing.T) {
	t.Parallel()
	server := answers{"GET /v1/objects/X": `{"id":"X","entity":"DEFINITION","subscription":"` + tenant + `"}`}.serve(t)
	client := newClient(t, server.URL)
	if _, err := client.Get(t.Context(), "DEFINITION", "X"); err != nil {
		t.Fatal(err)
	}
	if err := gone(t, client, tenant); err != nil {
		t.Error(err)
	}
	wantText(t, gone(t, client, otherTenant), "another tenant")
	if asked := len(server.asked()); asked != 3+1 {
		t.Errorf("%d requests", asked)
	}
}

func TestGone_doubtsWhereTheSubscriptionIsSetToAnother(t *testing.T) {
	t.Parallel()
	server := answers{"POST /v1/query": onePerson, "GET /v1/objects/p": onePerson}.serve(t)
	client := newClient(t, server.URL, func(c *Config) { c.Subscription = otherTenant })
	wantText(t, gone(t, client, ""), "subscription_id is set to "+otherTenant, tenant)
}

func TestGone_asksOnceForAllCallersAtATime(t *testing.T) {
	t.Parallel()
	server := answers{"POST /v1/query": onePerson, "GET /v1/objects/p": onePerson}.serve(t)
	client := newClient(t, server.URL)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := gone(t, client, tenant); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if asked := len(server.asked()); asked > 8+2+2 {
		t.Errorf("%d requests", asked)
	}
}

// After an interrupted caller the next one must not believe that nothing can be shown.
func TestGone_isFoundOutAnewAfterACallerThatLeft(t *testing.T) {
	t.Parallel()
	server := answers{"POST /v1/query": onePerson, "GET /v1/objects/p": onePerson}.serve(t)
	client := newClient(t, server.URL)
	_, notFound := client.Get(t.Context(), image, "1")
	left, leave := context.WithCancel(t.Context())
	leave()
	if err := client.ConfirmGone(left, notFound, image, "1", tenant); err == nil || !errors.Is(err, context.Canceled) {
		t.Errorf("the cancelled caller got %v", err)
	}
	if err := client.ConfirmGone(t.Context(), notFound, image, "1", tenant); err != nil {
		t.Error(err)
	}
}

func TestGone_leavesOtherErrorsAsTheyAre(t *testing.T) {
	t.Parallel()
	server := serve(t, text(404, "404 page not found"))
	client := newClient(t, server.URL)
	_, err := client.Get(t.Context(), image, "1")
	if got := client.ConfirmGone(t.Context(), err, image, "1", ""); got != err { //nolint:errorlint // the very error
		t.Errorf("got %v", got)
	}
}
