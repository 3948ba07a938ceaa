package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A recordedEngine answers as dockerd 20.10.24 did when testdata/engine was recorded: with one image, which goes
// by the name that is documented, too.
type recordedEngine struct {
	host string
}

const recordedImage = "demo.local/lab:1.0"

var engineAPI = regexp.MustCompile(`^/v1\.\d+`)

func newRecordedEngine(t *testing.T) *recordedEngine {
	t.Helper()
	engine := &recordedEngine{}
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	engine.host = strings.Replace(server.URL, "http://", "tcp://", 1)
	return engine
}

func (e *recordedEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("API-Version", "1.41")
	w.Header().Set("Content-Type", "application/json")
	path := engineAPI.ReplaceAllString(r.URL.Path, "")
	switch {
	case path == "/_ping":
	case path == "/version":
		fmt.Fprint(w, `{"Version":"20.10.24","ApiVersion":"1.41","MinAPIVersion":"1.12","Os":"linux","Arch":"amd64"}`)
	case path == "/info":
		fmt.Fprint(w, `{"Driver":"vfs","OSType":"linux","Architecture":"x86_64"}`)
	case path == "/images/json":
		http.ServeFile(w, r, recording("images-list"))
	case path == "/containers/json":
		fmt.Fprint(w, "[]")
	case path == "/system/df":
		http.ServeFile(w, r, recording("df"))
	case strings.HasSuffix(path, "/history"):
		http.ServeFile(w, r, recording("history"))
	case path == "/images/"+recordedImage+"/json", strings.HasSuffix(path, "/web/frontend:1.4.2/json"),
		strings.HasPrefix(path, "/images/sha256:") && strings.HasSuffix(path, "/json"):
		http.ServeFile(w, r, recording("inspect"))
	default:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintf(w, `{"message":"No such image: %s"}`, strings.TrimSuffix(strings.TrimPrefix(path, "/images/"), "/json"))
	}
}

func recording(name string) string { return filepath.Join("testdata", "engine", name+".json") }

// reading is the provider's configuration for the engine.
func (e *recordedEngine) reading(tenant *providertest.Tenant, hcl string) string {
	return fmt.Sprintf("provider \"demandflow\" {\n  endpoint      = %q\n  token         = %q\n  max_retries   = 1\n  "+
		"docker_engine = { host = %q }\n}\n%s",
		tenant.URL, emulator.DefaultToken, e.host, hcl)
}

func TestEngineImage_isTheRecordedOne(t *testing.T) {
	t.Parallel()
	tenant, engine := providertest.New(t, emulator.Options{}), newRecordedEngine(t)
	var recorded struct{ ID string }
	text, err := os.ReadFile(recording("inspect"))
	if err != nil || json.Unmarshal(text, &recorded) != nil {
		t.Fatal(err)
	}
	// The graph-driver store has no index and no manifest: the configuration's digest is all that the catalogue can agree
	// on.
	if _, err := tenant.Seed(map[string]any{
		"entity": entity.DockerImage.Code, "id": nginxID, "name": "lab", "tag": "1.0", "status": "1",
		"entrypoint": "/bin/tool", "cmd": "--version", "architecture": []string{"amd64", "arm64"},
	}); err != nil {
		t.Fatal(err)
	}
	tenant.Edit(nginxID, map[string]any{"imageId": recorded.ID})
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: engine.reading(tenant, `
data "demandflow_docker_engine_image" "x" {
  name    = "demo.local/lab:1.0"
  include = ["history"]
}
data "demandflow_docker_engine_image" "gone" {
  name          = "demo.local/lab:2.0"
  allow_missing = true
}
data "demandflow_docker_engine_images" "x" {
  references = ["demo.local/*"]
}
data "demandflow_docker_engine_disk_usage" "x" {}

data "demandflow_docker_image_drift" "x" {
  docker_image_id = "`+nginxID+`"
  live            = data.demandflow_docker_engine_image.x
}
data "demandflow_docker_image_drift" "listed" {
  docker_image_id = "`+nginxID+`"
  live            = data.demandflow_docker_engine_images.x.images[0]
}
`),
		ConfigStateChecks: []statecheck.StateCheck{
			expect("data.demandflow_docker_engine_image.x", "config_digest", knownvalue.StringExact(recorded.ID)),
			expect("data.demandflow_docker_engine_image.x", "platform", knownvalue.StringExact("linux/amd64")),
			expectAt("data.demandflow_docker_engine_image.x", knownvalue.StringExact("graphdriver"), "engine", "store"),
			expectAt("data.demandflow_docker_engine_image.x", knownvalue.StringExact(`["/bin/tool"]`), "catalogue",
				"entrypoint"),
			expectAt("data.demandflow_docker_engine_image.x", knownvalue.ListSizeExact(3), "platforms", 0, "history"),
			expect("data.demandflow_docker_engine_image.gone", "exists", knownvalue.Bool(false)),
			expect("data.demandflow_docker_engine_images.x", "total_count", knownvalue.Int64Exact(1)),
			expectAt("data.demandflow_docker_engine_images.x", knownvalue.ListExact(texts(recordedImage)), "images", 0, "tags"),
			expect("data.demandflow_docker_engine_disk_usage.x", "total_count", knownvalue.Int64Exact(1)),
			// The other platform was not pulled to this engine, which is no difference.
			expect("data.demandflow_docker_image_drift.x", "compared", knownvalue.ListExact(texts("digest", "architecture",
				"entrypoint", "cmd"))),
			expect("data.demandflow_docker_image_drift.x", "differences", knownvalue.ListSizeExact(1)),
			expectAt("data.demandflow_docker_image_drift.x", knownvalue.StringExact("config_changed"), "differences", 0,
				"class"),
			expectAt("data.demandflow_docker_image_drift.x", knownvalue.StringExact(`["--help"]`), "differences", 0, "live"),
			expect("data.demandflow_docker_image_drift.listed", "in_sync", knownvalue.Bool(true)),
		},
	}}})
}

func TestEngineImage_saysWhereItWasNotFound(t *testing.T) {
	t.Parallel()
	tenant, engine := providertest.New(t, emulator.Options{}), newRecordedEngine(t)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: engine.reading(tenant,
			"data \"demandflow_docker_engine_image\" \"x\" {\n  name = \"demo.local/lab:2.0\"\n}\n"),
		ExpectError: regexp.MustCompile(`(?s)No such image.*demo\.local/lab:2\.0`),
	}}})
}

// An engine that is not there costs nothing as long as nobody asks for it.
func TestEngine_thatIsNotThereIsAnErrorOfItsFirstUse(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	nowhere := &recordedEngine{host: "unix://" + filepath.Join(t.TempDir(), "no.sock")}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{
		{Config: nowhere.reading(tenant, `data "demandflow_docker_registries" "x" {}`)},
		{
			Config:      nowhere.reading(tenant, `data "demandflow_docker_engine_disk_usage" "x" {}`),
			ExpectError: regexp.MustCompile(`(?s)Cannot measure the engine's disk usage.*no\.sock.*DOCKER_HOST`),
		},
	}})
}

// A variable that is empty is no reason to list everything.
func TestEngineImages_refusesAnEmptyFilter(t *testing.T) {
	t.Parallel()
	tenant, engine := providertest.New(t, emulator.Options{}), newRecordedEngine(t)
	var steps []resource.TestStep
	for _, argument := range []string{`references = [""]`, `labels = [""]`, `before = ""`, `since = ""`, `until = " "`} {
		steps = append(steps, resource.TestStep{
			Config:   engine.reading(tenant, "data \"demandflow_docker_engine_images\" \"x\" {\n  "+argument+"\n}\n"),
			PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)Not a (filter|label).*` + regexp.QuoteMeta(argument)),
		})
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: steps})
}

// The recorded engine speaks API 1.41, and lists -1 for what it did not compute.
func TestEngineImages_warnsWhereSharedSizesAreNotComputed(t *testing.T) {
	const hcl = "data \"demandflow_docker_engine_images\" \"x\" {\n  shared_size = true\n}\n"
	engine := newRecordedEngine(t)
	tenant := providertest.New(t, emulator.Options{})
	run := verifiedImageRun{newEngineRun(t, tenant, map[string]string{}, nil)}
	const warning = "The engine computes no shared sizes"
	if printed := unwrapped(run.plan(t, engine.reading(tenant, hcl))); !strings.Contains(printed, warning) ||
		!strings.Contains(printed, "API 1.42") {
		t.Errorf("nobody is told that shared sizes are null:\n%s", printed)
	}
	if printed := unwrapped(run.plan(t, engine.reading(tenant, strings.Replace(hcl, "true", "false",
		1)))); strings.Contains(printed, warning) {
		t.Errorf("nobody asked for shared sizes:\n%s", printed)
	}
}
