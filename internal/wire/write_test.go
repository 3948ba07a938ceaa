package wire

import (
	"context"
	"errors"
	"net/http/httptrace"
	"testing"
	"testing/synctest"
	"time"
)

func connect(ctx context.Context) {
	httptrace.ContextClientTrace(ctx).GotConn(httptrace.GotConnInfo{})
}

func TestSent_endsWithItsCallerBeforeThereIsAConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		attempt, release := WriteContext(ctx)
		defer release()
		cancel()
		synctest.Wait()
		if !errors.Is(attempt.Err(), context.Canceled) {
			t.Errorf("it ends with %v", attempt.Err())
		}
	})
}

func TestSent_outlivesACancellationOnceThereIsAConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		attempt, release := WriteContext(ctx)
		connect(attempt)
		cancel()
		synctest.Wait()
		if attempt.Err() != nil {
			t.Errorf("it has ended: %v", attempt.Err())
		}
		release()
		if attempt.Err() == nil {
			t.Error("it outlives its release")
		}
	})
}

// Also where it was cancelled in between, which must not take the limit away.
func TestSent_endsALittleAfterTheDeadline(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]bool{"deadline alone": false, "cancelled before": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				attempt, release := WriteContext(ctx)
				defer release()
				connect(attempt)
				if stop {
					cancel()
				}
				<-attempt.Done()
				if took := time.Since(began); took != 20*time.Second+WriteGrace ||
					!errors.Is(attempt.Err(), context.DeadlineExceeded) {
					t.Errorf("it ends after %s: %v", took, attempt.Err())
				}
			})
		})
	}
}

func TestSent_keepsTheTraceOfItsCaller(t *testing.T) {
	t.Parallel()
	seen := 0
	traced := httptrace.WithClientTrace(t.Context(),
		&httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { seen++ }})
	attempt, release := WriteContext(traced)
	defer release()
	if connect(attempt); seen != 1 {
		t.Errorf("the caller's trace was called %d times", seen)
	}
}

func TestOutlive_endsAWhileAfterItsCaller(t *testing.T) {
	t.Parallel()
	for name, ended := range map[string]bool{"that ends later": false, "that has ended": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began, want := time.Now(), 30*time.Second
				ctx, cancel := context.WithCancel(t.Context())
				if ended {
					cancel()
				} else {
					want += time.Second
					time.AfterFunc(time.Second, cancel)
				}
				longer, release := WithGrace(ctx, 30*time.Second)
				defer release()
				<-longer.Done()
				if took := time.Since(began); took != want || !errors.Is(context.Cause(longer), context.DeadlineExceeded) {
					t.Errorf("it ends after %s, want %s: %v", took, want, context.Cause(longer))
				}
			})
		})
	}
}
