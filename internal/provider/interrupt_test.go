package provider_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// interruptTime is how long a run may take to end after Ctrl-C. It is far below the provider's request_timeout of a
// minute, so that a run which waits for DemandFlow all the same does not pass.
const interruptTime = 20 * time.Second

const besides = `
resource "demandflow_docker_image" "before" {
  name   = "before"
  tag    = "1"
  status = "Active"
}
`

const harbor = `
resource "demandflow_docker_registry" "harbor" {
  name          = "Harbor"
  url           = "https://harbor.example.com"
  registry_type = "Harbor"
  status        = "Active"
  timeouts      = { create = "2s" }
}
`

// creates tells of the writes that an emulator gets when they arrive; of POSTs also when they are answered, or given
// up.
type creates struct {
	*emulator.Server
	arrived  chan struct{}
	released chan error // why the request's context had ended, nil where it had not
	patched  chan struct{}
	deleted  chan struct{}
}

func (c creates) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && r.URL.Path == "/v1/objects" {
		c.arrived <- struct{}{}
		defer func() { c.released <- r.Context().Err() }()
	}
	switch r.Method {
	case http.MethodPatch:
		c.patched <- struct{}{}
	case http.MethodDelete:
		c.deleted <- struct{}{}
	}
	c.Server.ServeHTTP(w, r)
}

// newCreates starts an emulator, and applies what was there before.
func newCreates(t *testing.T) (creates, *workspace) {
	t.Helper()
	server := creates{emulator.New(emulator.Options{}), make(chan struct{}, 99), make(chan error, 99),
		make(chan struct{}, 9), make(chan struct{}, 9)}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	work := newWorkspace(t, listener.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
	work.write(t, "before.tf", besides)
	work.mustRun(t, "apply", "-auto-approve", "-no-color")
	<-server.arrived
	if err := <-server.released; err != nil {
		t.Fatalf("the first create was given up: %v", err)
	}
	server.ResetRequests()
	return server, work
}

const images = `
resource "demandflow_docker_image" "many" {
  count  = 4
  name   = "image${count.index}"
  tag    = "1"
  status = "Active"
}
`

// held queues a fault that holds a request of an entity until the returned function is called.
func held(server creates, method, code string, committed bool) (release func()) {
	hold := make(chan struct{})
	server.Fail(emulator.Fault{Method: method, Entity: code, Path: "/v1/objects", Commit: committed, Wait: hold,
		Times: -1})
	return sync.OnceFunc(func() { close(hold) })
}

// One Ctrl-C: what was sent is waited for, and what came of it is in the state.
func TestInterrupt_waitsForCreatesThatWereSent(t *testing.T) {
	t.Parallel()
	server, work := newCreates(t)
	release := held(server, http.MethodPost, entity.DockerImage.Code, false)
	work.write(t, "images.tf", images)
	run := start(t, work, "apply", "-auto-approve", "-no-color")
	for range 4 {
		run.until(server.arrived)
	}
	run.interrupt()
	run.untilPrinted("Gracefully shutting down")
	run.goesOn()
	release()
	printed := run.wait()
	if strings.Contains(printed, "Cannot create") {
		t.Errorf("a create that succeeded is an error:\n%s", printed)
	}
	var ids []any
	for _, object := range server.Objects(entity.DockerImage.Code) {
		ids = append(ids, object["id"])
	}
	if len(ids) != 5 {
		t.Errorf("DemandFlow has %d images, want 5", len(ids))
	}
	wantSameIDs(t, work, ids)
	// nothing is tainted
	if output := work.mustRun(t, "plan", "-detailed-exitcode", "-no-color"); !strings.Contains(output, "No changes") {
		t.Errorf("the plan after it is not empty:\n%s", output)
	}
}

func TestInterrupt_waitsForAnUpdateAndADeleteThatWereSent(t *testing.T) {
	t.Parallel()
	server, work := newCreates(t)
	work.write(t, "before.tf", strings.Replace(besides, `"Active"`, `"Active"`+"\n  description = \"mine\"", 1))
	release := held(server, http.MethodPatch, entity.DockerImage.Code, false)
	run := start(t, work, "apply", "-auto-approve", "-no-color")
	run.until(server.patched)
	run.interrupt()
	run.untilPrinted("Gracefully shutting down")
	release()
	run.wait()
	server.ClearFaults()
	if state := work.read(t, "terraform.tfstate"); !strings.Contains(state, `"description": "mine"`) {
		t.Errorf("the state does not have the update:\n%s", state)
	}
	work.write(t, "before.tf", besides)
	if output := work.mustRun(t, "apply", "-auto-approve",
		"-no-color"); !regexp.MustCompile(`- description += "mine" -> null`).MatchString(output) {
		t.Errorf("the description is not Terraform's after the interrupted update:\n%s", output)
	}

	release = held(server, http.MethodDelete, entity.DockerImage.Code, false)
	run = start(t, work, "destroy", "-auto-approve", "-no-color")
	run.until(server.deleted)
	run.interrupt()
	run.untilPrinted("Gracefully shutting down")
	release()
	run.wait()
	wantIDs(t, work)
}

// Terraform ends at the second, and the provider with it.
func TestInterrupt_twiceEndsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	server, work := newCreates(t)
	defer held(server, http.MethodPost, entity.DockerRegistry.Code, false)()
	work.write(t, "harbor.tf", strings.ReplaceAll(harbor, `"2s"`, `"10m"`))
	run := start(t, work, "apply", "-auto-approve", "-no-color")
	run.until(server.arrived)
	run.interrupt()
	run.untilPrinted("Gracefully shutting down")
	run.interrupt()
	run.wait()
	select {
	case err := <-server.released:
		if err == nil {
			t.Error("the request was answered, not cancelled")
		}
	case <-time.After(interruptTime):
		t.Error("the run has ended, and its request is still there")
	}
	// Terraform was ended while it wrote the file, and has the one before
	if !json.Valid([]byte(work.read(t, "terraform.tfstate"))) {
		work.write(t, "terraform.tfstate", work.read(t, "terraform.tfstate.backup"))
	}
	wantIDs(t, work, server.Objects(entity.DockerImage.Code)[0]["id"])
}

// What certainly did nothing has nothing to wait for.
func TestInterrupt_endsAtOnceWhatIsNotUnderWay(t *testing.T) {
	t.Parallel()
	server, work := newCreates(t)
	server.Fail(emulator.Fault{Method: http.MethodPost, Path: "/v1/objects", Status: http.StatusTooManyRequests,
		Header: http.Header{"Retry-After": {"290"}}, Times: -1})
	work.write(t, "images.tf", images)
	run := start(t, work, "apply", "-auto-approve", "-no-color")
	run.until(server.arrived)
	run.interrupt()
	run.wait()
	if made := len(server.Objects(entity.DockerImage.Code)); made != 1 {
		t.Errorf("DemandFlow has %d images, want the one that was there", made)
	}
}

// One create gets no answer although its object was made, and is settled by looking; the other never began, and fails.
// Both give up after their own time, which is much less than DemandFlow's silence may last.
func TestTimeouts_endACreateBeforeTheRequestTimeoutDoes(t *testing.T) {
	t.Parallel()
	server, work := newCreates(t)
	server.Fail(emulator.Fault{Method: http.MethodPost, Path: "/v1/objects", Entity: entity.DockerRegistry.Code,
		Commit: true, Wait: make(chan struct{})})
	server.Fail(emulator.Fault{Method: http.MethodPost, Path: "/v1/objects", Entity: entity.DockerImage.Code,
		Wait: make(chan struct{})})
	work.write(t, "harbor.tf", harbor+`
resource "demandflow_docker_image" "api" {
  name     = "api"
  tag      = "1"
  status   = "Active"
  timeouts = { create = "2s" }
}`)
	began := time.Now()
	printed := work.mustFail(t, "apply", "-auto-approve", "-no-color")
	if took := time.Since(began); took > interruptTime {
		t.Errorf("the run took %s, although both creates may take 2s", took)
	}
	for range 2 {
		if err := <-server.released; err == nil {
			t.Error("a request was answered, not given up")
		}
	}
	text := unwrapped(printed)
	if want := regexp.MustCompile(
		`(?s)Cannot create docker image.*may or may not exist.*got no answer.*deadline exceeded.*timeouts.*Looked for name = "api", tag = "1": 0 found`); !want.MatchString(text) {
		t.Errorf("the diagnostics do not match %s:\n%s", want, printed)
	}
	if strings.Contains(text, "Cannot create docker registry") {
		t.Errorf("the registry that was made is not recognised:\n%s", printed)
	}
	harbors := server.Objects(entity.DockerRegistry.Code)
	if len(harbors) != 1 {
		t.Fatalf("DemandFlow has %d registries, want 1", len(harbors))
	}
	wantIDs(t, work, server.Objects(entity.DockerImage.Code)[0]["id"], harbors[0]["id"])
	posts := 0
	for _, request := range server.Requests() {
		if request.Method == http.MethodPost && request.Path == "/v1/objects" {
			posts++
		}
	}
	if posts != 2 {
		t.Errorf("%d POSTs for two creates: something was created again blindly", posts)
	}
}

// wantIDs reads the state, which must be whole, and compares the objects in it.
func wantIDs(t *testing.T, work *workspace, want ...any) {
	t.Helper()
	if got := idsOf(t, work); !slices.Equal(got, want) {
		t.Errorf("the state has the objects %v, want %v", got, want)
	}
}

// wantSameIDs is wantIDs in any order.
func wantSameIDs(t *testing.T, work *workspace, want []any) {
	t.Helper()
	text := func(a, b any) int { return strings.Compare(a.(string), b.(string)) }
	got := idsOf(t, work)
	slices.SortFunc(got, text)
	slices.SortFunc(want, text)
	if !slices.Equal(got, want) {
		t.Errorf("the state has the objects %v, want %v", got, want)
	}
}

func idsOf(t *testing.T, work *workspace) []any {
	t.Helper()
	var state struct {
		Resources []struct {
			Instances []struct{ Attributes struct{ ID string } }
		}
	}
	if err := json.Unmarshal([]byte(work.read(t, "terraform.tfstate")), &state); err != nil {
		t.Fatalf("the state cannot be read: %v", err)
	}
	var got []any
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			got = append(got, instance.Attributes.ID)
		}
	}
	return got
}
