package provider_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// interruptTime is how long a run may take to end after Ctrl-C. It is far below the provider's request_timeout of a minute,
// so that a run which waits for DemandFlow all the same does not pass.
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

// creates tells of the POSTs that an emulator gets: of each when it arrives, and when it was given up.
type creates struct {
	*emulator.Server
	arrived  chan struct{}
	released chan error // why the request's context had ended, nil where it had not
}

func (c creates) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && r.URL.Path == "/v1/objects" {
		c.arrived <- struct{}{}
		defer func() { c.released <- r.Context().Err() }()
	}
	c.Server.ServeHTTP(w, r)
}

// newCreates starts an emulator, and applies what was there before.
func newCreates(t *testing.T) (creates, *workspace) {
	t.Helper()
	server := creates{emulator.New(emulator.Options{}), make(chan struct{}, 9), make(chan error, 9)}
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

func TestInterrupt_ofACreateEndsSoonAndSaysWhatToLookFor(t *testing.T) {
	t.Parallel()
	for name, committed := range map[string]bool{"that DemandFlow never began": false, "that DemandFlow carried out": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, work := newCreates(t)
			server.Fail(emulator.Fault{Method: http.MethodPost, Path: "/v1/objects", Commit: committed, Wait: make(chan struct{})})
			work.write(t, "harbor.tf", strings.ReplaceAll(harbor, `"2s"`, `"10m"`))
			printed := interrupt(t, server, work)

			if want := regexp.MustCompile(`(?s)Cannot create docker registry.*may or may not exist.*name = "Harbor".*interrupted.*Look at DemandFlow before the next apply`); !want.MatchString(unwrapped(printed)) {
				t.Errorf("the diagnostics do not match %s:\n%s", want, printed)
			}
			wantIDs(t, work, server.Objects(entity.DockerImage.Code)[0]["id"])
			if lock, _ := filepath.Glob(filepath.Join(work.dir(), ".terraform.tfstate.lock.info")); len(lock) > 0 {
				t.Errorf("the state is still locked: %s", lock)
			}
			want := 0
			if committed {
				want = 1
			}
			if harbors := server.Objects(entity.DockerRegistry.Code); len(harbors) != want {
				t.Errorf("DemandFlow has %d registries, want %d", len(harbors), want)
			}
		})
	}
}

// interrupt presses Ctrl-C as soon as a create is held, and returns what the run printed.
func interrupt(t *testing.T, server creates, work *workspace) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), engineTime)
	defer cancel()
	command, output := work.command(ctx, t, "apply", "-auto-approve", "-no-color")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case <-server.arrived:
	case err := <-ended:
		t.Fatalf("the run ended before its create: %v\n%s", err, contentOf(t, output))
	}
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Errorf("the interrupted run says that it succeeded:\n%s", contentOf(t, output))
		}
	case <-time.After(interruptTime):
		cancel() // kills it
		err := <-ended
		t.Fatalf("the run goes on %s after the interrupt (%v):\n%s", interruptTime, err, contentOf(t, output))
	}
	select {
	case err := <-server.released:
		if err == nil {
			t.Error("the request was answered, not cancelled")
		}
	case <-time.After(interruptTime):
		t.Error("the run has ended, and its request is still there")
	}
	return contentOf(t, output)
}

// One create gets no answer although its object was made, and is settled by looking; the other never began, and fails.
// Both give up after their own time, which is much less than DemandFlow's silence may last.
func TestTimeouts_endACreateBeforeTheRequestTimeoutDoes(t *testing.T) {
	t.Parallel()
	server, work := newCreates(t)
	server.Fail(emulator.Fault{Method: http.MethodPost, Path: "/v1/objects", Entity: entity.DockerRegistry.Code, Commit: true, Wait: make(chan struct{})})
	server.Fail(emulator.Fault{Method: http.MethodPost, Path: "/v1/objects", Entity: entity.DockerImage.Code, Wait: make(chan struct{})})
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
	if want := regexp.MustCompile(`(?s)Cannot create docker image.*may or may not exist.*got no answer.*deadline exceeded.*timeouts.*Looked for name = "api", tag = "1": 0 found`); !want.MatchString(text) {
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
	if !slices.Equal(got, want) {
		t.Errorf("the state has the objects %v, want %v", got, want)
	}
}
