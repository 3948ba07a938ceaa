package demandflow

import (
	"fmt"
	"net/http"
	"testing"
)

const refusal = `{"error":"Forbidden","message":"You may not delete this object."}`

// deleting answers a DELETE in some way. The object is there for so many GETs.
func deletingAs(t *testing.T, status int, body string, there int) *recorder {
	gets := 0
	return serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		switch {
		case r.Method == http.MethodDelete:
			text(status, body)(w, r, n)
		case r.URL.Path == "/v1/query": // lists nothing
		default:
			if gets++; gets > there {
				text(404, ownNotFound)(w, r, n)
				return
			}
			fmt.Fprint(w, wholeObject("1", `"entity":"DOCKERIMAGE"`))
		}
	})
}

func TestDelete_isDoneWhereTheObjectIsGone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
		there  int    // for so many GETs
		want   string // in the error; "" = none
		asked  int
	}{
		"as documented":           {204, "", 0, "", 1},
		"nothing, and gone":       {200, "", 0, "", 3},
		"a word, and gone":        {200, "OK", 0, "", 3},
		"accepted, and gone soon": {202, "", 2, "", 5},
		"accepted":                {202, "", 99, "202 Accepted to DELETE /v1/objects/1: the object is still there", 5},
		"nothing":                 {200, "", 99, "still there", 5},
		"an error": {200, refusal, 99,
			"still there; it is or begins with: a JSON object with the fields error, message; it says: Forbidden: You may not",
			5},
		"an error item": {200, `{"_type":"error","message":"no right"}`, 99, "still there", 5},
		"a page":        {200, "<html>Sign in</html>", 99, "still there", 5},
		"the object":    {200, wholeObject("1"), 99, "still there", 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := deletingAs(t, test.status, test.body, test.there)
			client := newClient(t, server.URL)
			client.subscription.observeRead(Object{"subscription": tenant})
			err := client.Delete(t.Context(), image, "1")
			if test.want != "" {
				wantText(t, err, test.want)
			} else if err != nil {
				t.Error(err)
			}
			if asked := len(server.asked()); asked != test.asked {
				t.Errorf("%d requests, want %d", asked, test.asked)
			}
		})
	}
}

func TestDelete_whoseObjectCannotBeReadIsNotDone(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if r.Method == http.MethodDelete {
			text(200, "OK")(w, r, n)
			return
		}
		text(403, refusal)(w, r, n)
	})
	wantText(t, newClient(t, server.URL).Delete(t.Context(), image, "1"), "could not be read", "403 Forbidden")
}

// A success whose body is an error, or about something else, is one only where the object shows the change.
func TestUpdate_thatIsAnsweredWithAnErrorIsOneWhereNothingHasChanged(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
		want   string // in the error where the object does not show the change
	}{
		"an error":                 {200, refusal, "it says: Forbidden: You may not delete"},
		"an error with no message": {200, `{"errors":[{"code":7}]}`, "without an id"},
		"an error item":            {200, `{"_type":"error","message":"no right"}`, "no right"},
		"a message":                {200, `{"message":"no right"}`, "no right"},
		"another object":           {200, wholeObject("2", `"description":"new"`), "another object"},
		"an accepted error":        {202, refusal, "it says: Forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, shown := range []string{"old", "new"} {
				server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
					if r.Method == http.MethodPatch {
						text(test.status, test.body)(w, r, n)
						return
					}
					fmt.Fprint(w, wholeObject("1", `"entity":"DOCKERIMAGE"`, fmt.Sprintf(`"description":%q`, shown)))
				})
				updated, err := newClient(t, server.URL).Update(t.Context(), image, "1", Object{"description": "new"})
				if updated.Text("description") != shown || updated.Shown != (shown == "new") || updated.Pending {
					t.Errorf("%s: got %+v", shown, updated)
				}
				if shown == "new" && err != nil {
					t.Error(err)
				}
				if shown == "old" {
					wantText(t, err, test.want)
				}
			}
		})
	}
}
