package catalogue_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

func TestDockerImage_deletedBehindTerraformsBackIsPlannedAgain(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: plainImage},
		resource.TestStep{
			PreConfig: func() { tenant.Remove(onlyImage(t, tenant)["id"].(string)) },
			Config:    plainImage,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(image, plancheck.ResourceActionCreate),
			}},
		},
	)
}

func TestDockerImage_a403OnReadKeepsItInState(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: plainImage},
		resource.TestStep{
			PreConfig: func() {
				tenant.Fail(emulator.Fault{Method: "GET", Entity: entity.DockerImage.Code, Status: http.StatusForbidden})
			},
			Config:      plainImage,
			ExpectError: regexp.MustCompile(`(?s)Cannot read docker image.*403.*Nothing was\s+removed from the state`),
		},
		resource.TestStep{Config: plainImage, ConfigPlanChecks: emptyPlan},
	)
}

func TestDockerImage_aPageOfAProxyIsNotANotFound(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: plainImage},
		resource.TestStep{
			PreConfig: func() {
				tenant.Fail(emulator.Fault{Method: "GET", Entity: entity.DockerImage.Code, Status: http.StatusNotFound,
					Body: "<html>no such site</html>"})
			},
			Config:      plainImage,
			ExpectError: regexp.MustCompile(`(?s)Cannot read docker image.*web page`),
		},
		resource.TestStep{Config: plainImage, ConfigPlanChecks: emptyPlan},
	)
}

func TestDockerImage_deletingWhatIsGoneAlreadyIsSuccess(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: plainImage},
		resource.TestStep{
			PreConfig: func() {
				tenant.Fail(emulator.Fault{Method: "DELETE", Status: http.StatusNotFound,
					Body: `{"error":"Not Found","message":"gone"}`})
			},
			Config: `# nothing`,
		},
	)
}

func TestDockerImage_aFailedUpdateLeavesTheStateAsItWas(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	changed := strings.Replace(plainImage, "The API.", "Another.", 1)
	tenant.Run(t,
		resource.TestStep{Config: plainImage},
		resource.TestStep{
			PreConfig: func() {
				tenant.Fail(emulator.Fault{Method: "PATCH", Status: 400,
					Body: `{"error":"Bad Request","message":"description is too bold"}`})
			},
			Config:      changed,
			ExpectError: regexp.MustCompile(`(?s)Cannot update docker image.*400.*description\s+is\s+too\s+bold`),
		},
		resource.TestStep{Config: changed, ConfigPlanChecks: updates(image)},
	)
}

// How the answer to a create gets lost, and whether the object exists nevertheless.
var lostAnswers = map[string]emulator.Fault{
	"connection drops after the create":        {Commit: true, Drop: true},
	"the answer breaks off after the create":   {Commit: true, Truncate: 20},
	"502 after the create":                     {Commit: true, Status: 502},
	"500 after the create":                     {Commit: true, Status: 500},
	"garbage under 201 after the create":       {Commit: true, Status: 201, Body: "<html>"},
	"an object without an id after the create": {Commit: true, Status: 201, Body: "{}"},
}

func TestDockerImage_aCreateWhoseAnswerIsLostIsSettledByLookingTheObjectUp(t *testing.T) {
	t.Parallel()
	for name, fault := range lostAnswers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			fault.Method, fault.Path = "POST", "/v1/objects"
			tenant.Fail(fault)
			tenant.Run(t, resource.TestStep{
				Config: plainImage,
				Check: func(*terraform.State) error {
					onlyImage(t, tenant)
					return nil
				},
			})
		})
	}
}

func TestDockerImage_aCreateThatDidNotHappenIsAnErrorAndNeverASecondPost(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Fail(emulator.Fault{Method: "POST", Path: "/v1/objects", Drop: true})
	tenant.Run(t,
		resource.TestStep{Config: plainImage,
			ExpectError: regexp.MustCompile(`(?s)Cannot create docker image.*may\s+or\s+may\s+not\s+exist`)},
		resource.TestStep{
			Config: plainImage,
			Check: func(*terraform.State) error {
				if posts := len(tenant.Writes()); posts != 2 {
					t.Errorf("%d POSTs, want one for each apply", posts)
				}
				return nil
			},
		},
	)
}

// A stranger's object of the same name that existed before, or that differs in a field, is not ours.
func TestDockerImage_aStrangersTwinIsNeverAdopted(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	ids, err := tenant.Seed(map[string]any{"entity": entity.DockerImage.Code, "name": "team/api", "tag": "1.0.0",
		"status": "1", "description": "Theirs."})
	if err != nil {
		t.Fatal(err)
	}
	tenant.Fail(emulator.Fault{Method: "POST", Path: "/v1/objects", Drop: true})
	tenant.Run(t, resource.TestStep{
		Config: plainImage,
		ExpectError: regexp.MustCompile(
			`(?s)Cannot create docker image.*import \{\s+to = demandflow_docker_image.NAME\s+id = "` + ids[0]),
	})
}

func TestDockerImage_aCreateWithATokenThatMayOnlyReadSaysSo(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.AddToken(emulator.DefaultSubscription, emulator.DefaultToken, emulator.Rights{ReadOnly: true})
	tenant.Run(t, resource.TestStep{Config: plainImage,
		ExpectError: regexp.MustCompile(`(?s)Cannot create docker image.*403`)})
}
