package provider_test

import (
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// closedHost is an address at which nothing listens.
func closedHost(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// driftExamples are all blocks of examples, guides and README that compare an image, by the page and the number of the
// block. The demo's reads what was read before, and asks no registry.
func driftExamples(t *testing.T) map[string]string {
	t.Helper()
	examples := map[string]string{}
	pages, err := filepath.Glob("../../templates/guides/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("there are no guides: %v", err)
	}
	for _, page := range append(pages, readme, "../../templates/index.md.tmpl") {
		for i, block := range terraformBlock.FindAllStringSubmatch(exampleText(t, page), -1) {
			if strings.Contains(block[1], driftSource) {
				examples[filepath.Base(page)+" "+string(rune('0'+i))] = block[1]
			}
		}
	}
	for _, file := range exampleFiles(t, "*.tf") {
		if text := exampleText(t, file); strings.Contains(text, driftSource) && filepath.Base(filepath.Dir(file)) != "demo" {
			examples[exampleName(file)] = text
		}
	}
	return examples
}

const driftSource = `data "demandflow_docker_image_drift"`

// Outside of a check block the data source would stop every plan. Its check says what could not be settled, too:
// in_sync is false then.
func TestDrift_everyExampleIsInsideItsCheckAndTellsWhatIsUndecided(t *testing.T) {
	t.Parallel()
	examples := driftExamples(t)
	if len(examples) < 4 {
		t.Errorf("there are only %d examples", len(examples))
	}
	for name, text := range examples {
		outside := regexp.MustCompile(`(?ms)^check "\w+" \{.*?^\}`).ReplaceAllString(text, "")
		if strings.Contains(outside, driftSource) {
			t.Errorf("%s has the data source outside of a check block:\n%s", name, outside)
		}
		if strings.Count(text, ".undecided") < strings.Count(text, driftSource) {
			t.Errorf("%s does not tell what is undecided:\n%s", name, text)
		}
	}
}

// Nothing listens where the image should be. The apply goes through, and warns.
func TestDrift_everyExampleWarnsWhereItsRegistryCannotBeReached(t *testing.T) {
	for name, text := range driftExamples(t) {
		t.Run(name, func(t *testing.T) {
			place := newDocumentedPlace(t)
			if strings.Contains(text, "live ") {
				t.Skip("the image is read from an engine, not from a registry")
			}
			place.host = closedHost(t)
			text = strings.ReplaceAll(text, `"quay.io"`, `"`+documentedRegistry+`"`)
			// the README's first block has it
			if strings.Contains(text, "demandflow_docker_image.prometheus") && !strings.Contains(text, "\nresource ") {
				text = strings.ReplaceAll(firstBlocks(t)["README.md"], `"quay.io"`, `"`+documentedRegistry+`"`) + text
			}
			tenant := providertest.New(t, emulator.Options{})
			if _, err := tenant.Seed(place.tenant(exampleTenant)...); err != nil {
				t.Fatal(err)
			}
			files := place.trusted(t)
			files["main.tf"], files["live_images.tf"] = place.local(text), place.settings(text)
			run := newEngineRun(t, tenant, files, nil)
			var printed printout
			run.engine.SetStdout(&printed.output)
			run.engine.SetStderr(&printed.errors)
			if err := run.engine.Init(t.Context(), run.reattach); err != nil {
				t.Fatal(err)
			}
			err := run.engine.Apply(t.Context(), run.reattach)
			if err != nil || !strings.Contains(printed.String(), "Warning: Cannot read the image") ||
				strings.Contains(printed.String(), "Error:") {
				t.Errorf("the apply should go through with a warning: %v\n%s", err, printed.String())
			}
		})
	}
}
