package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const readme = "../../README.md"

var (
	terraformBlock = regexp.MustCompile("(?s)```terraform\n(.*?)```")
	usesProvider   = regexp.MustCompile(`(?m)^\s*(resource|data) "demandflow_`)
	fromWhere      = regexp.MustCompile(`demandflow = \{\s+source\s+= "demandflow/demandflow"\s+version = "~> `)
)

// firstBlocks is the first block of each page that has a resource or data source of the provider in it, by the page's
// name. A reader copies it into an empty directory.
func firstBlocks(t *testing.T) map[string]string {
	t.Helper()
	guides, err := filepath.Glob("../../templates/guides/*.md")
	if err != nil || len(guides) == 0 {
		t.Fatalf("there are no guides: %v", err)
	}
	first := map[string]string{"index.md": exampleText(t, examplesDir+"/provider/provider.tf")}
	for _, page := range append(guides, readme) {
		for _, block := range terraformBlock.FindAllStringSubmatch(exampleText(t, page), -1) {
			if usesProvider.MatchString(block[1]) {
				first[filepath.Base(page)] = block[1]
				break
			}
		}
	}
	return first
}

// newEmptyWorkspace is a workspace whose directory is empty.
func newEmptyWorkspace(t *testing.T, tenant *providertest.Tenant) *workspace {
	t.Helper()
	w := newWorkspace(t, tenant.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
	for _, left := range []string{"versions.tf", ".terraform", ".terraform.lock.hcl"} {
		if err := os.RemoveAll(filepath.Join(w.dir(), left)); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func TestPages_firstBlockInitializesAnEmptyDirectory(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	for page, block := range firstBlocks(t) {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			if !fromWhere.MatchString(block) {
				t.Errorf("the block does not say where the provider comes from, and in which version:\n%s", block)
			}
			if strings.Contains(block, "Mastercard/restapi") || strings.Contains(block, "identity = {") &&
				!providertest.TheEngine(t).Has(providertest.ImportByIdentity) {
				return // init would ask a registry for the other provider, or refuse the block
			}
			w := newEmptyWorkspace(t, tenant)
			w.write(t, "main.tf", block)
			w.mustRun(t, "init", "-no-color")
		})
	}
}

// The README's blocks are one configuration, in the order of the page. Its registry is not asked here: nothing listens
// there.
func TestReadme_blocksApplyTogether(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	w := newEmptyWorkspace(t, tenant)
	if err := os.CopyFS(filepath.Join(w.dir(), "modules"), os.DirFS(modulesDir)); err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	for _, block := range terraformBlock.FindAllStringSubmatch(exampleText(t, readme), -1) {
		shown.WriteString(block[1])
	}
	w.write(t, "main.tf", strings.ReplaceAll(shown.String(), "\"quay.io\"", "\""+closedHost(t)+"\""))
	w.mustRun(t, "init")
	if printed := unwrapped(w.mustRun(t, "apply", "-no-color", "-auto-approve")); !strings.Contains(printed,
		"Warning: Cannot read the image") || !strings.Contains(printed, `repository = "docker.io/library/nginx"`) {
		t.Errorf("the apply does not warn of the registry, or lacks the output:\n%s", printed)
	}
	if printed := w.mustRun(t, "plan", "-no-color"); !readsForChecksAlone(printed) {
		t.Errorf("the plan after the apply has changes:\n%s", printed)
	}
	if registries, images := tenant.Objects(entity.DockerRegistry.Code),
		tenant.Objects(entity.DockerImage.Code); len(registries) != 2 || len(images) != 2 {
		t.Errorf("DemandFlow has %d registries and %d images", len(registries), len(images))
	}
}
