package scaleway

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	registry "github.com/scaleway/scaleway-sdk-go/api/registry/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

// newClient returns a client of the server that does not dawdle. edit may change its settings, and be nil.
func newClient(t testing.TB, server *scalewaytest.Server, edit func(*Config)) *Client {
	t.Helper()
	config := Config{AccessKey: scalewaytest.AccessKey, SecretKey: scalewaytest.SecretKey, Region: "fr-par",
		APIURL: server.URL, UserAgent: "test/1"}
	if edit != nil {
		edit(&config)
	}
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	client.retryWait, client.statusWait = time.Millisecond, time.Millisecond
	return client
}

func digestOf(letter string) string { return "sha256:" + strings.Repeat(letter, 64) }

// newShop has an image "web" with four tags, two of which are the same, in the namespace "shop".
func newShop(t testing.TB) (*scalewaytest.Server, scalewaytest.Image) {
	t.Helper()
	server := scalewaytest.New(t)
	namespace := server.AddNamespace(scalewaytest.Namespace{Name: "shop", Public: true})
	web := server.AddImage(scalewaytest.Image{
		Name: "web", NamespaceID: namespace.ID, StatusMessage: "fine", Size: 3847002, UpdatedAt: time.Date(2026, 7, 17, 11,
			50, 8, 0, time.FixedZone("", 7200)),
		Tags: []scalewaytest.Tag{{Name: "v2", Digest: digestOf("b")}, {Name: "v1", Digest: digestOf("a")},
			{Name: "latest", Digest: digestOf("b")}, {Name: "edge", Digest: digestOf("c")}},
	})
	return server, web
}

func TestImage_givesWhatScalewayKnows(t *testing.T) {
	t.Parallel()
	server, web := newShop(t)
	got, err := newClient(t, server, nil).Image(t.Context(), "fr-par", strings.ToUpper(web.ID),
		Options{Include: []string{IncludeTags}})
	if err != nil {
		t.Fatal(err)
	}
	created, updated := "2026-07-17T09:50:00.430796Z", "2026-07-17T09:50:08Z"
	tag := func(n int, name, digest string) image.ScalewayTag {
		return image.ScalewayTag{Name: name, ID: new(scalewaytest.ID(1000 + n)), Digest: &digest, Status: new("ready"),
			CreatedAt: &created, UpdatedAt: &updated}
	}
	repository := "rg.fr-par.scw.cloud/shop/web"
	want := &image.Image{
		Source: "scaleway", Reference: repository + ":latest", Digest: new(digestOf("b")), PinnedReference: new(repository +
			"@" + digestOf("b")),
		Tags: []string{repository + ":latest", repository + ":v2"}, RepoDigests: []string{repository + "@" + digestOf("b")},
		Scaleway: &image.Scaleway{
			ID: web.ID, Region: "fr-par", Name: "web", Repository: repository, NamespaceID: scalewaytest.ID(900000),
			Namespace: "shop",
			Endpoint:  "rg.fr-par.scw.cloud/shop", OrganizationID: new(scalewaytest.ID(800000)),
			ProjectID: new(scalewaytest.ID(800001)),
			Status:    "ready", StatusMessage: new("fine"), Visibility: new("inherit"), Public: new(true),
			Size:      new(int64(3847002)),
			CreatedAt: &created, UpdatedAt: &updated,
			Tags: []image.ScalewayTag{tag(3, "edge", digestOf("c")), tag(2, "latest", digestOf("b")),
				tag(1, "v1", digestOf("a")), tag(0, "v2", digestOf("b"))},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if requests := len(server.Requests()); requests != 3 {
		t.Errorf("%d requests, want one each for the image, its namespace and its tags", requests)
	}
}

func TestImage_withoutTagsHasTheirNames(t *testing.T) {
	t.Parallel()
	server, web := newShop(t)
	got, err := newClient(t, server, nil).Image(t.Context(), "", web.ID, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []image.ScalewayTag{{Name: "edge"}, {Name: "latest"}, {Name: "v1"}, {Name: "v2"}}
	if diff := cmp.Diff(want, got.Scaleway.Tags); diff != "" {
		t.Error(diff)
	}
	if got.Digest != nil || got.Reference != "rg.fr-par.scw.cloud/shop/web:latest" || len(server.Requests()) != 2 {
		t.Errorf("digest %v, reference %s, %d requests", got.Digest, got.Reference, len(server.Requests()))
	}
}

func TestImage_isThatOfATag(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, wanted string
		tags         []scalewaytest.Tag
		reference    string // after the repository
		digest       string
		failure      string
	}{
		{name: "named", wanted: "v1", tags: []scalewaytest.Tag{{Name: "latest", Digest: digestOf("a")},
			{Name: "v1", Digest: digestOf("b")}}, reference: ":v1", digest: digestOf("b")},
		{name: "latest", tags: []scalewaytest.Tag{{Name: "a", Digest: digestOf("a")},
			{Name: "latest", Digest: digestOf("b")}}, reference: ":latest", digest: digestOf("b")},
		{name: "only", tags: []scalewaytest.Tag{{Name: "v7", Digest: digestOf("c")}}, reference: ":v7",
			digest: digestOf("c")},
		{name: "several", tags: []scalewaytest.Tag{{Name: "v7", Digest: digestOf("c")}, {Name: "v8", Digest: digestOf("d")}}},
		{name: "none"},
		{name: "missing", wanted: "v9", tags: []scalewaytest.Tag{{Name: "v7", Digest: digestOf("c")}},
			failure: "the image has no such tag: there are v7"},
		{name: "without a digest", wanted: "v7", tags: []scalewaytest.Tag{{Name: "v7"}}, reference: ":v7"},
		{name: "with a strange digest", wanted: "v7", tags: []scalewaytest.Tag{{Name: "v7", Digest: "sha256:zz"}},
			failure: `"v7" has the digest "sha256:zz", which is not a digest`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := scalewaytest.New(t)
			i := server.AddImage(scalewaytest.Image{Name: "web",
				NamespaceID: server.AddNamespace(scalewaytest.Namespace{Name: "shop"}).ID, Tags: test.tags})
			got, err := newClient(t, server, nil).Image(t.Context(), "fr-par", i.ID,
				Options{Tag: test.wanted, Include: []string{IncludeTags}})
			if test.failure != "" {
				if err == nil || !strings.Contains(err.Error(), test.failure) {
					t.Fatalf("got %v, want %q", err, test.failure)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if want := "rg.fr-par.scw.cloud/shop/web" + test.reference; got.Reference != want {
				t.Errorf("reference %s, want %s", got.Reference, want)
			}
			if known := image.Known(test.digest); !reflect.DeepEqual(got.Digest, known) {
				t.Errorf("digest %v, want %v", got.Digest, known)
			}
		})
	}
}

func TestImage_readsMoreThanAPageOfTags(t *testing.T) {
	t.Parallel()
	server := scalewaytest.New(t)
	var tags []scalewaytest.Tag
	for n := range 130 {
		tags = append(tags, scalewaytest.Tag{Name: fmt.Sprintf("v%03d", n), Digest: digestOf("a")})
	}
	i := server.AddImage(scalewaytest.Image{Name: "web",
		NamespaceID: server.AddNamespace(scalewaytest.Namespace{Name: "shop"}).ID, Tags: tags})
	got, err := newClient(t, server, nil).Tags(t.Context(), "fr-par", i.ID)
	if err != nil || len(got) != 130 || got[129].Name != "v129" {
		t.Fatalf("%d tags, %v", len(got), err)
	}
}

func TestImage_saysWhetherItIsPublic(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		visibility string
		namespace  bool
		want       *bool
	}{
		{"public", false, new(true)}, {"private", true, new(false)}, {"inherit", true, new(true)},
		{"inherit", false, new(false)},
		{"visibility_unknown", true, nil}, {"friends", true, nil},
	} {
		server := scalewaytest.New(t)
		namespace := server.AddNamespace(scalewaytest.Namespace{Name: "shop", Public: test.namespace})
		i := server.AddImage(scalewaytest.Image{Name: "web", NamespaceID: namespace.ID, Visibility: test.visibility})
		got, err := newClient(t, server, nil).Image(t.Context(), "fr-par", i.ID, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Scaleway.Public, test.want) {
			t.Errorf("%s in a namespace that is public: %t: got %v", test.visibility, test.namespace, got.Scaleway.Public)
		}
	}
}

func TestImage_warnsOfAStatusThatIsTrouble(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{"ready": "", "locked": "Image is locked", "error": "Image is in error",
		"deleting": "Image is being deleted"} {
		server, web := newShop(t)
		server.Looks = 9
		server.Edit(web.ID, func(i *scalewaytest.Image) { i.Status, i.StatusMessage = status, "abuse report 12" })
		var warned image.Warning
		got, err := newClient(t, server, nil).Image(t.Context(), "fr-par", web.ID,
			Options{Warn: func(w image.Warning) { warned = w }})
		if err != nil || got.Scaleway.Status != status {
			t.Fatalf("%s: %v", status, err)
		}
		if warned.Summary != want || want != "" && !strings.Contains(warned.Detail, "abuse report 12") {
			t.Errorf("%s: %+v", status, warned)
		}
	}
}

// What the SDK's records have, the shape has, under the same names.
func TestScaleway_hasAPlaceForEveryField(t *testing.T) {
	t.Parallel()
	elsewhere := map[string]string{"image_id": "a tag stands below its image"}
	for record, shape := range map[reflect.Type]reflect.Type{
		reflect.TypeFor[registry.Image](): reflect.TypeFor[image.Scaleway](),
		reflect.TypeFor[registry.Tag]():   reflect.TypeFor[image.ScalewayTag](),
	} {
		names := map[string]bool{}
		for field := range shape.Fields() {
			names[field.Tag.Get("tfsdk")] = true
		}
		for field := range record.Fields() {
			if name := field.Tag.Get("json"); !names[name] && elsewhere[name] == "" {
				t.Errorf("%s.%s has no place in %s, and no reason why not", record, name, shape)
			}
		}
	}
}
