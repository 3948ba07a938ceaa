package drift_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/drift"
)

var scanFields = []string{"critical_count", "high_count", "medium_count", "low_count", "last_scan_date"}

// scanned returns an entry and its image, which agree on a scan.
func scanned() (drift.Entry, *image.Image) {
	entry, live := entry(), live()
	entry.Scan = drift.Scan{At: "2026-05-01T12:00:00Z", Critical: new(int64(0)), High: new(int64(2)),
		Medium: new(int64(3)), Low: new(int64(4))}
	live.Scans = []image.Scan{{Verified: new(true), ScannedAt: new("2026-05-01T14:00:00.5+02:00"),
		CriticalCount: new(int64(0)), HighCount: new(int64(2)), MediumCount: new(int64(3)), LowCount: new(int64(4))}}
	return entry, live
}

func TestCompare_scanThatAgreesIsNoDifference(t *testing.T) {
	t.Parallel()
	entry, live := scanned()
	got := drift.Compare(entry, live, nil)
	for _, field := range scanFields {
		if !got.InSync() || !slices.Contains(got.Compared, field) {
			t.Errorf("%s: differences %v, undecided %v, compared %v", field, got.Differences, got.Undecided, got.Compared)
		}
	}
}

func TestCompare_scanThatFoundSomethingElseIsADifference(t *testing.T) {
	t.Parallel()
	entry, live := scanned()
	live.Scans[0].CriticalCount, live.Scans[0].ScannedAt = new(int64(7)), new("2026-06-01T12:00:00Z")
	live.Scans[0].LowCount = nil // the scanner does not say
	want := []drift.Difference{{"critical_count", new("0"), new("7"), drift.ScanDiffers},
		{"last_scan_date", new("2026-05-01T12:00:00Z"), new("2026-06-01T12:00:00Z"), drift.ScanDiffers}}
	if diff := cmp.Diff(want, drift.Compare(entry, live, nil).Differences); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := drift.Compare(entry, live, scanFields); !got.InSync() {
		t.Errorf("ignored: differences %v", got.Differences)
	}
}

// Scans are sorted, and anybody can add one that is not signed.
func TestCompare_scanIsTheNewestThatIsVerified(t *testing.T) {
	t.Parallel()
	entry, live := scanned()
	newer := image.Scan{Verified: new(false), ScannedAt: new("2026-07-01T12:00:00Z"), CriticalCount: new(int64(9))}
	older := image.Scan{Verified: new(true), ScannedAt: new("2025-07-01T12:00:00Z"), CriticalCount: new(int64(9))}
	live.Scans = []image.Scan{newer, live.Scans[0], older}
	if got := drift.Compare(entry, live, nil); !got.InSync() {
		t.Errorf("differences %v, undecided %v", got.Differences, got.Undecided)
	}
}

func TestCompare_scanThatNobodyHasVerifiedIsUndecided(t *testing.T) {
	t.Parallel()
	for _, verified := range []*bool{nil, new(false)} {
		entry, live := scanned()
		live.Scans[0].Verified = verified
		got := drift.Compare(entry, live, nil)
		if len(got.Differences) > 0 || !slices.Equal(openFields(got), scanFields) {
			t.Errorf("differences %v, undecided %v", got.Differences, got.Undecided)
		}
	}
	entry, live := scanned()
	live.Scans = nil // they were not requested, or there are none
	if got := drift.Compare(entry, live, nil); !got.InSync() {
		t.Errorf("without a scan: differences %v, undecided %v", got.Differences, got.Undecided)
	}
}

func TestCompare_commitIsThatOfTheNewestVerifiedBuild(t *testing.T) {
	t.Parallel()
	const commit = "0123456789abcdef0123456789abcdef01234567"
	build := func(verified *bool, commit string) image.Provenance {
		return image.Provenance{Verified: verified, SourceCommit: image.Known(commit)}
	}
	for name, test := range map[string]struct {
		catalogue   string
		builds      []image.Provenance
		differences []drift.Difference
		undecided   []string
	}{
		"the same": {commit, []image.Provenance{build(new(true), commit)}, nil, []string{}},
		"abbreviated, behind one that is not verified": {"0123456789AB", []image.Provenance{build(new(false), "ffff"),
			build(new(true), commit)}, nil, []string{}},
		"too short to say": {"012345", []image.Provenance{build(new(true), commit)},
			[]drift.Difference{{"git_commit", new("012345"), new(commit), drift.SourceDiffers}}, []string{}},
		"another one": {"fedcba9876", []image.Provenance{build(new(true), commit)},
			[]drift.Difference{{"git_commit", new("fedcba9876"), new(commit), drift.SourceDiffers}}, []string{}},
		"one that nobody has verified": {commit, []image.Provenance{build(nil, commit)}, nil, []string{"git_commit"}},
		"a build that names none":      {commit, []image.Provenance{build(new(true), "")}, nil, []string{}},
		"no build":                     {commit, nil, nil, []string{}},
	} {
		entry, live := entry(), live()
		entry.GitCommit, live.Provenance = test.catalogue, test.builds
		got := drift.Compare(entry, live, nil)
		if diff := cmp.Diff(test.differences, got.Differences); diff != "" || !slices.Equal(openFields(got), test.undecided) {
			t.Errorf("%s: undecided %v, differences (-want +got):\n%s", name, got.Undecided, diff)
		}
	}
}
