package demandflow

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

const sentKey = "SUB:" + tenant + "|ENT:"

// registry writes an object that equals newRegistry's, with a creation time and changes.
func registry(id string, made time.Time, changes ...string) string {
	fields := map[string]string{
		"id": `"` + id + `"`, "entity": `"DOCKERREGISTRY"`, "name": `"harbor"`, "url": `"harbor.example.com"`,
		"storageLimit": "5.0",
		"comboKey":     `"` + sentKey + id + `"`, "created": string(Millis(made)), "imageCount": "0",
		"subscription": `"` + tenant + `"`, "ownerId": `"o"`, "updatedId": `"o"`, "updated": string(Millis(made)),
		"_df_version": "0",
	}
	for i := 0; i < len(changes); i += 2 {
		fields[changes[i]] = changes[i+1]
	}
	parts := make([]string, 0, len(fields))
	for name, value := range fields {
		parts = append(parts, fmt.Sprintf("%q:%s", name, value))
	}
	return "{" + strings.Join(parts, ",") + "}\n"
}

// losing is a server that loses the answer of every POST in the given way, and finds what it is told to.
func losing(t *testing.T, lose func(http.ResponseWriter), found func() string) *recorder {
	return serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if r.URL.Path == "/v1/objects" {
			lose(w)
			return
		}
		text(200, found())(w, r, n)
	})
}

func drop(w http.ResponseWriter) { breakOff(w, "") }

func TestCreate_adoptsTheObjectOfALostAnswer(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(http.ResponseWriter){
		"connection dropped": drop,
		"answer cut": func(w http.ResponseWriter) {
			breakOff(w, strings.Replace(cutAnswer, "200 OK", "201 Created", 1)+`{"id":`)
		},
		"500":        func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
		"503":        func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) },
		"a web page": func(w http.ResponseWriter) { fmt.Fprint(w, "<html>") },
		"no id":      func(w http.ResponseWriter) { fmt.Fprint(w, "{}") },
		"no content": func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := losing(t, lose, func() string { return registry("new", time.Now()) })
			got, err := newClient(t, server.URL).Create(t.Context(), newRegistry())
			if err != nil || got.ID() != "new" {
				t.Fatalf("got %v, %v", got, err)
			}
			asked := server.asked()
			want := `[{"comboKey":"comboKey","entity":"DOCKERREGISTRY","filter":{"field":"name","term":"harbor"},"query":"SUB"}]`
			if len(asked) != 2 || asked[1].body != want {
				t.Errorf("asked %+v, want one POST and one look-up", asked)
			}
		})
	}
}

func TestCreate_refusedIsNeverAmbiguous(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 404, 409, 429} {
		server := serve(t, text(status, `{"error":"no","message":"no"}`))
		err := createError(t, newClient(t, server.URL))
		if _, ambiguous := errors.AsType[*AmbiguousError](err); ambiguous || err == nil {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestCreate_adoptsNothingThatMayBeAnothers(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, test := range map[string]struct {
		found      string
		candidates string // ids
	}{
		"nothing there":           {"", ""},
		"older":                   {registry("old", now.Add(-time.Minute)), "old"},
		"of unknown age":          {registry("old", now, "created", "null"), "old"},
		"differs in a sent field": {registry("x", now, "storageLimit", "6"), "x"},
		"lacks a sent field":      {registry("x", now, "url", `""`), "x"},
		"stands elsewhere":        {registry("x", now, "comboKey", `"SUB:s|VEN:1|ENT:x"`), "x"},
		"only contains the name":  {registry("x", now, "name", `"harbor-2"`), ""},
		"name in another case":    {registry("x", now, "name", `"Harbor"`), ""},
		"two of them":             {registry("b", now) + registry("a", now), "a b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := losing(t, drop, func() string { return test.found })
			err := createError(t, newClient(t, server.URL))
			ambiguous, ok := errors.AsType[*AmbiguousError](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			var ids []string
			for _, candidate := range ambiguous.Candidates {
				ids = append(ids, candidate.ID())
			}
			if strings.Join(ids, " ") != test.candidates || ambiguous.Entity != "DOCKERREGISTRY" {
				t.Errorf("candidates %q of %s", ids, ambiguous.Entity)
			}
			wantText(t, err, append(ids, "may or may not exist", `name = "harbor"`, "EOF", "before the next apply")...)
		})
	}
}

func TestCreate_fieldsThatWereNotSentDoNotCount(t *testing.T) {
	t.Parallel()
	server := losing(t, drop, func() string {
		return registry("new", time.Now(), "description", `"from a rule"`)
	})
	if err := createError(t, newClient(t, server.URL)); err != nil {
		t.Error(err)
	}
}

func TestCreate_aSecretThatTheAnswerHidesIsNoDifference(t *testing.T) {
	t.Parallel()
	request := newRegistry()
	request.Fields["password"] = "hunter2"
	for found, want := range map[string]bool{registry("1", time.Now()): true, registry("1", time.Now(), "password",
		`"other"`): false} {
		server := losing(t, drop, func() string { return found })
		_, err := newClient(t, server.URL).Create(t.Context(), request)
		if (err == nil) != want {
			t.Errorf("got %v", err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows the password: %s", err)
		}
	}
}

func TestCreate_imagesAreLookedUpByNameAndTag(t *testing.T) {
	t.Parallel()
	image := func(id, tag string) string {
		return asRead(fmt.Sprintf(`{"id":%q,"name":"nginx","tag":%q,"status":1,"created":%s}`, id, tag, Millis(time.Now())))
	}
	server := losing(t, drop, func() string { return image("1", "1.26") + image("2", "1.27") })
	got, err := newClient(t, server.URL).Create(t.Context(), CreateRequest{
		Entity: &entity.DockerImage, Fields: Object{"name": "nginx", "tag": "1.27", "status": "1"},
	})
	if err != nil || got.ID() != "2" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestCreate_withoutANaturalKeyIsNotLookedUp(t *testing.T) {
	t.Parallel()
	for name, request := range map[string]CreateRequest{
		"none set":   {Entity: &entity.DockerImage, Fields: Object{"name": "nginx"}},
		"none known": {Entity: &entity.K8sWorkload, Fields: Object{"name": "web"}},
	} {
		server := losing(t, drop, func() string { return "" })
		_, err := newClient(t, server.URL).Create(t.Context(), request)
		wantText(t, err, "may or may not exist", "no natural key")
		if len(server.asked()) != 1 {
			t.Errorf("%s: %d requests", name, len(server.asked()))
		}
	}
}

func TestCreate_aFailedLookUpSaysSo(t *testing.T) {
	t.Parallel()
	server := losing(t, drop, func() string { return `{"_type":"error","message":"shard lost"}` })
	wantText(t, createError(t, newClient(t, server.URL)), "may or may not exist", "the search failed", "shard lost")
}

// Two equal creates, both lost, of which one took effect: only one may have the object.
func TestCreate_neverAdoptsTwice(t *testing.T) {
	t.Parallel()
	server := losing(t, drop, func() string { return registry("new", time.Now()) })
	client := newClient(t, server.URL)
	if err := createError(t, client); err != nil {
		t.Fatal(err)
	}
	wantText(t, createError(t, client), "may or may not exist",
		"1 found, 0 of them new and with the fields that were sent: new")
}

func TestCreate_neverAdoptsWhatItCreated(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 2 {
			drop(w)
			return
		}
		text(200, registry("mine", time.Now()))(w, r, n)
	})
	client := newClient(t, server.URL)
	if err := createError(t, client); err != nil {
		t.Fatal(err)
	}
	wantText(t, createError(t, client), "may or may not exist", "mine")
}

// Its age alone does not tell: it was created so shortly before that clocks may differ by more.
func TestCreate_neverAdoptsWhatItHasRead(t *testing.T) {
	t.Parallel()
	server := losing(t, drop, func() string { return registry("there", time.Now()) })
	client := newClient(t, server.URL)
	if _, err := client.Read(t.Context(), "DOCKERREGISTRY", "there"); err != nil {
		t.Fatal(err)
	}
	wantText(t, createError(t, client), "may or may not exist", "there")
}

// The twin's answer comes after a lost create took its object: then the twin must go without.
func TestCreate_anAnswerWithAnAdoptedObjectIsAmbiguous(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 1 {
			drop(w)
			return
		}
		text(200, registry("new", time.Now()))(w, r, n)
	})
	client := newClient(t, server.URL)
	if err := createError(t, client); err != nil {
		t.Fatal(err)
	}
	wantText(t, createError(t, client), "was there before", "new")
	_, err := client.claimCreated(&entity.DockerRegistry, Object{"id": "new"}) // both at a time
	wantText(t, err, "took this object for its own", "new")
}

func TestCreate_itsAgeIsToldByDemandFlowsClock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		age   time.Duration // by DemandFlow's clock, at the time of the look-up
		adopt bool
	}{"new": {0, true}, "within the tolerance": {clockTolerance, true}, "older than the request": {time.Minute, false}} {
		for _, skew := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
			server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
				if n == 1 {
					drop(w)
					return
				}
				there := time.Now().Add(skew)
				w.Header().Set("Date", there.UTC().Format(http.TimeFormat))
				text(200, registry("new", there.Truncate(time.Second).Add(-test.age)))(w, r, n)
			})
			if err := createError(t, newClient(t, server.URL)); (err == nil) != test.adopt {
				t.Errorf("%s, skew %s: %v", name, skew, err)
			}
		}
	}
}

func TestCreate_withoutADateTheLocalClockServes(t *testing.T) {
	t.Parallel()
	for age, adopt := range map[time.Duration]bool{0: true, time.Hour: false} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				drop(w)
				return
			}
			w.Header()["Date"] = nil
			text(200, registry("new", time.Now().Add(-age)))(w, r, n)
		})
		if err := createError(t, newClient(t, server.URL)); (err == nil) != adopt {
			t.Errorf("age %s: %v", age, err)
		}
	}
}
