package scaleway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

func isNotFound(err error) bool { return errors.Is(err, image.ErrNotFound) }

// always has each request answered in the same way.
func always(status int, header http.Header, body string) func(*http.Request) *scalewaytest.Answer {
	return func(*http.Request) *scalewaytest.Answer {
		return &scalewaytest.Answer{Status: status, Header: header, Body: body}
	}
}

func TestImage_takesOnlyScalewaysOwn404ForGone(t *testing.T) {
	t.Parallel()
	page := http.Header{"Content-Type": {"text/html"}}
	for name, test := range map[string]struct {
		answer func(*http.Request) *scalewaytest.Answer
		gone   bool
	}{
		"without a type": {always(404, nil, `{"message":"Image was not found"}`), true},
		"with a type": {always(404, nil,
			`{"type":"not_found","resource":"image","resource_id":"x","message":"resource is not found"}`), true},
		"a page":  {always(404, page, `<html>Image was not found</html>`), false},
		"a route": {always(404, nil, `{"message":"404 page not found"}`), false},
		"a gateway's": {always(404, nil, `{"message":"The requested resource was not found on this server"}`),
			false},
		"a resource":           {always(404, nil, `{"message":"Resource not found"}`), false},
		"a proxy of images":    {always(404, nil, `{"message":"image proxy: upstream not found"}`), false},
		"its namespace":        {always(404, nil, `{"message":"Namespace was not found"}`), false},
		"no message":           {always(404, nil, `{}`), false},
		"not allowed":          {always(403, nil, `{"message":"Image was not found"}`), false},
		"gone for good (410)":  {always(410, nil, `{"message":"Image was not found"}`), false},
		"a 404 of other words": {always(404, nil, `{"message":"unknown service"}`), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, web := newShop(t)
			server.Fault(test.answer)
			if _, err := newClient(t, server, nil).Image(t.Context(), "fr-par", web.ID, Options{}); err == nil ||
				isNotFound(err) != test.gone {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestImage_isNotGoneWithItsNamespaceHidden(t *testing.T) {
	t.Parallel()
	server, web := newShop(t)
	server.Fault(func(r *http.Request) *scalewaytest.Answer {
		if strings.Contains(r.URL.Path, "/namespaces/") {
			return &scalewaytest.Answer{Status: 404, Body: `{"message":"Namespace was not found"}`}
		}
		return nil
	})
	if _, err := newClient(t, server, nil).Image(t.Context(), "fr-par", web.ID, Options{}); err == nil || isNotFound(err) {
		t.Errorf("got %v", err)
	}
}

func TestErrors_sayWhatWasAnsweredAndWhatToDo(t *testing.T) {
	t.Parallel()
	_, web := newShop(t)
	what := "cannot read the Scaleway image fr-par/" + web.ID + ": "
	now := http.Header{"Retry-After": {"0"}}
	for name, test := range map[string]struct {
		answer func(*http.Request) *scalewaytest.Answer
		want   string
	}{
		"400": {always(400, nil, `{"type":"invalid_arguments","details":[{"argument_name":"region","reason":"constraint"}]}`),
			"Scaleway answered 400 Bad Request: invalid argument(s): region does not respect constraint"},
		"401": {always(401, nil, `{"type":"denied_authentication","method":"api_key","reason":"expired"}`),
			"Scaleway answered 401 Unauthorized: denied authentication: API key is expired. The key is unknown, expired or " +
				"deleted"},
		"403": {always(403, nil, `{"message":"no"}`),
			"Scaleway answered 403 Forbidden: no. The key's owner needs a policy with ContainerRegistryReadOnly"},
		"404": {always(404, nil, `{"message":"Image was not found"}`),
			"Scaleway answered 404 Not Found: Image was not found. Check the id and the region"},
		"412": {always(412, nil, `{"type":"precondition_failed","precondition":"resource_still_in_use","help_message":"used"}`), "412 Precondition Failed: precondition failed: resource is still in use, used"},
		"423": {always(423, nil, `{"type":"locked","resource":"image","resource_id":"i"}`),
			"423 Locked: resource image with ID i is locked. Scaleway has locked it"},
		"429": {always(429, now, `{"message":"slow down"}`),
			"Scaleway answered 429 Too Many Requests (5 attempts): slow down. Scaleway limits requests"},
		"500": {always(500, nil, `{"message":"internal error"}`),
			"Scaleway answered 500 Internal Server Error (5 attempts): internal error. This is Scaleway's own fault"},
		"503": {always(503, now, ``), "Scaleway answered 503 Service Unavailable (5 attempts)"},
		"501": {always(501, nil, `{"message":"not here"}`), "Scaleway answered 501 Not Implemented: not here"},
		"a page": {always(502, http.Header{"Content-Type": {"text/html"}, "Retry-After": {"0"}}, `<html>`),
			"Scaleway answered 502 Bad Gateway (5 attempts). That is not how Scaleway's API answers: check the address of the " +
				"API (SCW_API_URL)"},
		"a broken error": {always(403, nil, `{"message":`),
			"Scaleway answered 403 Forbidden: could not parse error response body"},
		"another image": {always(200, nil, `{"id":"`+scalewaytest.ID(77)+`"}`),
			"the answer is about something else, or nothing"},
		"nothing": {always(200, nil, ``), "Scaleway's answer cannot be used: the answer is no JSON object"},
		"a page of success": {always(200, http.Header{"Content-Type": {"text/html"}}, `<html>`),
			"the answer is no JSON object"},
		"too much": {always(200, nil, `{"id":"`+strings.Repeat("x", largestAnswer)+`"}`),
			"the answer is larger than 16 MiB"},
		"too much trouble": {always(500, nil, strings.Repeat("x", largestAnswer+1)), "the answer is larger than 16 MiB"},
		"terminal codes":   {always(403, nil, `{"message":"a\u001b[31mred\n\n  line"}`), "403 Forbidden: a[31mred line."},
		"a long story":     {always(403, nil, `{"message":"`+strings.Repeat("long ", 1000)+`"}`), "long…"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _ := newShop(t)
			server.Fault(test.answer)
			_, err := newClient(t, server, nil).Image(t.Context(), "fr-par", web.ID, Options{})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), what) ||
				len(err.Error()) > 1200 {
				t.Errorf("got  %v\nwant %s%s", err, what, test.want)
			}
		})
	}
}

func TestErrors_sayThatNobodyIsThere(t *testing.T) {
	t.Parallel()
	server, web := newShop(t)
	closed := httptest.NewServer(nil)
	closed.Close()
	secure := httptest.NewTLSServer(server)
	t.Cleanup(secure.Close)
	for address, want := range map[string]string{
		closed.URL: "Scaleway gave no answer (5 attempts): dial tcp",
		secure.URL: "Scaleway gave no answer: tls: failed to verify certificate",
	} {
		_, err := newClient(t, server, func(c *Config) { c.APIURL = address }).Image(t.Context(), "fr-par", web.ID, Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v", err)
		}
	}
}

func TestRequests_areSentAgainAfterWhatPasses(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]http.Header{
		"seconds": {"Retry-After": {"0"}}, "a date": {"Retry-After": {"Fri, 31 Dec 1999 23:59:59 GMT"}}, "nothing": nil,
		"nonsense": {"Retry-After": {"soon"}},
	} {
		for _, status := range []int{429, 500, 502, 503, 504} {
			t.Run(fmt.Sprint(status, " with ", name), func(t *testing.T) {
				t.Parallel()
				server, web := newShop(t)
				failures := 3
				server.Fault(func(*http.Request) *scalewaytest.Answer {
					if failures--; failures < 0 {
						return nil
					}
					return &scalewaytest.Answer{Status: status, Header: header, Body: `{"message":"later"}`}
				})
				if err := newClient(t, server, nil).SetVisibility(t.Context(), "fr-par", web.ID, VisibilityPublic); err != nil {
					t.Fatal(err)
				}
				for n, r := range server.Requests() {
					if r.Body != `{"visibility":"public"}` {
						t.Errorf("attempt %d sent %q", n+1, r.Body)
					}
				}
			})
		}
	}
}

func TestRequests_areSentAgainAfterABrokenAnswer(t *testing.T) {
	t.Parallel()
	whole, web := newShop(t)
	broken := 2
	breaking := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken--; broken >= 0 {
			w.Header().Set("Content-Length", "1000")
			w.Write([]byte(`{"id":`))
			return
		}
		whole.ServeHTTP(w, r)
	}))
	t.Cleanup(breaking.Close)
	got, err := newClient(t, whole, func(c *Config) { c.APIURL = breaking.URL }).Image(t.Context(), "fr-par", web.ID,
		Options{})
	if err != nil || got.Scaleway.Name != "web" {
		t.Error(got, err)
	}
}

func TestRequests_doNotWaitLongerThanThereIsTime(t *testing.T) {
	t.Parallel()
	for name, wait := range map[string]string{"seconds": "90",
		"a date": time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat), "longer than is waited for": "86400"} {
		server, web := newShop(t)
		server.Fault(always(429, http.Header{"Retry-After": {wait}}, `{"message":"slow down"}`))
		ctx, cancel := t.Context(), func() {}
		if wait != "86400" {
			ctx, cancel = context.WithTimeout(ctx, time.Minute)
		}
		defer cancel()
		_, err := newClient(t, server, nil).Image(ctx, "fr-par", web.ID, Options{})
		if err == nil || !strings.Contains(err.Error(), "429 Too Many Requests: slow down") || len(server.Requests()) != 1 {
			t.Errorf("%s: %v after %d requests", name, err, len(server.Requests()))
		}
	}
}

func TestRedirects_areNotFollowedWithTheKey(t *testing.T) {
	t.Parallel()
	elsewhere, web := newShop(t)
	server, _ := newShop(t)
	server.Fault(func(r *http.Request) *scalewaytest.Answer {
		return &scalewaytest.Answer{Status: 307, Header: http.Header{"Location": {elsewhere.URL + r.URL.Path}}}
	})
	_, err := newClient(t, server, nil).Image(t.Context(), "fr-par", web.ID, Options{})
	if err == nil || !strings.Contains(err.Error(), "307 Temporary Redirect") || !strings.Contains(err.Error(),
		"Redirects are not followed") {
		t.Errorf("got %v", err)
	}
	if len(elsewhere.Requests()) != 0 {
		t.Error("the key went elsewhere")
	}
}

func TestErrors_hideTheKey(t *testing.T) {
	t.Parallel()
	upper := strings.ToUpper(scalewaytest.SecretKey)
	for configured, spelled := range map[string]string{scalewaytest.SecretKey: upper, upper: scalewaytest.SecretKey} {
		for _, body := range []string{
			`{"message":"no such key %s"}`, `{"type":"invalid_arguments","details":[{"argument_name":"X-Auth-Token","help_message":"%s"}]}`, `{"message":"","fields":{"k":["%s"]}}`,
			`{"message":"` + strings.Repeat("x", maxMessage-40-36) + `%s"}`,
		} {
			server, web := newShop(t)
			server.Fault(always(400, nil, fmt.Sprintf(body, configured+" "+spelled)))
			_, err := newClient(t, server, func(c *Config) { c.SecretKey = configured }).Image(t.Context(), "fr-par", web.ID,
				Options{})
			for cause := err; cause != nil; cause = errors.Unwrap(cause) {
				if shown := strings.ToLower(fmt.Sprintf("%v %+v %#v", cause, cause, cause)); strings.Contains(shown,
					scalewaytest.SecretKey[:9]) {
					t.Errorf("%T shows the key: %s", cause, shown)
				}
			}
			if err == nil {
				t.Error("no error")
			}
		}
	}
}

func TestPlaces_areCheckedBeforeAnythingIsAsked(t *testing.T) {
	t.Parallel()
	server, web := newShop(t)
	client := newClient(t, server, nil)
	for _, test := range [][3]string{
		{"fr-pra", web.ID, `"fr-pra" is no region of Scaleway: they are fr-par, nl-ams, pl-waw, it-mil`},
		{"../fr-par", web.ID, `is no region`},
		{"fr-par", "web", `"web" is no id of Scaleway's: they are UUIDs`},
		{"fr-par", web.ID + "/tags", `is no id`},
		{"fr-par", "", `"" is no id`},
	} {
		_, one := client.Image(t.Context(), test[0], test[1], Options{})
		_, two := client.Tags(t.Context(), test[0], test[1])
		_, three := client.Wait(t.Context(), test[0], test[1])
		for _, err := range []error{one, two, three, client.Delete(t.Context(), test[0], test[1]),
			client.SetVisibility(t.Context(), test[0], test[1], "public")} {
			if err == nil || !strings.Contains(err.Error(), test[2]) {
				t.Errorf("%q: got %v", test[:2], err)
			}
		}
	}
	if requests := server.Requests(); len(requests) != 0 {
		t.Errorf("asked for it: %v", requests)
	}
}
