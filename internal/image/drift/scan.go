package drift

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A Scan is what an entry says of the last scan. Nil and empty is not set.
type Scan struct {
	At                          string // RFC 3339
	Critical, High, Medium, Low *int64
}

// scan compares the counts and the time of the last scan with the newest scan that is verified.
func (c *comparison) scan(entry Entry, live *image.Image) {
	counts := []struct {
		field   string
		claimed *int64
		found   func(image.Scan) *int64
	}{
		{FieldCriticalCount, entry.Scan.Critical, func(s image.Scan) *int64 { return s.CriticalCount }},
		{FieldHighCount, entry.Scan.High, func(s image.Scan) *int64 { return s.HighCount }},
		{FieldMediumCount, entry.Scan.Medium, func(s image.Scan) *int64 { return s.MediumCount }},
		{FieldLowCount, entry.Scan.Low, func(s image.Scan) *int64 { return s.LowCount }},
	}
	if len(live.Scans) == 0 {
		return
	}
	newest := image.NewestVerified(live.Scans, func(s image.Scan) *bool { return s.Verified })
	for _, count := range counts {
		switch {
		case count.claimed == nil || slices.Contains(c.ignore, count.field):
		case newest == nil:
			c.leavesOpen(count.field, unverified(live, "has a scan"))
		case count.found(*newest) != nil && c.compares(count.field) && *count.found(*newest) != *count.claimed:
			c.differs(count.field, new(strconv.FormatInt(*count.claimed, 10)),
				new(strconv.FormatInt(*count.found(*newest), 10)), ScanDiffers)
		}
	}
	switch {
	case entry.Scan.At == "" || slices.Contains(c.ignore, FieldLastScanDate):
	case newest == nil:
		c.leavesOpen(FieldLastScanDate, unverified(live, "has a scan"))
	case newest.ScannedAt != nil && c.compares(FieldLastScanDate) && !sameMoment(entry.Scan.At, *newest.ScannedAt):
		c.differs(FieldLastScanDate, &entry.Scan.At, newest.ScannedAt, ScanDiffers)
	}
}

// source compares the commit with that of the newest build that is verified.
func (c *comparison) source(entry Entry, live *image.Image) {
	if entry.GitCommit == "" || len(live.Provenance) == 0 || slices.Contains(c.ignore, FieldGitCommit) {
		return
	}
	newest := image.NewestVerified(live.Provenance, func(p image.Provenance) *bool { return p.Verified })
	switch {
	case newest == nil:
		c.leavesOpen(FieldGitCommit, unverified(live, "has a statement about its build"))
	case newest.SourceCommit != nil && c.compares(FieldGitCommit) &&
		!sameCommit(entry.GitCommit, *newest.SourceCommit):
		c.differs(FieldGitCommit, &entry.GitCommit, newest.SourceCommit, SourceDiffers)
	}
}

// sameMoment compares two times by the second: DemandFlow keeps no fractions.
func sameMoment(a, b string) bool {
	one, wrong := time.Parse(time.RFC3339, a)
	other, alsoWrong := time.Parse(time.RFC3339, b)
	if wrong != nil || alsoWrong != nil {
		return a == b
	}
	return one.Truncate(time.Second).Equal(other.Truncate(time.Second))
}

// shortCommit is the length from which an abbreviated commit is taken for the whole one.
const shortCommit = 7

// sameCommit reports whether two commits are one, of which one may be abbreviated.
func sameCommit(a, b string) bool {
	a, b = strings.ToLower(strings.TrimSpace(a)), strings.ToLower(strings.TrimSpace(b))
	return a == b || min(len(a), len(b)) >= shortCommit && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a))
}
