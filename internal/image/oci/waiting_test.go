package oci

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/types"
)

func TestImage_waitsWhereTheRegistryAsksForItAndThereIsTime(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:1", imageFor(t, "linux/amd64"))
	for _, test := range []struct {
		name, after string
		fails       int // requests
		status      int
		requests    int
		words       string // of the error
	}{
		{"seconds", "0", 2, http.StatusTooManyRequests, 3, ""},
		{"a date", time.Now().Add(-time.Minute).UTC().Format(http.TimeFormat), 2, http.StatusTooManyRequests, 3, ""},
		{"no word", "", 3, http.StatusTooManyRequests, 4, ""},
		{"a fault that passes", "", 1, http.StatusBadGateway, 2, ""},
		{"too often", "0", 9, http.StatusTooManyRequests, 4, "too many requests"},
		{"hours", "7200", 9, http.StatusTooManyRequests, 1, "asks to wait 7200 seconds"},
		{"a date in hours", time.Now().Add(2 * time.Hour).UTC().Format(http.TimeFormat), 9, http.StatusTooManyRequests, 1,
			"asks to wait"},
		{"longer than there is time", "90", 9, http.StatusTooManyRequests, 1, "asks to wait 90 seconds"},
	} {
		var count atomic.Int64
		registry.behave(func(w http.ResponseWriter, _ *http.Request) bool {
			if count.Add(1) > int64(test.fails) {
				return false
			}
			if test.after != "" {
				w.Header().Set("Retry-After", test.after)
			}
			return refuse(w, test.status, "TOOMANYREQUESTS", "You have reached your pull rate limit")
		})
		ctx, cancel := context.WithCancel(t.Context())
		if strings.HasPrefix(test.name, "longer") {
			ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
		}
		_, err := registry.client(t).Image(ctx, registry.host+"/app:1", Options{})
		cancel()
		if test.words == "" && err != nil {
			t.Errorf("%s: %v", test.name, err)
		} else if test.words != "" {
			mention(t, err, test.words, "app:1")
		}
		if asked := registry.asked(); len(asked) != test.requests {
			t.Errorf("%s: %d requests, want %d: %v", test.name, len(asked), test.requests, asked)
		}
	}
}

func TestImage_endsWithItsContext(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	registry.behave(func(_ http.ResponseWriter, r *http.Request) bool {
		cancel()
		select {
		case <-r.Context().Done():
		case <-done:
		}
		return true
	})
	_, err := registry.client(t).Image(ctx, registry.host+"/app:1", Options{})
	mention(t, err, "app:1")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error does not say that it was interrupted: %v", err)
	}
}

func TestImage_warnsBeforeTheRateLimitIsUsedUp(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:1", imageFor(t, "linux/amd64"))
	for remaining, warned := range map[int]bool{76: false, 11: false, 10: true, 0: true} {
		left := atomic.Int64{}
		left.Store(int64(remaining) + 1)
		registry.behave(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("ratelimit-limit", "100;w=21600")
			w.Header().Set("ratelimit-remaining", fmt.Sprintf("%d;w=21600", max(0, left.Add(-1))))
			return false
		})
		warn, warnings := collect()
		if _, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Warn: warn}); err != nil {
			t.Fatal(err)
		}
		if (len(*warnings) == 1) != warned {
			t.Errorf("%d left: warnings %v", remaining, *warnings)
		}
		if want := fmt.Sprintf("%s answers %d more of 100 requests within 6 hours", registry.host, remaining); warned &&
			!strings.HasPrefix((*warnings)[0].Detail, want) {
			t.Errorf("the warning is %q", (*warnings)[0].Detail)
		}
	}
}

func TestRateLimit_isTheLowestThatWasSeen(t *testing.T) {
	t.Parallel()
	r := &reader{}
	for _, remaining := range []string{"30", "9", "10"} {
		r.noteLimit(http.Header{"Ratelimit-Limit": {"100"}, "Ratelimit-Remaining": {remaining}})
	}
	if r.limit.remaining != 9 {
		t.Errorf("%d are left, not 9", r.limit.remaining)
	}
}

// A registry that says nothing is asked once: how long it was waited for is said, and not waited for again.
func TestImage_ofASilentRegistryIsAskedForOnce(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	registry.behave(func(_ http.ResponseWriter, r *http.Request) bool {
		select {
		case <-r.Context().Done():
		case <-done:
		}
		return true
	})
	client := registry.client(t)
	client.idleTimeout = 50 * time.Millisecond
	_, err := client.Image(t.Context(), registry.host+"/app:1", Options{})
	mention(t, err, registry.host, "began no answer within 50ms")
	if asked := registry.asked(); len(asked) != 1 {
		t.Errorf("it was asked %d times: %v", len(asked), asked)
	}
}

// A registry that stalls within a body ends the call, too, although the caller has set no deadline.
func TestImage_ofARegistryThatStallsInABodyFails(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet {
			return false
		}
		w.Header().Set("Content-Type", string(types.OCIManifestSchema1))
		_, _ = io.WriteString(w, "{")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-done:
		}
		return true
	})
	client := registry.client(t)
	client.idleTimeout = time.Second
	_, err := client.Image(t.Context(), registry.host+"/app:1", Options{})
	mention(t, err, registry.host, "broke off after 1 bytes", "sent nothing for 1s", "try again")
}

// A body that drips ends with its context, and the error has that context's word for why.
func TestBody_thatDripsEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	drip, pour := io.Pipe()
	go func() {
		_, _ = pour.Write([]byte("{"))
		cancel(errors.New("time is up"))
		_ = pour.CloseWithError(context.Canceled) // as net/http ends a body
	}()
	connection, err := newConnection(newClient(t, nil), connectionKey{host: "registry.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://registry.example.com/v2/", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = (&reader{connection: connection}).body(&http.Response{Request: request, Body: drip, ContentLength: -1},
		maxManifest, "the manifest")
	mention(t, err, "the manifest of registry.example.com", "in time", "1 bytes", "time is up")
}
