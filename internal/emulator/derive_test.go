package emulator_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

func digestOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func TestImage_isNamedByItsRegistryNamespaceNameAndTag(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		registry object // nil = none
		full     string
	}{
		"no registry":            {nil, "nginx:1.27.3"},
		"registry and namespace": {object{"namespace": "team"}, "registry.example.com/team/nginx:1.27.3"},
		"no namespace":           {object{}, "registry.example.com/nginx:1.27.3"},
		"no scheme":              {object{"url": "ghcr.io"}, "ghcr.io/nginx:1.27.3"},
		"a port and a path":      {object{"url": "http://localhost:5000/hub/"}, "localhost:5000/hub/nginx:1.27.3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, emulator.Options{})
			body := image(nil)
			if test.registry != nil {
				body["registry"] = s.create(t, registry(test.registry))["id"]
			}
			made := s.create(t, body)
			want(t, "fullImageName", made["fullImageName"], test.full)
			want(t, "imageId", made["imageId"], digestOf(test.full))
		})
	}
}

func TestImage_followsItsOwnNameAndItsRegistry(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	home := s.create(t, registry(nil))["id"]
	away := s.create(t, registry(object{"url": "away.example.com"}))["id"]
	made := s.create(t, image(object{"registry": home}))
	full := func(want string) {
		t.Helper()
		got := s.Object(made["id"].(string))
		if got["fullImageName"] != want || got["imageId"] != digestOf(want) {
			t.Errorf("the image is %v, %v; want %s", got["fullImageName"], got["imageId"], want)
		}
	}
	s.patch(t, made["id"], object{"tag": "2"})
	full("registry.example.com/nginx:2")
	s.patch(t, home, object{"namespace": "team", "url": "https://new.example.com"})
	full("new.example.com/team/nginx:2")
	want(t, "version, which counts writes of the image", s.Object(made["id"].(string))["_df_version"], 1)
	s.patch(t, made["id"], object{"registry": away})
	full("away.example.com/nginx:2")
	s.patch(t, home, object{"namespace": "old"})
	full("away.example.com/nginx:2")
	s.Edit(away.(string), object{"namespace": "edited"})
	full("away.example.com/edited/nginx:2")
	s.Remove(away.(string))
	full("nginx:2")
	s.patch(t, made["id"], object{"registry": nil})
	full("nginx:2")
}

func TestImage_hasTheSameFiguresForTheSameName(t *testing.T) {
	t.Parallel()
	s, again := start(t, emulator.Options{}), start(t, emulator.Options{})
	first, second, other := s.create(t, image(nil)), again.create(t, image(nil)), s.create(t, image(object{"tag": "2"}))
	for _, name := range []string{"size", "layers", "imageId"} {
		want(t, name, second[name], first[name])
	}
	want(t, "size moves with the name", number(t, other, "size") == number(t, first, "size"), false)
	if size, layers := number(t, first, "size"), number(t, first, "layers"); size < 1 || layers < 1 {
		t.Errorf("size %d, layers %d", size, layers)
	}
}

// Digests come from Options.Digest where it knows the image; others are made up.
func TestImage_hasTheDigestThatIsKnown(t *testing.T) {
	t.Parallel()
	s := emulator.New(emulator.Options{Digest: func(fullName string) string {
		if fullName == "nginx:1" {
			return "sha256:known"
		}
		return ""
	}})
	if _, err := s.Seed(
		map[string]any{"entity": "DOCKERIMAGE", "name": "nginx", "tag": "1", "status": "1"},
		map[string]any{"entity": "DOCKERIMAGE", "name": "nginx", "tag": "2", "status": "1"},
	); err != nil {
		t.Fatal(err)
	}
	for _, object := range s.Objects("DOCKERIMAGE") {
		if known := object["imageId"] == "sha256:known"; known != (object["tag"] == "1") {
			t.Errorf("nginx:%s has the digest %s", object["tag"], object["imageId"])
		}
	}
}

func TestImage_pullCountMovesOnEveryReadAndTheVersionDoesNot(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	made := s.create(t, image(nil))
	pulls := func(o object) int64 {
		t.Helper()
		want(t, "_df_version", o["_df_version"], 0)
		return number(t, o, "pullCount")
	}
	wantAbsent(t, made, "pullCount")
	first := pulls(s.get(t, made["id"]))
	second := pulls(s.list(t, imageCode, "SUB")[0])
	third := pulls(s.query(t, queryLine(imageCode, nil))[0])
	want(t, "counts", []int64{first, second, third}, []int{1, 2, 3})
	s.query(t, queryLine(imageCode, object{"countOnly": true}))
	s.query(t, queryLine(imageCode, object{"filter": object{"field": "name", "term": "redis"}}))
	want(t, "count after queries that gave no image", pulls(s.get(t, made["id"])), 4)
	s.Edit(made["id"].(string), object{"pullCount": 1000})
	want(t, "count after an edit", number(t, s.get(t, made["id"]), "pullCount"), 1001)
}

func TestRegistry_countsItsImages(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.create(t, registry(nil))["id"].(string)
	ids := s.seed(t,
		image(object{"registry": id}), image(object{"registry": id, "tag": "2"}),
		image(object{"registry": id, "name": "redis"}), image(nil))
	counts := func(images, tags int) {
		t.Helper()
		read := s.get(t, id)
		want(t, "imageCount, tagCount", []any{read["imageCount"], read["tagCount"]}, []any{images, tags})
		want(t, "_df_version", read["_df_version"], 0)
	}
	counts(2, 3)
	s.patch(t, ids[2], object{"registry": nil})
	counts(1, 2)
	s.Remove(ids[0])
	s.Remove(ids[1])
	counts(0, 0)
}

func TestRegistry_activeConnectionsMoveOnEveryRead(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.create(t, registry(nil))["id"]
	last := number(t, s.get(t, id), "activeConnections")
	for range 30 {
		now := number(t, s.get(t, id), "activeConnections")
		if now == last {
			t.Fatalf("it stays at %d", now)
		}
		last = now
	}
}

func TestDerivedFields_stayAwayWhenTheTenantRemovedThem(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	for _, name := range []string{"imageId", "size", "pullCount"} {
		s.EditField(imageCode, name, nil)
	}
	s.EditField(registryCode, "imageCount", nil)
	read := s.get(t, s.create(t, image(nil))["id"])
	for _, name := range []string{"imageId", "size", "pullCount"} {
		wantAbsent(t, read, name)
	}
	wantAbsent(t, s.create(t, registry(nil)), "imageCount")
}
