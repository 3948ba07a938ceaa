package emulator_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

func TestList_isOneJSONArrayInTheOrderOfCreation(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	for i := range 5 {
		s.create(t, image(object{"name": fmt.Sprintf("image-%d", 4-i)}))
	}
	answer := s.call(t, http.MethodGet, "/v1/entities/DOCKERIMAGE/SUB", nil)
	want(t, "Content-Type", answer.header.Get("Content-Type"), "application/json")
	var items []object
	decode(t, answer.text, &items)
	var names []any
	for _, item := range items {
		want(t, "_type", item["_type"], "data")
		names = append(names, item["name"])
	}
	want(t, "names", names, []any{"image-4", "image-3", "image-2", "image-1", "image-0"})
	if answer.header.Get("Date") == "" {
		t.Error("the answer has no Date")
	}
}

func TestList_canBeNDJSON(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{Answers: emulator.Answers{Lists: emulator.NDJSON}})
	want(t, "an empty list", s.call(t, http.MethodGet, "/v1/entities/DOCKERIMAGE/SUB", nil).text, "")
	ids := s.seed(t, image(nil), image(nil))
	answer := s.call(t, http.MethodGet, "/v1/entities/DOCKERIMAGE/SUB?fields=tag", nil)
	want(t, "Content-Type", answer.header.Get("Content-Type"), "application/x-ndjson")
	want(t, "items", lines(t, answer.text), []object{
		{"_type": "data", "id": ids[0], "tag": "1.27.3"}, {"_type": "data", "id": ids[1], "tag": "1.27.3"},
	})
}

func TestList_emptyIsAnEmptyArray(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	want(t, "body", s.call(t, http.MethodGet, "/v1/entities/DOCKERIMAGE/SUB", nil).text, "[]\n")
}

func TestList_fieldsProjectAndKeepTheID(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.seed(t, image(nil))[0]
	want(t, "items", s.list(t, imageCode, "SUB?fields=name,tag,nothing"),
		[]object{{"_type": "data", "id": id, "name": "nginx", "tag": "1.27.3"}})
}

func TestList_matchesTheKeyAsATextPrefix(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	own := "SUB:" + emulator.DefaultSubscription
	s.seed(t,
		image(object{"name": "top"}),
		image(object{"name": "v1", "comboKey": own + "|VEN:v1|ENT:"}),
		image(object{"name": "v12", "comboKey": own + "|VEN:v12|ENT:"}))
	for prefix, count := range map[string]int{
		"SUB": 3, "SUB:": 3, "SUB:0000": 3, own: 3, own + "|VEN:v1": 2, own + "|VEN:v1|": 1, own + "|ENT:": 1, own +
			"|NS:": 0,
	} {
		want(t, "images below "+prefix, len(s.list(t, imageCode, url.PathEscape(prefix))), count)
	}
}

func TestList_streamsItsFirstItemBeforeItsLast(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	large := strings.Repeat("x", 64<<10)
	var images []object
	for range 500 { // 32 MB: more than the buffers between server and client hold
		images = append(images, image(object{"description": large}))
	}
	ids := s.seed(t, images...)
	request := newRequest(t, http.MethodGet, s.url+"/v1/entities/DOCKERIMAGE/SUB", nil)
	request.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body := bufio.NewReaderSize(response.Body, 1<<20)
	if first, err := body.ReadString('\n'); err != nil || !strings.Contains(first, ids[0]) {
		t.Fatalf("the first line is not the first item: %v", err)
	}
	last := ids[len(ids)-1]
	s.Remove(last) // the stream has not come that far, and leaves out what is gone
	for {
		line, err := body.ReadString('\n')
		if strings.Contains(line, last) {
			t.Error("the list holds an object that was removed before its turn: it was not streamed")
		}
		if err != nil {
			break
		}
	}
}

func manyImages(count int) []object {
	images := make([]object, count)
	for i := range images {
		images[i] = image(object{"name": fmt.Sprintf("image-%d", i)})
	}
	return images
}

func TestList_keepsThousandsInOrderWhileManyAreRemoved(t *testing.T) {
	t.Parallel()
	const count = 10_000
	s := start(t, emulator.Options{})
	ids := s.seed(t, manyImages(count)...)
	if created := number(t, s.Object(ids[count-1]), "created"); created > time.Now().UnixMilli() {
		t.Errorf("the last image was created at %d, in the future", created)
	}
	var kept []string
	for i, id := range ids {
		if i%3 == 0 {
			kept = append(kept, id)
		} else {
			s.Remove(id)
		}
	}
	listed := s.list(t, imageCode, "SUB?fields=id")
	want(t, "items", len(listed), len(kept))
	for i, item := range listed {
		if item["id"] != kept[i] {
			t.Fatalf("item %d is %v, want %s", i, item["id"], kept[i])
		}
	}
}

// BenchmarkSeedAndList is to stay at seconds an operation: modules are tried against catalogues of this size.
func BenchmarkSeedAndList(b *testing.B) {
	images := manyImages(100_000)
	for b.Loop() {
		server := emulator.New(emulator.Options{})
		if _, err := server.Seed(images...); err != nil {
			b.Fatal(err)
		}
		request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/v1/entities/DOCKERIMAGE/SUB", nil)
		request.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
		recorder := httptest.NewRecorder()
		server.ServeHTTP(recorder, request)
		if lines := bytes.Count(recorder.Body.Bytes(), []byte("\n")); lines != len(images)+1 {
			b.Fatalf("the list has %d lines", lines)
		}
	}
}
