package catalogue_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A nanosecond has passed before anything is sent, so that an operation which it bounds fails at once, and no other
// does.
func TestTimeouts_eachBoundsItsOwnOperation(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	timed := func(timeouts string) string { return imageWith("status = \"Active\"\n  timeouts = " + timeouts) }
	tooShort := func(verb string) *regexp.Regexp {
		return regexp.MustCompile(`(?s)Cannot ` + verb +
			` docker image.*deadline\s+exceeded.*Allow\s+more\s+time\s+\(timeouts\)`)
	}
	tenant.Run(t,
		resource.TestStep{Config: timed(`{ create = "1ns" }`), ExpectError: tooShort("create")},
		resource.TestStep{Config: timed(`{ update = "1ns", delete = "1ns" }`), Check: onlyPosted(tenant)},
		resource.TestStep{Config: strings.Replace(timed(`{ update = "1ns", delete = "1ns" }`), `"Active"`, `"Deprecated"`, 1),
			ExpectError: tooShort("update")},
		resource.TestStep{Config: nothing, ExpectError: tooShort("delete")}, // by what was applied last
		resource.TestStep{
			// they themselves are no change of the object
			PreConfig: tenant.ResetRequests, Config: timed(`{ create = "1ns", update = "5m" }`),
			Check: sent(tenant),
		},
		resource.TestStep{Config: timed(`{ create = "" }`), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)"" must be a string.*such as "300ms"`)},
		resource.TestStep{Config: timed(`{ read = "soon" }`), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)"soon" must be a string.*such as "300ms"`)},
		resource.TestStep{Config: timed(`{ create = "1ns", update = "5m" }`), ConfigPlanChecks: emptyPlan},
	)
}

func TestTimeouts_thatLeaveNoTimeAreErrorsInThePlan(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	var steps []resource.TestStep
	for _, operation := range []string{"create", "read", "update", "delete"} {
		for _, limit := range []string{"0s", "0", "-5s"} {
			steps = append(steps, resource.TestStep{
				Config: imageWith("status = \"Active\"\n  timeouts = { " + operation + " = \"" + limit + "\" }"), PlanOnly: true,
				ExpectError: regexp.MustCompile(`(?s)Invalid timeouts.*timeouts = \{ ` + operation + `.*` + operation + `\s+=\s+"` +
					limit + `"\s+leaves\s+no\s+time.*"30s"\s+or\s+"5m"`),
			})
		}
	}
	tenant.Run(t, steps...)
	if writes := tenant.Writes(); len(writes) > 0 {
		t.Errorf("%d writes were sent, want none", len(writes))
	}
}

// onlyPosted: the create that ran out of time sent nothing, the other one its POST.
func onlyPosted(tenant *providertest.Tenant) resource.TestCheckFunc {
	return wrote(tenant, "tag", map[string]any{"tag": "1.0.0"})
}

// What hangs is given up, long before the provider's request_timeout.
func TestTimeouts_endARequestInFlight(t *testing.T) {
	t.Parallel()
	const limit, far = "250ms", 20 * time.Second
	for name, test := range map[string]struct {
		method string
		run    func(*conversation, holding, arguments) []*tfprotov6.Diagnostic
		says   string
	}{
		"read": {"GET", func(c *conversation, held holding, _ arguments) []*tfprotov6.Diagnostic {
			response, err := c.server.ReadResource(c.Context(), &tfprotov6.ReadResourceRequest{TypeName: imageType,
				CurrentState: c.wire(held.value), Private: held.private})
			c.check(err)
			return response.Diagnostics
		}, "Cannot read docker image"},
		"update": {"PATCH", func(c *conversation, held holding, config arguments) []*tfprotov6.Diagnostic {
			config["description"] = "New."
			planned := c.plan(imageType, held, config)
			return c.applied(held, c.wire(c.object(c.schemas[imageType], config)), c.wire(planned.value), planned.private)
		}, "Cannot update docker image"},
		"delete": {"DELETE", func(c *conversation, held holding, _ arguments) []*tfprotov6.Diagnostic {
			none := c.wire(tftypes.NewValue(c.schemas[imageType].ValueType(), nil))
			return c.applied(held, none, none, held.private)
		}, "Cannot delete docker image"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			run := converse(t, tenant)
			config := api(arguments{"timeouts": timeoutsOf(run, name, limit)})
			held, _ := run.create(imageType, config)
			tenant.Fail(emulator.Fault{Method: test.method, Path: "/v1/objects/" + held.text("id"), Times: -1,
				Wait: make(chan struct{})})
			began := time.Now()
			diagnostics := test.run(run, held, config)
			if took := time.Since(began); took > far {
				t.Errorf("it took %s", took)
			}
			if len(diagnostics) != 1 || diagnostics[0].Summary != test.says || !strings.Contains(diagnostics[0].Detail,
				"deadline exceeded\nAllow more time (timeouts)") {
				t.Errorf("got %+v", diagnostics)
			}
		})
	}
}

// applied is an apply that may fail.
func (c *conversation) applied(prior holding, config, planned *tfprotov6.DynamicValue,
	private []byte) []*tfprotov6.Diagnostic {
	c.Helper()
	response, err := c.server.ApplyResourceChange(c.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: imageType, Config: config, PriorState: c.wire(prior.value), PlannedState: planned, PlannedPrivate: private,
	})
	c.check(err)
	return response.Diagnostics
}

// timeoutsOf bounds one operation.
func timeoutsOf(c *conversation, operation, limit string) map[string]tftypes.Value {
	c.Helper()
	times := map[string]tftypes.Value{}
	for _, name := range []string{"create", "read", "update", "delete"} {
		times[name] = tftypes.NewValue(tftypes.String, nil)
	}
	times[operation] = tftypes.NewValue(tftypes.String, limit)
	return times
}
