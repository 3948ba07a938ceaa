package demandflow

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A fake is a tenant with images on a server. It answers what reads and look-ups ask; how it answers a list is the
// test's.
type fakeTenant struct {
	*recorder
	mutex   sync.Mutex
	images  []string     // as JSON
	claims  atomic.Int64 // how many images the count says there are, where that is not how many there are
	listing func(w http.ResponseWriter, r *http.Request, images []string)

	failingCounts atomic.Int64 // how many more counts fail
	beforeCount   func(r *http.Request)
	counting      chan struct{} // closed when a count has come that holdNextCount holds
}

func newFakeTenant(t *testing.T, images ...string) *fakeTenant {
	t.Helper()
	s := &fakeTenant{images: images, listing: func(w http.ResponseWriter, _ *http.Request, images []string) {
		fmt.Fprint(w, strings.Join(images, "\n"))
	}}
	s.recorder = serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		s.mutex.Lock()
		images, asked := strings.Split(strings.Join(s.images, "\n"), "\n"), s.asked()[n-1]
		s.mutex.Unlock()
		switch {
		case r.URL.Path == "/v1/query" && strings.Contains(asked.body, "countOnly"):
			if s.beforeCount != nil {
				s.beforeCount(r)
			}
			if s.failingCounts.Add(-1) >= 0 {
				failed(w, "the count fails")
				return
			}
			size := int64(len(images))
			if claimed := s.claims.Load(); claimed != 0 {
				size = claimed
			}
			fmt.Fprintf(w, `{"_meta":true,"_type":"count","entity":"DOCKERIMAGE","count":%d}`, size)
		case r.URL.Path == "/v1/query" && !strings.Contains(asked.body, "filter"):
			s.listing(w, r, images)
		case r.URL.Path == "/v1/query":
			var lines []struct{ Filter Filter }
			_ = json.Unmarshal([]byte(asked.body), &lines)
			for _, image := range images {
				var object Object
				_ = json.Unmarshal([]byte(image), &object)
				if strings.Contains(object.Text(lines[0].Filter.Field), lines[0].Filter.Term) {
					fmt.Fprintln(w, image)
				}
			}
		case r.Method == http.MethodGet:
			for _, image := range images {
				if strings.Contains(image, fmt.Sprintf(`"id":%q`, r.URL.Path[len("/v1/objects/"):])) {
					fmt.Fprint(w, image)
					return
				}
			}
			text(404, `{"error":"not_found","message":"no such object"}`)(w, r, n)
		case r.Method == http.MethodDelete:
			w.WriteHeader(http.StatusNoContent)
		case r.Method == http.MethodPatch:
			fmt.Fprintf(w, `{"id":%q,"entity":"DOCKERIMAGE"}`, r.URL.Path[len("/v1/objects/"):])
		default:
			text(200, `{"id":"written","entity":"DOCKERIMAGE"}`)(w, r, n)
		}
	})
	return s
}

// fakeImage is the n-th image of a fake.
func fakeImage(n int) string {
	return fmt.Sprintf(`{"id":"i%d","comboKey":"SUB:s|ENT:i%d","entity":"DOCKERIMAGE","name":"app","tag":"%d",`+
		`"fullImageName":"app:%d","subscription":%q,"_df_version":%d}`, n, n, n, n, tenant, n)
}

func fakeImages(n int) []string {
	images := make([]string, n)
	for i := range images {
		images[i] = fakeImage(i)
	}
	return images
}

// sent counts requests by what they are for.
func (s *fakeTenant) sent() (counts struct{ gets, counted, lists, queries int }) {
	for _, request := range s.asked() {
		switch {
		case request.method == http.MethodGet:
			counts.gets++
		case strings.Contains(request.body, "countOnly"):
			counts.counted++
		case strings.Contains(request.body, "filter"):
			counts.queries++
		case request.path == "/v1/query":
			counts.lists++
		}
	}
	return counts
}

// wantRead reads an image and compares its version with its number.
func wantRead(ctx context.Context, t *testing.T, client *Client, n int) {
	t.Helper()
	object, err := client.Read(ctx, entity.DockerImage.Code, fmt.Sprintf("i%d", n))
	if err != nil {
		t.Errorf("image %d: %s", n, err)
		return
	}
	version, known := object.Version()
	if !known || version != int64(n) || object.ID() != fmt.Sprintf("i%d", n) || object.Text("tag") != fmt.Sprint(n) {
		t.Errorf("image %d is %v of version %d", n, object, version)
	}
}

// atATime calls do for each number below n, ten at a time, as Terraform does.
func atATime(ten, n int, do func(n int)) {
	var all sync.WaitGroup
	numbers := make(chan int)
	for range ten {
		all.Go(func() {
			for number := range numbers {
				do(number)
			}
		})
	}
	for number := range n {
		numbers <- number
	}
	close(numbers)
	all.Wait()
}
