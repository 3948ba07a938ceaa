package scaleway

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

const uuid = "97acc09a-89cb-4c45-8b75-207be248b202"

func TestLocate_takesAnIDWithAndWithoutItsRegion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ region, id, at, want, refused string }{
		{"", uuid, "", uuid, ""},
		{"nl-ams", uuid, "nl-ams", uuid, ""},
		{"", "fr-par/" + uuid, "fr-par", uuid, ""},
		{"fr-par", "fr-par/" + strings.ToUpper(uuid), "fr-par", uuid, ""},
		{"nl-ams", "fr-par/" + uuid, "", "", "is one of the region fr-par, and the region that is given is nl-ams"},
		{"", "fr-par-1/" + uuid, "", "", "is no id of Scaleway's"},
		{"", "FR-PAR/" + uuid, "", "", "is no id of Scaleway's"},
		{"", "mars/" + uuid, "", "", "is no id of Scaleway's"},
		{"", "/" + uuid, "", "", "is no id of Scaleway's"},
		{"", "fr-par/", "", "", "is no id of Scaleway's"},
		{"", "fr-par/" + uuid + "/x", "", "", "is no id of Scaleway's"},
		{"", "fr-par/fr-par/" + uuid, "", "", "is no id of Scaleway's"},
		{"", uuid + "/fr-par", "", "", "is no id of Scaleway's"},
		{"", uuid[:35], "", "", "is no id of Scaleway's"},
		{"", " " + uuid, "", "", "is no id of Scaleway's"},
		{"", "", "", "", "is no id of Scaleway's"},
	} {
		at, id, err := Locate(test.region, test.id)
		if at != test.at && err == nil || id != test.want && err == nil || (err == nil) != (test.refused == "") ||
			err != nil && !strings.Contains(err.Error(), test.refused) {
			t.Errorf("%s, %q: %s, %s, %v", test.region, test.id, at, id, err)
		}
	}
}

func TestLocateNamespace_takesANameOrAnID(t *testing.T) {
	t.Parallel()
	for namespace, want := range map[string]string{
		"web":                              " web",
		"team-1.prod":                      " team-1.prod",
		uuid:                               uuid + " ",
		"fr-par/" + uuid:                   uuid + " ",
		"deadbeef":                         " deadbeef",
		"fr-par/web":                       "is no id of Scaleway's",
		"fr-par/" + uuid + "x":             "is no id of Scaleway's",
		uuid[:35]:                          "is no id of Scaleway's",
		strings.ReplaceAll(uuid, "-", ""):  "is no id of Scaleway's",
		"rg.fr-par.scw.cloud/web":          "is the address of a namespace",
		"Web":                              "is no namespace: give its name",
		"my web":                           "is no namespace: give its name",
		"web ":                             "is no namespace: give its name",
		"-web":                             "is no namespace: give its name",
		"{" + uuid + "}":                   "is no namespace: give its name",
		"nl-ams/" + uuid:                   "is one of the region nl-ams",
		strings.ToUpper(uuid[:8]) + "-X-9": "is no namespace: give its name",
	} {
		_, id, name, err := LocateNamespace("fr-par", namespace)
		if got := id + " " + name; err == nil && got != want || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v; want %s", namespace, got, err, want)
		}
	}
}

func FuzzLocate(f *testing.F) {
	for _, id := range []string{uuid, "fr-par/" + uuid, "web", "rg.fr-par.scw.cloud/web", "fr-par/", "a-b-c-d-e"} {
		f.Add("fr-par", id)
		f.Add("", id)
	}
	f.Fuzz(func(t *testing.T, region, text string) {
		if at, id, err := Locate(region, text); err == nil && (CheckID(id) != nil || region != "" && at != region) {
			t.Errorf("%s, %s: %s, %s", region, text, at, id)
		}
		if _, id, name, err := LocateNamespace(region, text); err == nil && (id == "") == (name == "") {
			t.Errorf("%s: id %q and name %q", text, id, name)
		}
	})
}

func TestIDs_asScalewaysProviderHasThemAreTakenEverywhere(t *testing.T) {
	t.Parallel()
	server := newChain(t)
	client := newClient(t, server, nil)
	images, err := client.Images(t.Context(), ListOptions{Regions: []string{"nl-ams"}, Name: "web"})
	if err != nil {
		t.Fatal(err)
	}
	one := images[0].Scaleway
	id, namespace := one.Region+"/"+one.ID, one.Region+"/"+one.NamespaceID
	for what, read := range map[string]func() (string, error){
		"an image": func() (string, error) {
			found, err := client.Image(t.Context(), "", id, Options{})
			return idOf(found), err
		},
		"an image by name": func() (string, error) {
			found, err := client.ImageByName(t.Context(), "", namespace, "web", Options{})
			return idOf(found), err
		},
		"a list": func() (string, error) {
			found, err := client.Images(t.Context(), ListOptions{Namespace: namespace, Name: "web"})
			if len(found) != 1 {
				return fmt.Sprint(len(found)), err
			}
			return idOf(found[0]), err
		},
		"a list of several regions": func() (string, error) {
			found, err := client.Images(t.Context(), ListOptions{Regions: Regions(), Namespace: namespace, Name: "web"})
			if len(found) != 1 {
				return fmt.Sprint(len(found)), err
			}
			return idOf(found[0]), err
		},
		"tags": func() (string, error) {
			_, err := client.Tags(t.Context(), "", id)
			return one.ID, err
		},
		"a status": func() (string, error) {
			_, err := client.Wait(t.Context(), "", id)
			return one.ID, err
		},
		"a visibility": func() (string, error) { return one.ID, client.SetVisibility(t.Context(), "", id, "public") },
	} {
		if got, err := read(); err != nil || got != one.ID {
			t.Errorf("%s: %s, %v", what, got, err)
		}
	}
	if err := client.Delete(t.Context(), "", id); err != nil || server.Find(one.ID) != nil {
		t.Errorf("a deletion: %v", err)
	}
}

func TestIDs_thatAreNoneAreErrorsAndNotNothing(t *testing.T) {
	t.Parallel()
	server := newChain(t)
	client := newClient(t, server, nil)
	for _, namespace := range []string{"fr-par/web", uuid[:35], "mars/" + uuid, "Web"} {
		if images, err := client.Images(t.Context(), ListOptions{Namespace: namespace}); err == nil || isNotFound(err) {
			t.Errorf("a list of %q: %v, %v", namespace, images, err)
		}
		if _, err := client.ImageByName(t.Context(), "", namespace, "web", Options{}); err == nil || isNotFound(err) {
			t.Errorf("an image of %q: %v", namespace, err)
		}
	}
	for _, name := range []string{"", "web:v1", "web@sha256:00", "rg.fr-par.scw.cloud/shop/web"} {
		if _, err := client.ImageByName(t.Context(), "", "", name, Options{}); err == nil || isNotFound(err) {
			t.Errorf("the name %q: %v", name, err)
		}
	}
	if _, err := client.Images(t.Context(), ListOptions{Regions: []string{"nl-ams", "pl-waw"},
		Namespace: "fr-par/" + uuid}); err == nil || !strings.Contains(err.Error(),
		"is one of the region fr-par, which is not among the regions that are given: nl-ams, pl-waw") {
		t.Errorf("another region: %v", err)
	}
	if requests := server.Requests(); len(requests) > 0 {
		t.Errorf("asked nevertheless: %v", requests)
	}
}

func TestTags_areAllThereWhereAnImageShowsTheNewestAlone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ tags, requests int }{{0, 0}, {1, 0}, {4, 0}, {5, 1}, {19, 1}, {120, 2}} {
		server := scalewaytest.New(t)
		namespace := server.AddNamespace(scalewaytest.Namespace{Name: "shop"})
		added := scalewaytest.Image{Name: "web", NamespaceID: namespace.ID}
		var want []string
		for number := range test.tags {
			name := fmt.Sprintf("0.%d.0", number)
			if number == 0 && test.tags > 1 {
				name = "latest"
			}
			want = append(want, name)
			added.Tags = append(added.Tags, scalewaytest.Tag{Name: name, Digest: "sha256:" + strings.Repeat("a", 64)})
		}
		slices.Sort(want)
		added = server.AddImage(added)
		for what, read := range map[string]func(*Client) ([]string, string, error){
			"a list": func(c *Client) ([]string, string, error) {
				images, err := c.Images(t.Context(), ListOptions{})
				if err != nil {
					return nil, "", err
				}
				return tagsOf(images[0].Scaleway.Tags), images[0].Reference, nil
			},
			"an image": func(c *Client) ([]string, string, error) {
				found, err := c.Image(t.Context(), "", added.ID, Options{})
				if err != nil {
					return nil, "", err
				}
				if found.Digest != nil {
					t.Error("a digest that was not asked for")
				}
				return tagsOf(found.Scaleway.Tags), found.Reference, nil
			},
		} {
			before := len(server.Requests())
			got, reference, err := read(newClient(t, server, nil))
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s with %d tags: %q, %v", what, test.tags, got, err)
			}
			if latest := strings.HasSuffix(reference, ":latest"); latest != (test.tags > 1) {
				t.Errorf("%s with %d tags is %s", what, test.tags, reference)
			}
			asked := 0
			for _, request := range server.Requests()[before:] {
				if strings.HasSuffix(request.Path, "/tags") {
					asked++
				}
			}
			if asked != test.requests {
				t.Errorf("%s with %d tags: %d requests for tags, want %d", what, test.tags, asked, test.requests)
			}
		}
	}
}

func tagsOf(tags []image.ScalewayTag) (names []string) {
	for _, tag := range tags {
		names = append(names, tag.Name)
		if tag.Digest != nil || tag.ID != nil {
			names = append(names, "with facts that were not asked for")
		}
	}
	return names
}

func idOf(found *image.Image) string {
	if found == nil {
		return "none"
	}
	return found.Scaleway.ID
}
