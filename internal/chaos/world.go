package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"sync"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

const (
	foreignRegistry   = "a foreign registry"
	foreignRegistryID = "f0000000-0000-4000-8000-00000000000f"
	goodToken         = "df_pat_walk_Zk4nQ9"
	otherToken        = "df_pat_other_Rb7tM2" //nolint:gosec // of an emulator
	goneToken         = "df_pat_gone_Hs3wX8"  //nolint:gosec // of an emulator
	otherTenant       = "00000000-0000-4000-8000-0000000000aa"
)

func number(text string) json.Number { return json.Number(text) }

// An otherObject is an object that no configuration of a walk writes.
type otherObject struct{ id, code, name string }

// A world is DemandFlow, with what goes wrong in it.
type world struct {
	*emulator.Server
	network      *network
	stop         func()
	otherObjects []otherObject // images first

	mutex    sync.Mutex
	run      *run
	faults   []*fault    // of the run
	requests []request   // of the run
	applied  *plan       // what is being carried out, nil before
	pending  []otherEdit // what others do during the run, each between two operations
	pauses   int         // so far
	looks    []look      // questions of data sources, and their answers
	conflict func(*http.Request, int)
}

// A request is one that DemandFlow got in a run.
type request struct {
	method, path string
	body         map[string]any
	applying     bool
	change       *change
	hit          *fault // what went wrong with it, nil for nothing
}

// id returns the last segment of the path: the object's id where the request is about one.
func (r request) id() string { return path.Base(r.path) }

// A look is a question of a data source: the version that the object had when it was asked, and that of the answer.
type look struct {
	of       otherObject
	least    int64
	got      int64
	answered bool
}

// An otherEdit is what another person does to one of the otherObjects while Terraform runs.
type otherEdit struct {
	at   int // in how manieth pause
	of   int
	text string
}

func newWorld(answers emulator.Answers) *world {
	w := &world{Server: emulator.New(emulator.Options{Token: goodToken, Answers: answers}), network: newNetwork()}
	w.AddTenant(otherTenant, otherToken)
	objects := []map[string]any{{"entity": "DOCKERREGISTRY", "id": foreignRegistryID, "name": "Theirs",
		"url": "https://theirs.example.com", "registryType": "2", "status": "1", "password": formSecret}}
	for n := range 4 {
		name, id := fmt.Sprintf("theirs-%d", n), fmt.Sprintf("f0000000-0000-4000-8000-%012d", n)
		w.otherObjects = append(w.otherObjects, otherObject{id, "DOCKERIMAGE", name})
		objects = append(objects, map[string]any{"entity": "DOCKERIMAGE", "id": id, "name": name, "tag": "1", "status": "1",
			"registry": foreignRegistryID, "description": "theirs"})
	}
	w.otherObjects = append(w.otherObjects, otherObject{foreignRegistryID, "DOCKERREGISTRY", "Theirs"})
	_, err := w.Seed(objects...)
	must(err)
	w.stop = w.network.serve(w)
	return w
}

// apply is called when a plan is about to be carried out; writes are expected from now on.
func (w *world) apply(p *plan) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.applied = p
}

// reset is for a new run.
func (w *world) reset(r *run, faults []*fault, pending []otherEdit) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.run, w.faults, w.requests, w.pending, w.looks, w.applied, w.pauses = r, faults, nil, pending, nil, nil, 0
	w.ClearFaults()
}

// end is called when a run is over, and returns its requests. What comes later is of what it has left behind.
func (w *world) end() []request {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	requests := w.requests
	w.faults, w.requests, w.applied = nil, nil, nil
	return requests
}

// between is called between two operations of an apply: others work on.
func (w *world) between() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, next := range w.pending {
		if next.at == w.pauses {
			w.Edit(w.otherObjects[next.of%4].id, map[string]any{"description": next.text})
		}
	}
	w.pauses++
}

func (w *world) asked(of otherObject) {
	w.looks = append(w.looks, look{of: of, least: version(w.Object(of.id))})
}

func (w *world) answered(found object) {
	last := &w.looks[len(w.looks)-1]
	last.answered = true
	last.got = whole(found["object_version"])
}

// ServeHTTP hands a request to the emulator, unless something is to go wrong with it.
func (w *world) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	w.mutex.Lock()
	got := request{method: in.Method, path: in.URL.Path, body: bodyOf(in), applying: w.applied != nil}
	if w.applied != nil {
		got.change = w.applied.changeOf(got)
	}
	hit := w.due(got)
	got.hit = hit
	w.requests = append(w.requests, got)
	run := w.run
	w.mutex.Unlock()
	if hit == nil {
		w.Server.ServeHTTP(out, in)
		return
	}
	hit.happen(w, run, out, in)
}

// carryOut has the emulator do what a request says, although its answer is lost.
func (w *world) carryOut(in *http.Request) {
	w.Server.ServeHTTP(httptest.NewRecorder(), in.WithContext(context.WithoutCancel(in.Context())))
}
