package engine

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	api "github.com/moby/moby/api/types/image"
	"github.com/moby/moby/api/types/system"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

func TestEveryFieldOf_historyAndPruneReportHasAPlace(t *testing.T) {
	t.Parallel()
	step, m := newMarked[api.HistoryResponseItem]()
	step.Tags = []string{"demo.local/mark:tag"}
	m.marks["Tags"] = "demo.local/mark:tag"
	m.marks["Created"] = time.Unix(step.Created, 0).UTC().Format(time.RFC3339)
	if missing := m.missing(t, steps([]api.HistoryResponseItem{*step})); len(missing) > 0 {
		t.Errorf("the history leaves out %q", missing)
	}

	removed, m := newMarked[api.DeleteResponse]()
	listed := api.Summary{ID: idOfConfig}
	pruned, err := answering(t, map[string]any{
		"GET /containers/json": []any{}, routeList: []any{listed}, "GET /images/" + idOfConfig +
			"/json": api.InspectResponse{ID: idOfConfig},
		routeUsage: system.DiskUsage{}, http.MethodDelete + " /images/" + idOfConfig: []any{removed},
	}).Prune(t.Context(), PruneOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if missing := m.missing(t, pruned); len(missing) > 0 {
		t.Errorf("the report leaves out %q", missing)
	}
}

func TestEveryFieldOf_anAttestationHasAPlace(t *testing.T) {
	t.Parallel()
	stated, m := newMarked[api.AttestationStatement]()
	stated.Statement = nil // not asked for
	attested := api.ManifestSummary{
		ID: idOfBuilt, Kind: api.ManifestKindAttestation,
		Descriptor:      ocispec.Descriptor{ArtifactType: "application/vnd.example"},
		AttestationData: &api.AttestationProperties{For: idOfLoaded},
	}
	platform := ocispec.Platform{OS: "linux", Architecture: "amd64"}
	found := api.InspectResponse{
		ID: idOfIndex, Os: "linux", Architecture: "amd64",
		Descriptor: &ocispec.Descriptor{MediaType: ocispec.MediaTypeImageIndex, Digest: idOfIndex},
		Manifests: []api.ManifestSummary{
			{ID: idOfLoaded, Kind: api.ManifestKindImage, Available: true, Descriptor: ocispec.Descriptor{Platform: &platform},
				ImageData: &api.ImageProperties{Platform: platform}},
			attested,
		},
	}
	routes := map[string]any{"GET /images/demo.local/app:1/json": found, "GET /images/" + idOfIndex +
		"/attestations": []any{stated, stated}}
	i, err := answering(t, routes).Image(t.Context(), "demo.local/app:1", Options{Include: []string{IncludeAttestations}})
	if err != nil {
		t.Fatal(err)
	}
	want := image.Statement{
		Kind: "attestation", Format: new("buildkit"), Digest: new(idOfBuilt), Subject: new(idOfLoaded),
		ArtifactType: new("application/vnd.example"), PredicateType: new(m.marks["PredicateType"]),
	}
	if len(i.Attestations) != 2 || !reflect.DeepEqual(i.Attestations[0], want) || len(i.Platforms) != 1 {
		t.Errorf("%d platforms; attestations %+v", len(i.Platforms), i.Attestations)
	}
	if len(i.Engine.Manifests) != 2 || text(i.Engine.Manifests[1].AttestationFor) != idOfLoaded ||
		i.Engine.Manifests[1].Kind != "attestation" {
		t.Errorf("%+v", i.Engine.Manifests)
	}
}
