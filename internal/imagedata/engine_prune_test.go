package imagedata

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/action"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine"
)

// Engines before Terraform 1.14 do not show actions in their schemas, so the page is not generated: it would come and go
// with whoever runs the generator.
func TestEnginePrune_pageSaysWhatTheSchemaSays(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../templates/actions/docker_engine_prune.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("../../examples/actions/demandflow_docker_engine_prune/action.tf")
	if err != nil {
		t.Fatal(err)
	}
	var resp action.SchemaResponse
	(&enginePrune{}).Schema(t.Context(), action.SchemaRequest{}, &resp)
	if diags := resp.Schema.ValidateImplementation(t.Context()); diags.HasError() {
		t.Error(diags)
	}
	wanted := []string{resp.Schema.MarkdownDescription, "```terraform\n" + string(example) + "```\n"}
	for name, attribute := range resp.Schema.Attributes {
		wanted = append(wanted, attribute.GetMarkdownDescription(), "- `"+name+"` (")
	}
	for _, text := range wanted {
		if !strings.Contains(string(page), text) {
			t.Errorf("the page does not have:\n%s", text)
		}
	}
	if lines := strings.Count(string(page), "\n- `"); lines != len(resp.Schema.Attributes) {
		t.Errorf("the page has %d arguments, the schema %d", lines, len(resp.Schema.Attributes))
	}
}

func TestEnginePrune_tellsWhatWent(t *testing.T) {
	t.Parallel()
	report := &engine.PruneReport{SpaceReclaimed: 1_234_567_890, Deleted: []engine.DeletedImage{{Untagged: new("web/old:1")}, {Deleted: new("sha256:0f")}, {Deleted: new("sha256:1f")}}}
	want := []string{"untagged web/old:1", "deleted sha256:0f", "deleted sha256:1f", "names removed: 1; images and layers deleted: 2; given back: 1.235 GB"}
	if diff := cmp.Diff(want, told(report)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := told(&engine.PruneReport{}); !slices.Equal(got, []string{"nothing to remove"}) {
		t.Errorf("of nothing: %q", got)
	}
	long := told(&engine.PruneReport{Deleted: slices.Repeat(report.Deleted, 100)})
	if len(long) != mostTold+2 || long[mostTold] != "and 260 more" {
		t.Errorf("of 300: %d lines, ending with %q", len(long), long[mostTold:])
	}
}
