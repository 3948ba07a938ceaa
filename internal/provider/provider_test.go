package provider_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const lookUp = `data "demandflow_docker_images" "all" {}`

func run(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: steps})
}

// noEnvironment makes sure that the machine's own variables do not take part.
func noEnvironment(t *testing.T) {
	for _, name := range []string{"ENDPOINT", "TOKEN", "SUBSCRIPTION_ID", "REQUEST_TIMEOUT", "MAX_RETRIES",
		"CA_CERTIFICATE", "REFRESH_METRICS"} {
		t.Setenv("DEMANDFLOW_"+name, "")
	}
}

func TestProvider_whatItCannotUseIsAnErrorOnTheAttribute(t *testing.T) {
	noEnvironment(t)
	var steps []resource.TestStep
	for _, test := range []struct{ block, says string }{
		{``, `(?s)Missing token.*DEMANDFLOW_TOKEN`},
		{`token = ""`, `(?s)Missing token`},
		{"token = \"df_pat_x\\n\"", `(?s)Invalid token.*line break`},
		{"token = \"t\"\n  endpoint = \"rest.demandflow.com\"", `(?s)Invalid endpoint.*it is not an http or https URL`},
		{"token = \"t\"\n  endpoint = \"https://user:secret@rest.demandflow.com\"", `(?s)Invalid endpoint.*a user`},
		{"token = \"t\"\n  request_timeout = \"soon\"",
			`(?s)Invalid request_timeout.*"soon"\s+is\s+not\s+a\s+positive\s+duration`},
		{"token = \"t\"\n  request_timeout = \"-1s\"", `(?s)Invalid request_timeout`},
		{"token = \"t\"\n  max_retries = -1", `(?s)Invalid max_retries.*"-1"\s+is\s+not\s+a\s+whole\s+number`},
		{"token = \"t\"\n  max_concurrent_requests = 0",
			`(?s)Invalid max_concurrent_requests.*"0"\s+is\s+not\s+a\s+whole\s+number`},
		{"token = \"t\"\n  ca_certificate = \"ca.pem\"", `(?s)Invalid ca_certificate.*file\("ca.pem"\)`},
		{"token = \"t\"\n  subscription_id = \"mine\"", `(?s)Invalid subscription_id.*"mine"\s+is\s+not\s+a\s+UUID`},
	} {
		steps = append(steps, resource.TestStep{Config: "provider \"demandflow\" {\n  " + test.block + "\n}\n" + lookUp,
			ExpectError: regexp.MustCompile(test.says)})
	}
	run(t, steps...)
}

func TestProvider_anUnknownValueSaysWhatToDo(t *testing.T) {
	noEnvironment(t)
	run(t, resource.TestStep{
		Config: `
resource "terraform_data" "later" {}
provider "demandflow" { token = terraform_data.later.id }
` + lookUp,
		ExpectError: regexp.MustCompile(`(?s)Unknown token.*known\s+only\s+after\s+an\s+apply.*DEMANDFLOW_TOKEN`),
	})
}

func TestProvider_aBadEnvironmentVariableIsNamed(t *testing.T) {
	noEnvironment(t)
	t.Setenv("DEMANDFLOW_TOKEN", "t")
	t.Setenv("DEMANDFLOW_MAX_RETRIES", "many")
	run(t, resource.TestStep{Config: lookUp,
		ExpectError: regexp.MustCompile(`(?s)Invalid max_retries.*DEMANDFLOW_MAX_RETRIES.*"many"`)})
}

func TestProvider_theEnvironmentServesAndTheConfigurationWins(t *testing.T) {
	noEnvironment(t)
	tenant := providertest.New(t, emulator.Options{})
	t.Setenv("DEMANDFLOW_ENDPOINT", tenant.URL)
	t.Setenv("DEMANDFLOW_TOKEN", emulator.DefaultToken)
	t.Setenv("DEMANDFLOW_REQUEST_TIMEOUT", "10s")
	t.Setenv("DEMANDFLOW_MAX_RETRIES", "0")
	run(t,
		resource.TestStep{Config: lookUp},
		resource.TestStep{
			Config:      "provider \"demandflow\" {\n  token = \"df_pat_of_nobody\"\n}\n" + lookUp,
			ExpectError: regexp.MustCompile(`(?s)Cannot list docker images.*403`),
		},
		resource.TestStep{Config: lookUp},
	)
}

func TestProvider_discoversTheSubscriptionOnceAndOnlyForACreate(t *testing.T) {
	noEnvironment(t)
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t, resource.TestStep{Config: `
resource "demandflow_docker_image" "many" {
  count  = 5
  name   = "image-${count.index}"
  tag    = "1"
  status = "Active"
}`})
	queries := 0
	for _, request := range tenant.Requests() {
		// other queries answer reads
		if lines, ok := request.Body.([]any); ok && lines[0].(map[string]any)["entity"] == "PPL" {
			queries++
		}
	}
	if queries > 1 {
		t.Errorf("%d queries for the subscription, want at most one", queries)
	}
}

func TestProvider_whereTheSubscriptionCannotBeFoundItMustBeSet(t *testing.T) {
	noEnvironment(t)
	tenant := providertest.New(t, emulator.Options{})
	tenant.AddToken(emulator.DefaultSubscription, "df_pat_narrow", emulator.Rights{Deny: []string{"PPL", "DEFINITION"}})
	config := func(more string) string {
		return `
provider "demandflow" {
  endpoint = "` + tenant.URL + `"
  token    = "df_pat_narrow"
` + more + `
}
resource "demandflow_docker_image" "api" {
  name   = "api"
  tag    = "1"
  status = "Active"
}`
	}
	run(t,
		resource.TestStep{Config: config(""),
			ExpectError: regexp.MustCompile(`(?s)Cannot create docker image.*DEMANDFLOW_SUBSCRIPTION_ID`)},
		resource.TestStep{Config: config(`subscription_id = "` + emulator.DefaultSubscription + `"`)},
	)
}

func TestProvider_trustsTheGivenCertificateAndNamesItselfAndTerraform(t *testing.T) {
	noEnvironment(t)
	var mutex sync.Mutex
	agents := map[string]bool{}
	demandflow := emulator.New(emulator.Options{})
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		agents[r.UserAgent()] = true
		mutex.Unlock()
		demandflow.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	t.Setenv("DEMANDFLOW_ENDPOINT", server.URL)
	t.Setenv("DEMANDFLOW_TOKEN", emulator.DefaultToken)
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	run(t,
		resource.TestStep{Config: "provider \"demandflow\" {\n  max_retries = 0\n}\n" + lookUp,
			ExpectError: regexp.MustCompile(`(?s)certificate.*ca_certificate`)},
		resource.TestStep{Config: "provider \"demandflow\" {\n  ca_certificate = <<-PEM\n" + certificate + "  PEM\n}\n" +
			lookUp},
	)
	mutex.Lock()
	defer mutex.Unlock()
	want := regexp.MustCompile(`^terraform-provider-demandflow/test terraform/\d+\.\d+`)
	for agent := range agents {
		if !want.MatchString(agent) {
			t.Errorf("User-Agent %q", agent)
		}
	}
	if len(agents) != 1 {
		t.Errorf("User-Agents: %v, want one", agents)
	}
}
