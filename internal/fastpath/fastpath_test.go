package fastpath

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var thing = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
	"name": tftypes.String, "size": tftypes.Number, "on": tftypes.Bool, "tags": tftypes.Set{ElementType: tftypes.String},
	"labels": tftypes.Map{ElementType: tftypes.String},
	"inner":  tftypes.List{ElementType: tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String}}},
}}

// Whatever fits must be the same value by the framework's reading, which drops what it does not know.
func TestFits_takesAStateAsTerraformWritesItAndNothingElse(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]bool{
		`{"name":"a","size":-1.5e3,"on":true,"tags":["x",null],"labels":{"k":"v"},"inner":[{"id":"1"}]}`: true,
		`{"name":null,"size":null,"on":null,"tags":null,"labels":null,"inner":null}`:                     true,
		// written by somebody else
		` {"name":null,"size":null,"on":null,"tags":null,"labels":null,"inner":null}`:                 false,
		`{"size":null,"on":null,"tags":null,"labels":null,"inner":null}`:                              false,
		`{"name":null,"size":null,"on":null,"tags":null,"labels":null,"inner":null,"old":1}`:          false,
		`{"old":null,"size":null,"on":null,"tags":null,"labels":null,"inner":null}`:                   false,
		`{"name":1,"size":null,"on":null,"tags":null,"labels":null,"inner":null}`:                     false,
		`{"name":null,"size":"1","on":null,"tags":null,"labels":null,"inner":null}`:                   false,
		`{"name":null,"size":null,"on":"true","tags":null,"labels":null,"inner":null}`:                false,
		`{"name":null,"size":null,"on":null,"tags":"x","labels":null,"inner":null}`:                   false,
		`{"name":null,"size":null,"on":null,"tags":[1],"labels":null,"inner":null}`:                   false,
		`{"name":null,"size":null,"on":null,"tags":null,"labels":["k"],"inner":null}`:                 false,
		`{"name":null,"size":null,"on":null,"tags":null,"labels":{"k":{}},"inner":null}`:              false,
		`{"name":null,"size":null,"on":null,"tags":null,"labels":null,"inner":[{"id":"1","more":2}]}`: false,
		`{"name":null,"size":null,"on":null,"tags":null,"labels":null,"inner":[{}]}`:                  false,
		`{"name":`: false,
		`[]`:       false,
		``:         false,
	} {
		got := fits([]byte(document), thing)
		if got != want {
			t.Errorf("fits(%s) = %t, want %t", document, got, want)
		}
		if _, err := (&tfprotov6.DynamicValue{JSON: []byte(document)}).Unmarshal(thing); got && err != nil {
			t.Errorf("%s fits, and cannot be read: %v", document, err)
		}
	}
}

// Terraform compares what a refresh brings with the state file, numbers by their precision too.
func TestAsStateFile_givesBackWhatTheStateFileHas(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		`{"inner":[{"id":"1"}],"labels":{"k":"<v>"},"name":"a","on":true,"size":-1.5,"tags":["x",null]}`,
		`{"inner":[],"labels":{},"name":"","on":false,"size":12345678901234567890123.000000000000000000000000000001,"tags":[]}`,
		`{"inner":null,"labels":null,"name":null,"on":null,"size":null,"tags":null}`,
	} {
		state, err := (&tfprotov6.DynamicValue{JSON: []byte(document)}).Unmarshal(thing)
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := asStateFile(state)
		if err != nil || len(encoded.MsgPack) > 0 {
			t.Fatalf("%s is encoded otherwise than as JSON: %v", document, err)
		}
		again, err := encoded.Unmarshal(thing)
		if err != nil || !again.Equal(state) || !strings.Contains(string(encoded.JSON),
			regexp.MustCompile(`"size":[^,]*`).FindString(document)) {
			t.Errorf("%s comes back as %s (%v)", document, encoded.JSON, err)
		}
	}
	unknown := tftypes.NewValue(thing, tftypes.UnknownValue)
	if _, err := asStateFile(unknown); err == nil {
		t.Error("a state that is not known is encoded")
	}
}

func TestPrivate_isOpenedOnlyWhereTheFrameworkWouldWriteItTheSame(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]bool{
		``:                                 true,
		`{"owned":"W10="}`:                 true, // []
		`{"a":"MQ==","b":"Mg=="}`:          true,
		`{"b":"Mg==","a":"MQ=="}`:          false,
		`{"owned": "W10="}`:                false,
		`{}`:                               false,
		`{"owned":""}`:                     false,
		`{"owned":"eA=="}`:                 false, // x
		`{"owned":[]}`:                     false,
		`{".framework":"MQ=="}`:            false,
		`{".framework":"MQ==","a":"MQ=="}`: false,
		`null`:                             false,
		`not JSON`:                         false,
	} {
		if _, got := private([]byte(document)); got != want {
			t.Errorf("private(%s) = %t, want %t", document, got, want)
		}
	}
}

func TestOnce_isOncePerCallAndKeepsErrorsToo(t *testing.T) {
	t.Parallel()
	done := 0
	read := func() error {
		done++
		return errors.New("no")
	}
	call := Remembering(t.Context())
	inner, cancel := context.WithCancel(call)
	first := Once(inner, "object", read)
	cancel()
	if second := Once(call, "object", read); done != 1 || first == nil ||
		second != first { //nolint:errorlint // the very same
		t.Errorf("read %d times: %v, then %v", done, first, second)
	}
	_ = Once(call, "definition", read)
	_ = Once(Remembering(t.Context()), "object", read)
	_ = Once(t.Context(), "object", read)
	if done != 4 {
		t.Errorf("read %d times, want 4: something else, another call, and outside of any", done)
	}
}

// stoppable is a framework that is only ever stopped.
type stoppable struct {
	Framework
	stopped bool
}

func (s *stoppable) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse,
	error) {
	s.stopped = true
	return &tfprotov6.StopProviderResponse{}, nil
}

func TestStopProvider_endsWhatIsUnderWayAndNothingThatComesLater(t *testing.T) {
	t.Parallel()
	framework := &stoppable{}
	server := New(framework, nil, nil)
	under, release := server.interruptible(t.Context())
	defer release()
	if _, err := server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}); err != nil || !framework.stopped {
		t.Errorf("the framework is stopped: %t, error: %v", framework.stopped, err)
	}
	<-under.Done()
	later, release := server.interruptible(t.Context())
	defer release()
	if later.Err() != nil {
		t.Errorf("what comes later is stopped too: %v", later.Err())
	}
}

// A waiting resource asks somebody who does not answer.
type waiting struct{ asked chan struct{} }

func (waiting) Type() tftypes.Object           { return tftypes.Object{} }
func (waiting) Identity() tftypes.Object       { return tftypes.Object{} }
func (waiting) Version() int64                 { return 0 }
func (waiting) Valid(tftypes.Value, bool) bool { return false }

func (w waiting) wait(ctx context.Context) *Outcome {
	w.asked <- struct{}{}
	<-ctx.Done()
	return nil
}

func (w waiting) Plan(ctx context.Context, _, _ tftypes.Value, _ Private) *Outcome {
	return w.wait(ctx)
}
func (w waiting) Read(ctx context.Context, _, _ tftypes.Value, _ Private) *Outcome {
	return w.wait(ctx)
}
func (w waiting) Apply(ctx context.Context, _ Change) *Outcome { return w.wait(ctx) }

func TestStopProvider_endsWhatTheFastPathAnswers(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{})
	server := New(&stoppable{}, map[string]Resource{"thing": waiting{asked}}, nil)
	nothing, err := tfprotov6.NewDynamicValue(tftypes.Object{}, tftypes.NewValue(tftypes.Object{},
		map[string]tftypes.Value{}))
	if err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func() bool{
		"read": func() bool {
			return server.ReadFast(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: "thing", CurrentState: &nothing}) == nil
		},
		"plan": func() bool {
			return server.PlanFast(t.Context(), &tfprotov6.PlanResourceChangeRequest{TypeName: "thing", Config: &nothing,
				PriorState: &nothing, ProposedNewState: &nothing}) == nil
		},
		"apply": func() bool {
			return server.ApplyFast(t.Context(), &tfprotov6.ApplyResourceChangeRequest{TypeName: "thing", Config: &nothing,
				PriorState: &nothing, PlannedState: &nothing}) == nil
		},
	} {
		left := make(chan bool)
		go func() { left <- call() }()
		<-asked
		if _, err := server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
			t.Fatal(err)
		}
		if !<-left {
			t.Errorf("the %s is answered, although it was stopped", name)
		}
	}
}

// applying remembers what Terraform's calls came with.
type applying struct {
	Framework
	err error // of the context, while the call was under way
}

func (a *applying) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse,
	error) {
	return &tfprotov6.StopProviderResponse{}, nil
}

func (a *applying) ConfigureProvider(context.Context,
	*tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func (a *applying) ApplyResourceChange(ctx context.Context,
	_ *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	a.err = ctx.Err()
	return &tfprotov6.ApplyResourceChangeResponse{}, nil
}

// Terraform may have sent an apply just before it sent the stop, and they arrive the other way round.
func TestStopProvider_endsAnApplyThatComesAfterIt(t *testing.T) {
	t.Parallel()
	framework := &applying{}
	server := New(framework, nil, nil)
	apply := func(want error) {
		t.Helper()
		if _, err := server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{}); err != nil ||
			!errors.Is(framework.err, want) {
			t.Errorf("%v, and the context has ended by %v, want %v", err, framework.err, want)
		}
	}
	apply(nil)
	if _, err := server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
		t.Fatal(err)
	}
	apply(context.Canceled)
	// the next run of a provider that is debugged
	if _, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{}); err != nil {
		t.Fatal(err)
	}
	apply(nil)
}
