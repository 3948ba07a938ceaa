package scaleway

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

// newWarehouse has 250 images in one region, many of which are equal in name, time and status.
func newWarehouse(t *testing.T) *scalewaytest.Server {
	t.Helper()
	server := scalewaytest.New(t)
	var namespaces []scalewaytest.Namespace
	for n := range 120 {
		namespaces = append(namespaces, server.AddNamespace(scalewaytest.Namespace{Name: fmt.Sprintf("team-%d", n)}))
	}
	for n := range 250 {
		server.AddImage(scalewaytest.Image{
			ID: scalewaytest.ID((n*7919)%250 + 1), Name: fmt.Sprintf("app-%d", n%9), NamespaceID: namespaces[n%120].ID,
			CreatedAt: time.Date(2026, 7, 17, 9, n%5, 0, 0, time.UTC), Status: []string{"ready", "locked", "error",
				"unknown"}[n%4],
		})
	}
	return server
}

func TestImages_allArriveInEveryOrder(t *testing.T) {
	t.Parallel()
	created := func(i *image.Image) string { return *i.Scaleway.CreatedAt }
	name := func(i *image.Image) string { return i.Scaleway.Name }
	status := func(i *image.Image) string { return i.Scaleway.Status }
	region := func(i *image.Image) string { return i.Scaleway.Region }
	keys := map[string]func(*image.Image) string{
		"": created, "created_at_asc": created, "created_at_desc": created, "name_asc": name, "name_desc": name,
		"region": region, "status_asc": status, "status_desc": status,
	}
	server := newWarehouse(t)
	for _, order := range append(Orders(), "") {
		t.Run(order, func(t *testing.T) {
			t.Parallel()
			images, err := newClient(t, server, nil).Images(t.Context(), ListOptions{OrderBy: order})
			if err != nil {
				t.Fatal(err)
			}
			ids := map[string]bool{}
			for _, i := range images {
				ids[i.Scaleway.ID] = true
			}
			if len(images) != 250 || len(ids) != 250 {
				t.Fatalf("%d images, %d different ones, want 250", len(images), len(ids))
			}
			direction := 1
			if strings.HasSuffix(order, "_desc") {
				direction = -1
			}
			for n := 1; n < len(images); n++ {
				a, b := images[n-1], images[n]
				if by := direction * cmp.Compare(keys[order](a), keys[order](b)); by > 0 || by == 0 &&
					a.Scaleway.ID >= b.Scaleway.ID {
					t.Fatalf("%d: %s %s comes before %s %s", n, keys[order](a), a.Scaleway.ID, keys[order](b), b.Scaleway.ID)
				}
			}
		})
	}
}

func TestImages_readPagesOfAHundred(t *testing.T) {
	t.Parallel()
	server := newWarehouse(t)
	if _, err := newClient(t, server, nil).Images(t.Context(), ListOptions{Limit: 3}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range server.Requests() {
		got = append(got, strings.TrimPrefix(r.Path, "/registry/v1/regions/")+"?"+r.Query)
	}
	want := []string{
		"fr-par/namespaces?order_by=created_at_asc&page=1&page_size=100",
		"fr-par/namespaces?order_by=created_at_asc&page=2&page_size=100",
		"fr-par/images?order_by=created_at_asc&page=1&page_size=100",
		"fr-par/images?order_by=created_at_asc&page=2&page_size=100",
		"fr-par/images?order_by=created_at_asc&page=3&page_size=100",
	}
	if !slices.Equal(got, want) {
		t.Errorf("requests:\n%s", strings.Join(got, "\n"))
	}
}

func names(images []*image.Image) string {
	var list []string
	for _, i := range images {
		list = append(list, i.Scaleway.Region+"/"+i.Scaleway.Namespace+"/"+i.Scaleway.Name)
	}
	return strings.Join(list, " ")
}

// newChain has shops in three regions.
func newChain(t *testing.T) *scalewaytest.Server {
	t.Helper()
	server := scalewaytest.New(t)
	for n, region := range []string{"pl-waw", "fr-par", "nl-ams"} {
		for m, name := range []string{"shop", "office"} {
			namespace := server.AddNamespace(scalewaytest.Namespace{
				Name: name + "-" + region, Region: region, ProjectID: scalewaytest.ID(700000 + m),
				OrganizationID: scalewaytest.ID(600000 + n),
			})
			server.AddImage(scalewaytest.Image{Name: "web", NamespaceID: namespace.ID,
				Tags: []scalewaytest.Tag{{Name: "v1", Digest: digestOf("a")}}})
			server.AddImage(scalewaytest.Image{Name: "db", NamespaceID: namespace.ID})
		}
	}
	return server
}

func TestImages_areFilteredOrderedAndLimited(t *testing.T) {
	t.Parallel()
	every := []string{"pl-waw", "fr-par", "nl-ams", "fr-par"}
	for _, test := range []struct {
		name    string
		options ListOptions
		config  func(*Config)
		want    string
	}{
		{name: "the configured region", options: ListOptions{Name: "web"},
			want: "fr-par/shop-fr-par/web fr-par/office-fr-par/web"},
		{name: "several regions", options: ListOptions{Regions: every, Name: "web", OrderBy: OrderRegion},
			want: "fr-par/shop-fr-par/web fr-par/office-fr-par/web nl-ams/shop-nl-ams/web nl-ams/office-nl-ams/web " +
				"pl-waw/shop-pl-waw/web pl-waw/office-pl-waw/web"},
		{name: "the first of several regions", options: ListOptions{Regions: every, OrderBy: OrderCreatedAtDesc, Limit: 2},
			want: "nl-ams/office-nl-ams/db nl-ams/office-nl-ams/web"},
		{name: "a namespace by name", options: ListOptions{Regions: every, Namespace: "shop-nl-ams"},
			want: "nl-ams/shop-nl-ams/web nl-ams/shop-nl-ams/db"},
		{name: "a namespace by id", options: ListOptions{Regions: every, Namespace: strings.ToUpper(scalewaytest.ID(900002))},
			want: "fr-par/shop-fr-par/web fr-par/shop-fr-par/db"},
		{name: "no such namespace", options: ListOptions{Namespace: "nowhere"}},
		{name: "no such namespace id", options: ListOptions{Namespace: scalewaytest.ID(5)}},
		{name: "no such name", options: ListOptions{Name: "we"}},
		{name: "an organization", options: ListOptions{Regions: every, OrganizationID: scalewaytest.ID(600002), Name: "db"},
			want: "nl-ams/shop-nl-ams/db nl-ams/office-nl-ams/db"},
		{name: "a project", options: ListOptions{ProjectID: scalewaytest.ID(700001)},
			want: "fr-par/office-fr-par/web fr-par/office-fr-par/db"},
		{name: "the configured project", config: func(c *Config) { c.ProjectID = scalewaytest.ID(700001) },
			want: "fr-par/office-fr-par/web fr-par/office-fr-par/db"},
		{name: "another than the configured organization", options: ListOptions{OrganizationID: scalewaytest.ID(600001),
			Name: "db"},
			config: func(c *Config) { c.OrganizationID = scalewaytest.ID(600002) },
			want:   "fr-par/shop-fr-par/db fr-par/office-fr-par/db"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			images, err := newClient(t, newChain(t), test.config).Images(t.Context(), test.options)
			if err != nil {
				t.Fatal(err)
			}
			if got := names(images); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestImages_haveDigestsWhereTagsAreIncluded(t *testing.T) {
	t.Parallel()
	images, err := newClient(t, newChain(t), nil).Images(t.Context(),
		ListOptions{Name: "web", Include: []string{IncludeTags}})
	if err != nil || len(images) != 2 {
		t.Fatal(len(images), err)
	}
	for _, i := range images {
		if i.Digest == nil || *i.Digest != digestOf("a") || !strings.HasSuffix(*i.PinnedReference, "/web@"+digestOf("a")) {
			t.Errorf("%s: %v", i.Reference, i.Digest)
		}
	}
}

func TestImages_areReadAnewWhenTheListChanges(t *testing.T) {
	t.Parallel()
	server := newWarehouse(t)
	first := true
	server.Before(func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/images") && r.URL.Query().Get("page") == "2" && first {
			first = false
			server.Remove(scalewaytest.ID(1)) // of the first page, so that one of the third moves to the second
		}
	})
	images, err := newClient(t, server, nil).Images(t.Context(), ListOptions{})
	if err != nil || len(images) != 249 {
		t.Errorf("%d images, %v; want all 249 that are left", len(images), err)
	}
}

func TestImages_giveAListUpThatNeverRests(t *testing.T) {
	t.Parallel()
	server := newWarehouse(t)
	removed := 0
	server.Before(func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/images") && r.URL.Query().Get("page") == "2" {
			removed++
			server.Remove(scalewaytest.ID(removed))
		}
	})
	images, err := newClient(t, server, nil).Images(t.Context(), ListOptions{})
	if err == nil || images != nil || !strings.Contains(err.Error(),
		"the list was changed each time it was read (3 times). Try again when nothing is being pushed or deleted") {
		t.Errorf("%d images, %v", len(images), err)
	}
}

func TestImages_failRatherThanComeShort(t *testing.T) {
	t.Parallel()
	one := `{"id":"` + scalewaytest.ID(1) + `","name":"web","namespace_id":"` + scalewaytest.ID(900000) + `"}`
	for name, test := range map[string]struct{ body, want string }{
		"fewer than it says": {`{"images":[` + one + `],"total_count":3}`, "holds 1 items but says that it has 3"},
		"more than it says":  {`{"images":[` + one + `],"total_count":0}`, "holds 1 items but says that it has 0"},
		"no count":           {`{"images":[]}`, "a list without a total_count"},
		"no object":          {`[]`, "no JSON object"},
		"nothing":            {``, "no JSON object"},
		"null":               {`null`, "no JSON object"},
		"a null item":        {`{"images":[null],"total_count":1}`, "an item without an id"},
		"an item without id": {`{"images":[{}],"total_count":1}`, "an item without an id"},
		"cut off":            {`{"images":[` + one, "no JSON object"},
		"a type that is not": {`{"images":{},"total_count":1}`, "could not parse"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _ := newShop(t)
			server.Fault(func(r *http.Request) *scalewaytest.Answer {
				if strings.HasSuffix(r.URL.Path, "/images") {
					return &scalewaytest.Answer{Status: 200, Body: test.body}
				}
				return nil
			})
			images, err := newClient(t, server, nil).Images(t.Context(), ListOptions{})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(),
				"list the Scaleway images of fr-par") {
				t.Errorf("%d images, %v", len(images), err)
			}
		})
	}
}

func TestImages_failWithTheRegionThatFailed(t *testing.T) {
	t.Parallel()
	server := newChain(t)
	server.Fault(func(r *http.Request) *scalewaytest.Answer {
		if strings.Contains(r.URL.Path, "/nl-ams/") {
			return &scalewaytest.Answer{Status: 403,
				Body: `{"message":"insufficient permissions","type":"permissions_denied","details":[{"action":"read","resource":"registry"}]}`}
		}
		return nil
	})
	images, err := newClient(t, server, nil).Images(t.Context(), ListOptions{Regions: []string{"fr-par", "nl-ams"}})
	if err == nil || images != nil || !strings.Contains(err.Error(),
		"namespaces of nl-ams: Scaleway answered 403 Forbidden: insufficient permissions: read registry") {
		t.Errorf("%d images, %v", len(images), err)
	}
}

func TestImages_refuseOptionsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	server := newChain(t)
	client := newClient(t, server, nil)
	for want, options := range map[string]ListOptions{
		`"fr-pra" is no region of Scaleway: they are fr-par, nl-ams, pl-waw, it-mil`: {Regions: []string{"fr-par", "fr-pra"}},
		`"size" is no order: they are created_at_asc, created_at_desc`:               {OrderBy: "size"},
		`"12" is no id of Scaleway's`:                                                {ProjectID: "12"},
		`-1 is no limit`:                                                             {Limit: -1},
	} {
		if _, err := client.Images(t.Context(), options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if requests := server.Requests(); len(requests) != 0 {
		t.Errorf("asked for it: %v", requests)
	}
}

func TestImages_stopWhenTheyAreInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := newWarehouse(t)
	server.Before(func(*http.Request) { cancel() })
	_, err := newClient(t, server, nil).Images(ctx, ListOptions{})
	if err == nil || !strings.Contains(err.Error(), "it was interrupted") {
		t.Errorf("got %v", err)
	}
}
