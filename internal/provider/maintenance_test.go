package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const oneImage = `
resource "demandflow_docker_image" "app" {
  name   = "team/app"
  tag    = "1.0"
  status = "Active"
}
`

// What stands before DemandFlow while it is away says nothing of its objects.
func TestMaintenance_keepsTheStateWhateverPageThereIs(t *testing.T) {
	t.Parallel()
	page := http.Header{"Content-Type": {"text/html"}}
	for name, test := range map[string]struct {
		fault emulator.Fault
		says  string
	}{
		"a page under 503": {emulator.Fault{Status: 503, Body: "<html><h1>Back soon</h1></html>", Header: page}, "503"},
		"a log-in page": {emulator.Fault{Status: 200, Body: "<html>Please log in</html>", Header: page},
			"Please log in"},
		"a redirect to a login": {emulator.Fault{Status: 302,
			Header: http.Header{"Location": {"https://login.example.com/?ticket=made-up-ticket"}}}, "login.example.com"},
		"a page under 404": {emulator.Fault{Status: 404, Body: "<html>Not Found</html>", Header: page}, "404"},
		"a page under 410": {emulator.Fault{Status: 410, Body: "<html>Gone</html>", Header: page}, "410"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			w := newWorkspace(t, tenant.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken,
				"DEMANDFLOW_MAX_RETRIES": "1"})
			w.write(t, "main.tf", oneImage)
			w.mustRun(t, "apply", "-no-color", "-auto-approve")
			state := w.read(t, "terraform.tfstate")

			test.fault.Times = -1
			tenant.Fail(test.fault)
			tenant.ResetRequests()
			for _, command := range []string{"plan", "apply", "destroy"} {
				arguments := []string{command, "-no-color"}
				if command != "plan" {
					arguments = append(arguments, "-auto-approve")
				}
				if printed := unwrapped(w.mustFail(t, arguments...)); !strings.Contains(printed, test.says) ||
					strings.Contains(printed, "made-up-ticket") {
					t.Errorf("%s should say %q and no ticket:\n%s", command, test.says, printed)
				}
			}
			if test.fault.Status == 503 && len(tenant.Requests()) < 6 {
				t.Errorf("only %d requests were sent for three commands with a retry each", len(tenant.Requests()))
			}
			if w.read(t, "terraform.tfstate") != state {
				t.Errorf("the state is another one:\n%s", w.read(t, "terraform.tfstate"))
			}

			tenant.ClearFaults()
			w.mustRun(t, "plan", "-no-color", "-detailed-exitcode")
			if images := tenant.Objects(entity.DockerImage.Code); len(images) != 1 {
				t.Errorf("DemandFlow has %d images", len(images))
			}
		})
	}
}
