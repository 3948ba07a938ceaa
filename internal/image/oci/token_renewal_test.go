package oci

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/distribution/reference"
)

// What a token that is out of date is answered with differs: a new one is got once, and no more.
func TestToken_thatIsOutOfDateIsReplacedOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		status    int
		expiresIn int
		better    bool // the second token is accepted
		tokens    int
		words     string
	}{
		{"401", http.StatusUnauthorized, 300, true, 2, ""},
		{"400", http.StatusBadRequest, 300, true, 2, ""},
		{"400 for good", http.StatusBadRequest, 300, false, 2, "400"},
		{"401 for good, also with the repository's own scope", http.StatusUnauthorized, 300, false, 3, "401"},
		{"403 before its time", http.StatusForbidden, 300, true, 1, "403"},
		{"404 before its time", http.StatusNotFound, 300, true, 1, "404"},
	} {
		registry := serve(t)
		registry.push(t, "app:1", imageFor(t, "linux/amd64"))
		issued := 0
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			sent := r.Header.Get("Authorization")
			switch {
			case r.URL.Path == "/token":
				issued++
				fmt.Fprintf(w, `{"token":"t%d","expires_in":%d}`, issued, test.expiresIn)
				return true
			case sent == "" || strings.Contains(r.URL.Path, "/blobs/") && (sent == "Bearer t1" || !test.better):
				status := test.status
				if sent == "" {
					status = http.StatusUnauthorized
				}
				if status == http.StatusUnauthorized {
					w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+r.Host+`/token",scope="aws"`)
				}
				return refuse(w, status, "DENIED", "Your Authorization Token is invalid.")
			}
			return false
		})
		_, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig}})
		if (err == nil) != (test.words == "") || err != nil && !strings.Contains(err.Error(), test.words) ||
			issued != test.tokens {
			t.Errorf("%s: %d tokens, %v", test.name, issued, err)
		}
	}
}

// A registry that answers 400 to the number of tags means the number, and not the token, unless that is an old one.
func TestToken_isNotReplacedWhereTheNumberOfTagsIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		old, same bool // the token, and the one that is issued in its place
		tokens    int
	}{"new": {tokens: 1}, "old": {old: true, tokens: 2}, "old and still issued": {old: true, same: true, tokens: 2}} {
		registry := serve(t)
		registry.push(t, "app:1", imageFor(t, "linux/amd64"))
		issued, good := 0, ""
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			sent, n := r.Header.Get("Authorization"), r.URL.Query().Get("n")
			switch {
			case r.URL.Path == "/token":
				issued++
				if good == "" {
					good = fmt.Sprintf("t%d", issued)
				}
				fmt.Fprintf(w, `{"token":%q,"expires_in":3600}`, good)
				return true
			case sent == "":
				w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+r.Host+`/token"`)
				return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "")
			}
			return (sent != "Bearer "+good || len(n) > 1) && refuse(w, http.StatusBadRequest, "UNSUPPORTED", "")
		})
		client := registry.client(t)
		if _, err := client.Image(t.Context(), registry.host+"/app:1", Options{}); err != nil {
			t.Fatal(err)
		}
		if test.old {
			reader, err := client.read(named(t, registry.host+"/app:1"), nil)
			if err != nil {
				t.Fatal(err)
			}
			reader.auth.issued = time.Now().Add(-time.Hour)
			if !test.same {
				good = ""
			}
		}
		got, err := client.Tags(t.Context(), registry.host+"/app", TagOptions{})
		if err != nil || len(got) != 1 || issued != test.tokens {
			t.Errorf("%s: %d tokens, %q, %v", name, issued, got, err)
		}
	}
}

// A registry that hides what a token is not for does so when it is out of date, too: what is there is not taken for
// gone.
func TestToken_thatIsOutOfDateHidesNothing(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound} {
		i := &issuing{}
		registry := serve(t)
		registry.push(t, "app:1", imageFor(t, "linux/amd64"))
		registry.behave(i.behave)
		client := registry.client(t)
		read := func() error {
			_, err := client.Image(t.Context(), registry.host+"/app:1", Options{})
			return err
		}
		if err := read(); err != nil {
			t.Fatal(err)
		}
		reader, err := client.read(named(t, registry.host+"/app:1"), nil)
		if err != nil {
			t.Fatal(err)
		}
		reader.auth.expires = time.Now().Add(-time.Second)
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			switch {
			case r.URL.Path == "/token":
				fmt.Fprint(w, `{"token":"new"}`)
				return true
			case r.Header.Get("Authorization") == "Bearer new":
				return false
			}
			return refuse(w, status, "NAME_UNKNOWN", "")
		})
		if err := read(); err != nil {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestParseToken_readsHowLongItIsGood(t *testing.T) {
	t.Parallel()
	now := time.Unix(1700000000, 0)
	for expires, want := range map[string]time.Duration{
		"300": 300 * time.Second, `"300"`: 300 * time.Second, `" 300 "`: 300 * time.Second, "1.5": 1500 * time.Millisecond,
		"0": time.Minute, "-5": time.Minute, "null": time.Minute, `"soon"`: time.Minute, "[]": time.Minute,
		"1e300": maxLifetime, `"NaN"`: time.Minute, `"Inf"`: maxLifetime,
	} {
		got, ok := parseToken([]byte(`{"token":"t","expires_in":`+expires+`}`), now)
		if !ok || got.expires.Sub(now) != want {
			t.Errorf("%s is %s, want %s", expires, got.expires.Sub(now), want)
		}
	}
	for _, none := range []string{"", "{}", `{"token":""}`, `{"token":5}`, `{"token":" \n"}`, "t0k3n", "<html>", "null"} {
		if got, ok := parseToken([]byte(none), now); ok {
			t.Errorf("%s has the token %q", none, got.text)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add([]byte(`{"token":"t","access_token":"a","expires_in":"60"}`))
	f.Add([]byte(`{"token":{},"access_token":"a","expires_in":-1e99}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		now := time.Unix(1700000000, 0)
		issued, ok := parseToken(body, now)
		if !ok {
			return
		}
		if issued.text == "" || !json.Valid(body) || issued.expires.Before(now) || issued.expires.After(now.Add(maxLifetime)) {
			t.Errorf("%q: %+v", body, issued)
		}
	})
}

func named(t *testing.T, text string) reference.Named {
	t.Helper()
	parsed, err := reference.ParseNormalizedNamed(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}
