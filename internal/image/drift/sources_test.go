package drift_test

import (
	"slices"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/drift"
)

// A cluster that imported one platform has neither the list nor its digest, its metadata has no healthcheck and no
// operating system, and signatures may be in the registry.
func TestCompare_leavesOutWhatAClusterCannotKnow(t *testing.T) {
	t.Parallel()
	cluster := live()
	cluster.Source, cluster.Digest, cluster.Platforms = image.SourceOpenShift, new(amd64), cluster.Platforms[:1]
	cluster.Signatures, cluster.Catalogue.Healthcheck = []image.Statement{}, nil
	cluster.OpenShift, cluster.Catalogue.OS = &image.OpenShift{FactsFrom: new(image.FactsFromMetadata)}, new("windows")
	got := drift.Compare(entry(), cluster, nil)
	if len(got.Differences) > 0 || slices.Contains(got.Compared, "healthcheck") || slices.Contains(got.Compared,
		"digest") || len(got.Undecided) != 2 {
		t.Errorf("differences %v, compared %v, undecided %q", got.Differences, got.Compared, got.Undecided)
	}
	cluster.OpenShift.FactsFrom, cluster.Catalogue.OS = new("config"), new("linux")
	if got := drift.Compare(entry(), cluster, nil); len(got.Differences) != 1 ||
		got.Differences[0].Field != "healthcheck" {
		t.Errorf("of a whole configuration without a healthcheck: %v", got.Differences)
	}
	cluster = live()
	cluster.Source, cluster.Digest = image.SourceOpenShift, new(other)
	cluster.Signatures = []image.Statement{{Kind: "signature", Verified: new(false)}}
	if got := drift.Compare(entry(), cluster, nil); len(got.Differences) != 2 ||
		got.Differences[0].Class != drift.MovedTag || got.Differences[1].Class != drift.SignatureLost {
		t.Errorf("of another list with a signature that is none: %v", got.Differences)
	}
}
