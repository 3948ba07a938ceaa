package catalogue_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A briefAnswer is one to a create that has succeeded. ID in it stands for the new object's id.
type briefAnswer struct {
	status         int
	body, location string
}

// newBrief is a tenant whose answers to creates are brief.
func newBrief(t *testing.T, answer briefAnswer) *providertest.Tenant {
	t.Helper()
	server := emulator.New(emulator.Options{})
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/v1/objects" {
			server.ServeHTTP(w, r)
			return
		}
		made := httptest.NewRecorder()
		server.ServeHTTP(made, r)
		var object struct{ ID string }
		if err := json.Unmarshal(made.Body.Bytes(), &object); err != nil || made.Code != http.StatusCreated {
			t.Errorf("the emulator answered %d: %s", made.Code, made.Body)
		}
		if answer.location != "" {
			w.Header().Set("Location", strings.ReplaceAll(answer.location, "ID", object.ID))
		}
		w.WriteHeader(answer.status)
		_, _ = w.Write([]byte(strings.ReplaceAll(answer.body, "ID", object.ID)))
	}))
	t.Cleanup(listener.Close)
	return &providertest.Tenant{Server: server, URL: listener.URL}
}

const job = `{"id":"97acc09a-89cb-4c45-8b75-207be248b202","status":"queued"}`

// A success that has less than the object is completed by a GET, or by a look-up: nothing is null that DemandFlow
// knows.
func TestDockerImage_aCreateThatIsAnsweredWithLessThanTheObjectIsCompleted(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]briefAnswer{
		"201 and the id alone":          {status: 201, body: `{"id":"ID"}`},
		"201, the id and the version":   {status: 201, body: `{"id":"ID","_df_version":0}`},
		"202 and the id":                {status: 202, body: `{"id":"ID"}`},
		"202 and the id of a job":       {status: 202, body: job},
		"201 and a Location":            {status: 201, location: "/v1/objects/ID"},
		"201 and a Location of nothing": {status: 201, location: "/v1/objects/none"},
		"201 and another Location":      {status: 201, location: "/sign-in"},
		"204":                           {status: 204},
		"200 and nothing":               {status: 200},
		"200 and a word":                {status: 200, body: "OK"},
		"200 and a list":                {status: 200, body: `[{"id":"ID"}]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := newBrief(t, answer)
			tenant.Run(t, resource.TestStep{
				Config: plainImage,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(image, tfjsonpath.New("owner_id"), knownvalue.NotNull()),
					statecheck.ExpectKnownValue(image, tfjsonpath.New("digest"), knownvalue.NotNull()),
					statecheck.ExpectKnownValue(image, tfjsonpath.New("pinned_reference"), knownvalue.NotNull()),
				},
				Check: func(*terraform.State) error {
					onlyImage(t, tenant)
					return nil
				},
			})
		})
	}
}

// The id is in the state whatever becomes of the GET, and the object is not tainted by that.
func TestDockerImage_aCreateWhoseObjectCannotBeReadIsInTheStateAllTheSame(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"not found": {Status: 404, Body: `{"error":"not_found","message":"There is no such object."}`, Times: 4},
		"forbidden": {Status: 403},
		"500":       {Status: 500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := newBrief(t, briefAnswer{status: 201, body: `{"id":"ID"}`})
			run := converse(t, tenant)
			fault.Method, fault.Entity, fault.Path = http.MethodGet, entity.DockerImage.Code, "/v1/objects/"
			tenant.Fail(fault)
			tenant.Fail(emulator.Fault{Method: http.MethodPost, Path: "/v1/query", Entity: entity.DockerImage.Code, Times: -1,
				Status: 403})
			made, warnings := run.create(imageType, api(nil))
			mustSay(t, warnings, "The new docker image could not be read", "the next plan reads it")
			if id := onlyImage(t, tenant)["id"]; made.text("id") != id ||
				made.text("subscription_id") != emulator.DefaultSubscription {
				t.Errorf("the state has the id %q and the subscription %q, want %s", made.text("id"), made.text("subscription_id"),
					id)
			}
			tenant.ClearFaults()
			if now := run.refresh(imageType, made); now.text("owner_id") == "" {
				t.Error("the refresh does not complete the state")
			}
		})
	}
}
