package openshift_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
)

// many returns images with ascending names, in two repositories by turns.
func many(count int) (all []openshifttest.Object, names []string) {
	for index := range count {
		name := fmt.Sprintf("sha256:%064d", index)
		names = append(names, name)
		all = append(all, openshifttest.Object{
			"kind": "Image", "apiVersion": "image.openshift.io/v1", "metadata": map[string]any{"name": name},
			"dockerImageReference": fmt.Sprintf("registry.example.com/demo/ship%d@%s", index%2, name),
		})
	}
	return all, names
}

func list(t *testing.T, client *openshift.Client, options openshift.ListOptions) []string {
	t.Helper()
	images, err := client.Images(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, found := range images {
		names = append(names, found.OpenShift.Name)
	}
	return names
}

func TestImages_readsEveryPage(t *testing.T) {
	t.Parallel()
	all, names := many(23)
	api := openshifttest.New(t, all...)
	client := newClient(t, api)
	openshift.SetPageSize(t, client, 5)
	if difference := cmp.Diff(names, list(t, client, openshift.ListOptions{})); difference != "" {
		t.Errorf("want (-) and got (+):\n%s", difference)
	}
	if requests := api.Requests(); len(requests) != 5 {
		t.Errorf("23 images in pages of 5 took %d requests: %v", len(requests), requests)
	}
}

func TestImages_choosesAndStopsAtTheLimit(t *testing.T) {
	t.Parallel()
	all, names := many(23)
	api := openshifttest.New(t, all...)
	client := newClient(t, api)
	openshift.SetPageSize(t, client, 5)
	if difference := cmp.Diff([]string{names[1], names[3], names[5]},
		list(t, client, openshift.ListOptions{Repository: "registry.example.com/demo/ship1", Limit: 3})); difference != "" {
		t.Errorf("by repository, want (-) and got (+):\n%s", difference)
	}
	if requests := api.Requests(); len(requests) != 2 {
		t.Errorf("3 images of the first 6 in pages of 5 took %d requests: %v", len(requests), requests)
	}
	if difference := cmp.Diff([]string{names[17]},
		list(t, client, openshift.ListOptions{Reference: "/ship1@sha256:0+17$"})); difference != "" {
		t.Errorf("by regular expression, want (-) and got (+):\n%s", difference)
	}
	if difference := cmp.Diff([]string{},
		list(t, client, openshift.ListOptions{Repository: "registry.example.com/demo/none"})); difference != "" {
		t.Errorf("of none, want (-) and got (+):\n%s", difference)
	}
	list(t, client, openshift.ListOptions{LabelSelector: "tier in (one,two)"})
	if requests := api.Requests(); !strings.Contains(requests[len(requests)-1], "labelSelector=tier+in+%28one%2Ctwo%29") {
		t.Errorf("the labels are not the cluster's to choose by: %s", requests[len(requests)-1])
	}
	for want, options := range map[string]openshift.ListOptions{
		"no regular expression": {Reference: "("}, "leave out the tag": {Repository: "demo/ship:1"},
		"is no repository": {Repository: "Demo"}, "the limit is -1": {Limit: -1},
	} {
		if _, err := client.Images(t.Context(), options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", options, err)
		}
	}
}

// expire answers the nth request that goes on with a list with 410, as the API does when it has forgotten what it was a
// list of.
func expire(api *openshifttest.API, when func(count int32) bool, next string) {
	var count atomic.Int32
	api.Answer(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("continue") == "" || !when(count.Add(1)) {
			return false
		}
		openshifttest.Refuse(w, http.StatusGone, "Expired", "The provided continue parameter is too old",
			map[string]any{"metadata": map[string]any{"continue": next}})
		return true
	})
}

func TestImages_goesOnWhereAnExpiredListWas(t *testing.T) {
	t.Parallel()
	all, names := many(23)
	api := openshifttest.New(t, all...)
	client := newClient(t, api)
	openshift.SetPageSize(t, client, 5)
	// the stand-in's tokens are names to begin with
	expire(api, func(count int32) bool { return count == 2 }, names[9]+"~")
	if difference := cmp.Diff(names, list(t, client, openshift.ListOptions{})); difference != "" {
		t.Errorf("want (-) and got (+):\n%s", difference)
	}
	if requests := api.Requests(); len(requests) != 6 {
		t.Errorf("the third page was to be read again, and not the first ones: %d requests: %v", len(requests), requests)
	}
}

func TestImages_beginsAnewOnceWhereAnExpiredListCannotGoOn(t *testing.T) {
	t.Parallel()
	all, names := many(23)
	api := openshifttest.New(t, all...)
	client := newClient(t, api)
	openshift.SetPageSize(t, client, 5)
	expire(api, func(count int32) bool { return count == 2 }, "")
	if difference := cmp.Diff(names, list(t, client, openshift.ListOptions{})); difference != "" {
		t.Errorf("want (-) and got (+):\n%s", difference)
	}
	expire(api, func(int32) bool { return true }, "")
	if _, err := client.Images(t.Context(), openshift.ListOptions{}); err == nil || !strings.Contains(err.Error(),
		"forgot what it was a list of") {
		t.Errorf("a list that expires again and again: %v", err)
	}
}

func TestImages_endsWhereThePagesGoRoundInCircles(t *testing.T) {
	t.Parallel()
	api := openshifttest.New(t)
	api.Answer(func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"kind": "ImageList", "metadata": {"continue": "again"}, "items": []}`))
		return true
	})
	if _, err := newClient(t, api).Images(t.Context(), openshift.ListOptions{}); err == nil ||
		!strings.Contains(err.Error(), "the same page again") {
		t.Errorf("error: %v", err)
	}
}

// Each warning is passed on once, although it comes with each page.
func TestImages_passesOnWhatTheAPIWarnsOf(t *testing.T) {
	t.Parallel()
	all, names := many(12)
	api := openshifttest.New(t, all...)
	client := newClient(t, api)
	openshift.SetPageSize(t, client, 5)
	var page atomic.Int32
	api.Answer(func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Add("Warning", `299 - "image.openshift.io/v1 Image is deprecated, `+openshifttest.Token+`"`)
		if page.Add(1) == 3 {
			w.Header().Add("Warning", `299 - "the last page"`)
		}
		return false
	})
	var warnings []image.Warning
	images, err := client.Images(t.Context(),
		openshift.ListOptions{Warn: func(w image.Warning) { warnings = append(warnings, w) }})
	if err != nil || len(images) != len(names) || page.Load() != 3 {
		t.Fatalf("%d images on %d pages: %v", len(images), page.Load(), err)
	}
	if len(warnings) != 2 || !strings.Contains(warnings[0].Detail, "is deprecated") ||
		!strings.Contains(warnings[1].Detail, "the last page") {
		t.Errorf("warnings: %v", warnings)
	}
	if strings.Contains(fmt.Sprint(warnings), openshifttest.Token) {
		t.Errorf("the token is in the warnings: %v", warnings)
	}
}

// A proxy that mixes up two servers can lead round in a circle.
func TestImages_thatLeadRoundInACircleAreAnError(t *testing.T) {
	t.Parallel()
	next := map[string]string{"": "first", "first": "second", "second": "first"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"kind": "ImageList", "metadata": {"continue": %q}, "items": []}`,
			next[r.URL.Query().Get("continue")])
	}))
	t.Cleanup(server.Close)
	client := onMachine(t, openshift.Config{Host: server.URL, Insecure: true}, "", nil)
	if _, err := client.Images(t.Context(), openshift.ListOptions{}); err == nil || !strings.Contains(err.Error(),
		"again and again") {
		t.Errorf("error: %v", err)
	}
}
