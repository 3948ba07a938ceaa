package engine

import (
	"slices"
	"testing"
)

func TestCalled(t *testing.T) {
	t.Parallel()
	tagged, digested := names(
		[]string{"nginx:1", "localhost/lab:2", "registry.example.com:5000/team/app:3", "<none>:<none>", "app@" + idOfIndex},
		[]string{"nginx@" + idOfLoaded, "<none>@<none>"},
	)
	if want := []string{"docker.io/library/nginx:1", "localhost/lab:2",
		"registry.example.com:5000/team/app:3"}; !slices.Equal(tagged, want) {
		t.Errorf("%q", tagged)
	}
	if want := []string{"docker.io/library/app@" + idOfIndex, "docker.io/library/nginx@" +
		idOfLoaded}; !slices.Equal(digested, want) {
		t.Errorf("%q", digested)
	}
	for asked, want := range map[string]string{
		"nginx:1":                              "docker.io/library/nginx:1",
		"docker.io/nginx:1":                    "docker.io/library/nginx:1",
		"registry.example.com:5000/team/app:3": "registry.example.com:5000/team/app:3",
		"nginx@" + idOfLoaded:                  "docker.io/library/nginx@" + idOfLoaded,
		"lab:2":                                "localhost/lab:2", // Podman's own registry
		"nginx":                                "docker.io/library/nginx:latest",
		idOfConfig:                             "docker.io/library/nginx:1",
		idOfBuilt:                              "docker.io/library/nginx:1", // a digest of its manifest
		idOfConfig[len("sha256:"):]:            "docker.io/library/nginx:1",
		idOfConfig[len("sha256:") : len("sha256:")+12]: "docker.io/library/nginx:1",
	} {
		if got := called(asked, idOfConfig, tagged, digested); got != want {
			t.Errorf("%s is %s, want %s", asked, got, want)
		}
	}
	// Podman has what was built on localhost, and what was pulled under the registry's name.
	inPodman, byDigest := names([]string{"localhost/hunt/base:1", "quay.example/hunt/base:1", "quay.example/team/app:1",
		"quay.example/deep/team/tool:1", "quay.example/library/lib:1"}, []string{"quay.example/team/app@" + idOfIndex})
	for asked, want := range map[string]string{
		"hunt/base:1":               "localhost/hunt/base:1",
		"base:1":                    "localhost/hunt/base:1",
		"team/app:1":                "quay.example/team/app:1",
		"app:1":                     "quay.example/team/app:1",
		"team/tool:1":               "quay.example/deep/team/tool:1",
		"library/lib:1":             "quay.example/library/lib:1",
		"team/app@" + idOfIndex:     "quay.example/team/app@" + idOfIndex,
		"docker.io/team/app:1":      "docker.io/team/app:1",
		"eam/app:1":                 "docker.io/eam/app:1",
		"team/app:2":                "docker.io/team/app:2",
		"other.example/team/app:1":  "other.example/team/app:1",
		"quay.example/hunt/base:1":  "quay.example/hunt/base:1",
		"index.docker.io/x/app:1":   "docker.io/x/app:1",
		"localhost/other/base:1":    "localhost/other/base:1",
		"localhost:5000/hunt/app:1": "localhost:5000/hunt/app:1",
	} {
		if got := called(asked, idOfConfig, inPodman, byDigest); got != want {
			t.Errorf("in Podman %s is %s, want %s", asked, got, want)
		}
	}
	if got := called(idOfConfig, idOfConfig, nil, digested); got != digested[0] {
		t.Errorf("without a tag it is %s", got)
	}
	if got := called(idOfConfig, idOfConfig, nil, nil); got != idOfConfig {
		t.Errorf("without a name it is %s", got)
	}
}

func TestRepoDigest_takesNoneOfSeveral(t *testing.T) {
	t.Parallel()
	one, two, other := "docker.io/library/nginx@"+idOfIndex, "docker.io/library/nginx@"+idOfLoaded, "quay.io/nginx@"+
		idOfBuilt
	for _, test := range []struct {
		full string
		list []string
		want string
	}{
		{"docker.io/library/nginx:1", []string{one, other}, one},
		{"docker.io/library/nginx:1", []string{one, two}, ""},
		{one, []string{one, two}, one},
		{"docker.io/library/nginx:1@" + idOfLoaded, []string{one, two}, two},
		{"docker.io/library/nginx:1@" + idOfBuilt, []string{one, two}, ""},
		{"quay.io/app:1", []string{one}, one},
		{"quay.io/app:1", []string{one, other}, ""},
		{"quay.io/app:1", nil, ""},
	} {
		if got, _ := repoDigest(test.full, test.list); got != test.want {
			t.Errorf("%s of %q: %q, want %q", test.full, test.list, got, test.want)
		}
	}
}

// An image that was built without a name has its id as its reference, and cannot be pulled by a name.
func TestImage_withoutANameHasNone(t *testing.T) {
	t.Parallel()
	route := "GET /images/" + idOfIndex + "/json"
	engine := &recording{api: "1.52", routes: map[string]string{route: `{"Id":"` + idOfIndex + `","Descriptor":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"` + idOfIndex + `"},
		"Config":{"Cmd":["/run"]},"Architecture":"amd64","Os":"linux","RootFS":{"Type":"layers"}}`}}
	i, err := engine.direct(t).Image(t.Context(), idOfIndex, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if i.Reference != idOfIndex || i.PinnedReference != nil || i.Catalogue.Name != nil || i.Catalogue.Tag != nil {
		t.Errorf("%s, pinned %s, name %s, tag %s", i.Reference, text(i.PinnedReference), text(i.Catalogue.Name),
			text(i.Catalogue.Tag))
	}
}
