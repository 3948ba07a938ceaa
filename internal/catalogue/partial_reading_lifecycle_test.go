package catalogue_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// What such an answer lacks is not cleared, so that no plan may set it again, and no object counts as gone.
func TestRead_anAnswerWithAnIDAloneChangesNothing(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	images := strings.Replace(imageInRegistry, `tag         = "1.0"`, "count = 6\n  tag = count.index", 1)
	const one, all = `data "demandflow_docker_image" "one" { full_image_name = "team/app:1" }`,
		`data "demandflow_docker_images" "all" {}`
	fail := func(fault emulator.Fault) func() {
		return func() {
			tenant.ClearFaults()
			fault.IDAlone, fault.Entity = true, entity.DockerImage.Code
			tenant.Fail(fault)
		}
	}
	const lacks = `.*not\s+whole:\s+it\s+lacks\s+comboKey\s+and\s+_df_version`
	refused := regexp.MustCompile(`(?s)Cannot read docker image` + lacks)
	tenant.Run(t,
		resource.TestStep{Config: images},
		resource.TestStep{PreConfig: fail(emulator.Fault{Times: -1}), Config: images, ExpectError: refused},
		resource.TestStep{PreConfig: fail(emulator.Fault{Times: -1, Method: http.MethodGet}),
			Config: strings.Replace(images, "count = 6", "count = 1", 1), ExpectError: refused},
		resource.TestStep{PreConfig: fail(emulator.Fault{Times: -1, Path: "/v1/query"}), Config: images,
			ConfigPlanChecks: emptyPlan},
		resource.TestStep{PreConfig: fail(emulator.Fault{Times: 2, Method: http.MethodGet}), Config: images,
			ConfigPlanChecks: emptyPlan},
		resource.TestStep{PreConfig: fail(emulator.Fault{Times: -1, Path: "/v1/query"}), Config: images + "\n" + one,
			ExpectError: regexp.MustCompile(`(?s)Cannot find docker image` + lacks)},
		resource.TestStep{PreConfig: fail(emulator.Fault{Times: -1, Path: "/v1/entities"}), Config: images + "\n" + all,
			ExpectError: regexp.MustCompile(`(?s)Cannot list docker images` + lacks)},
		resource.TestStep{PreConfig: fail(emulator.Fault{Times: 1, Path: "/v1/entities"}), Config: images + "\n" + all,
			ConfigPlanChecks: emptyPlan},
	)
	if objects := tenant.Objects(entity.DockerImage.Code); len(objects) != 0 {
		t.Errorf("%d images are left", len(objects))
	}
}
