package imagedata

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine/enginetest"
)

// Engines before Terraform 1.14 do not show actions in their schemas, so the page is not generated: it would come and
// go with the engine of the generator.
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
	inline := func(text string) string { return strings.Join(strings.Fields(text), " ") } // a page has a sentence a line
	for _, text := range wanted {
		if !strings.Contains(inline(string(page)), inline(text)) {
			t.Errorf("the page does not have:\n%s", text)
		}
	}
	if lines := strings.Count(string(page), "\n- `"); lines != len(resp.Schema.Attributes) {
		t.Errorf("the page has %d arguments, the schema %d", lines, len(resp.Schema.Attributes))
	}
}

func TestEnginePrune_tellsWhatWent(t *testing.T) {
	t.Parallel()
	report := &engine.PruneReport{SpaceReclaimed: 1_234_567_890,
		Deleted: []engine.DeletedImage{{Untagged: new("web/old:1")}, {Deleted: new("sha256:0f")},
			{Deleted: new("sha256:1f")}}}
	want := []string{"untagged web/old:1", "deleted sha256:0f", "deleted sha256:1f",
		"names removed: 1; images and layers deleted: 2; given back: 1.235 GB"}
	if diff := cmp.Diff(want, reportLines(report)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	notRemoved := &engine.PruneReport{NotDeleted: []engine.NotDeletedImage{{Name: "web/app:1", ID: "sha256:2f",
		Reason: "a container uses it by now"}}}
	if got := reportLines(notRemoved); !slices.Equal(got,
		[]string{"not removed: web/app:1 (sha256:2f): a container uses it by now",
			"nothing was removed"}) {
		t.Errorf("of an image that is left: %q", got)
	}
	if got := reportLines(&engine.PruneReport{AtMost: true, SpaceReclaimed: 7,
		Deleted: report.Deleted}); !strings.HasSuffix(got[3],
		"given back: at most 7 B, as the engine did not measure what other images share") {
		t.Errorf("of what was not measured: %q", got)
	}
	if got := reportLines(&engine.PruneReport{}); !slices.Equal(got, []string{"nothing to remove"}) {
		t.Errorf("of nothing: %q", got)
	}
	long := reportLines(&engine.PruneReport{Deleted: slices.Repeat(report.Deleted, 100)})
	if len(long) != maxReportLines+2 || long[maxReportLines] != "and 260 more" {
		t.Errorf("of 300: %d lines, ending with %q", len(long), long[maxReportLines:])
	}
}

// pruneWith runs the action on an engine, and gives what it tells and what it complains of.
func pruneWith(t *testing.T, host string, config map[string]any) (lines []string, diags diag.Diagnostics) {
	t.Helper()
	prune := &enginePrune{timeout: time.Minute, sources: &Sources{engine: func() (*engine.Client, diag.Diagnostics) {
		client, err := engine.New(engine.Config{Host: host})
		if err != nil {
			t.Fatal(err)
		}
		return client, nil
	}}}
	var schema action.SchemaResponse
	prune.Schema(t.Context(), action.SchemaRequest{}, &schema)
	values := map[string]tftypes.Value{}
	object, ok := schema.Schema.Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("the schema is no object")
	}
	for name, kind := range object.AttributeTypes {
		value := config[name]
		if texts, ok := value.([]string); ok {
			var elements []tftypes.Value
			for _, text := range texts {
				elements = append(elements, tftypes.NewValue(tftypes.String, text))
			}
			value = elements
		}
		values[name] = tftypes.NewValue(kind, value)
	}
	resp := action.InvokeResponse{SendProgress: func(event action.InvokeProgressEvent) {
		lines = append(lines,
			event.Message)
	}}
	prune.Invoke(t.Context(), action.InvokeRequest{Config: tfsdk.Config{Schema: schema.Schema,
		Raw: tftypes.NewValue(object, values)}}, &resp)
	return lines, resp.Diagnostics
}

// The engine in memory would remove "keep" and "pinned" by itself: each lacks a label of the two.
func TestEnginePrune_keepsWhatHasOneOfSeveralLabels(t *testing.T) {
	t.Parallel()
	for _, podman := range []string{"", "4.3.1"} {
		e := &enginetest.Memory{Podman: podman}
		old := time.Now().Add(-24 * time.Hour)
		for name, labels := range map[string][]string{"plain": nil, "keep": {"keep"}, "pinned": {"pinned"},
			"both": {"keep", "pinned"}} {
			image := &enginetest.MemoryImage{Tags: []string{"demo.local/" + name + ":1"}, Labels: map[string]string{},
				Created: old, Size: 1500}
			for _, label := range labels {
				image.Labels[label] = ""
			}
			e.Add(image)
		}
		e.Add(&enginetest.MemoryImage{ID: "sha256:0f", Tags: []string{"demo.local/new:1"}, Created: time.Now(), Size: 1})
		lines, diags := pruneWith(t, e.Start(t), map[string]any{"all": true, "until": "1h", "not_labels": []string{"keep",
			"pinned"}})
		if diags.HasError() || len(lines) != 3 || lines[0] != "untagged demo.local/plain:1" || !strings.HasPrefix(lines[1],
			"deleted sha256:") {
			t.Errorf("%q %v", lines, diags)
		}
		left := e.Left()
		slices.Sort(left)
		if want := []string{"demo.local/both:1", "demo.local/keep:1", "demo.local/new:1",
			"demo.local/pinned:1"}; !slices.Equal(left, want) {
			t.Errorf("left are %q", left)
		}
	}
}

// An error does not keep back what was done until then.
func TestEnginePrune_tellsWhatWentBeforeAnError(t *testing.T) {
	t.Parallel()
	e := &enginetest.Memory{}
	e.Add(&enginetest.MemoryImage{ID: "sha256:0f", Created: time.Unix(2000, 0), Size: 1500},
		&enginetest.MemoryImage{ID: "sha256:1f", Created: time.Unix(1000, 0), Size: 1})
	e.Before = func(request string) (int, string) {
		if request == "DELETE /images/sha256:1f" {
			return 500, "layer store is damaged"
		}
		return 0, ""
	}
	lines, diags := pruneWith(t, e.Start(t), nil)
	want := []string{"deleted sha256:0f", "not removed: sha256:1f: layer store is damaged",
		"names removed: 0; images and layers deleted: 1; given back: 1.5 kB"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(diags) != 1 || !strings.Contains(diags[0].Detail(),
		"1 of 2 images were not removed. sha256:1f: layer store is damaged") {
		t.Errorf("%v", diags)
	}
}
