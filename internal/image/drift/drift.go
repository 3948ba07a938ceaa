// Package drift compares an entry of DemandFlow's catalogue with the live image. It imports internal/image and no
// Terraform. The entry has options in the tenant's spelling.
//
// Fields that the entry leaves empty are not compared, and neither are those that the image's source does not report.
// The result lists the compared fields, so that a field that was not compared does not pass for one that agrees.
package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// Classes of differences. Classes describes them.
const (
	MovedTag        = "moved_tag"
	MissingUpstream = "missing_upstream"
	ConfigChanged   = "config_changed"
	PlatformAdded   = "platform_added"
	PlatformRemoved = "platform_removed"
	SignatureLost   = "signature_lost"
	SignerDiffers   = "signer_differs"
	ScanDiffers     = "scan_differs"
	SourceDiffers   = "source_differs"
	Metadata        = "metadata"
)

// Fields that are not in image.Catalogue.
const (
	FieldReference         = "full_image_name"
	FieldDigest            = "digest"
	FieldSignatureVerified = "signature_verified"
	FieldSignedBy          = "signed_by"
	FieldLastScanDate      = "last_scan_date"
	FieldCriticalCount     = "critical_count"
	FieldHighCount         = "high_count"
	FieldMediumCount       = "medium_count"
	FieldLowCount          = "low_count"
	FieldGitCommit         = "git_commit"
)

// Classes returns the classes and what they mean, the most serious one first.
func Classes() [][2]string {
	return [][2]string{
		{MissingUpstream, "there is no such image"},
		{MovedTag, "the tag points at another image than the one whose digest the catalogue has"},
		{SignatureLost, "the catalogue has the image as signed, and no signature was found, or none that verifies"},
		{SignerDiffers, "the image is signed by somebody else than the catalogue says"},
		{ScanDiffers, "the newest verified scan has found something else than the catalogue says"},
		{SourceDiffers, "the image was verifiably built from another commit than the catalogue says"},
		{ConfigChanged, "the image runs otherwise than the catalogue says"},
		{PlatformAdded, "the image is there for a platform that the catalogue does not name"},
		{PlatformRemoved, "the catalogue names a platform that the image is not there for"},
		{Metadata, "the image describes itself in other words"},
	}
}

// An Entry is an entry of the catalogue. Empty fields are not set.
type Entry struct {
	image.Catalogue
	FullImageName     string
	Digest            string // of an index, a platform's manifest or a configuration: DemandFlow does not say which
	SignatureVerified bool
	SignedBy          string
	Scan              Scan
	GitCommit         string
	// Missing is a platform that was requested for the comparison and that the image does not have. There is no
	// configuration to compare then.
	Missing string
	// SignaturesUnread is whether signatures were looked for, and their list could not be read.
	SignaturesUnread bool
}

// A Difference is a fact in which the catalogue and the image differ.
type Difference struct {
	Field     string  `tfsdk:"field" doc:"Attribute of 'demandflow_docker_image' that differs."`
	Catalogue *string `tfsdk:"catalogue" doc:"Value in the catalogue. Null if it does not name the platform."`
	Live      *string `tfsdk:"live" doc:"Value of the live image. Null if it has none."`
	Class     string  `tfsdk:"class" doc:"Class of the difference."`
}

// A Result is the result of a comparison.
type Result struct {
	Differences []Difference
	Compared    []string // fields that both sides have
	Undecided   []Undecided
}

// InSync reports whether all claims of the catalogue are true. With an undecided one they are not: a tag that may have
// moved must not pass for one that has not. Where nothing was compared, something is undecided.
func (r Result) InSync() bool { return len(r.Differences) == 0 && len(r.Undecided) == 0 }

// An Undecided is a claim of the catalogue that the source could not settle.
type Undecided struct {
	Field  string `tfsdk:"field" doc:"Attribute of 'demandflow_docker_image' that was not compared."`
	Reason string `tfsdk:"reason" doc:"Reason why it could not be compared."`
}

// Compare compares an entry with its live image, nil if there is none. It leaves out the fields to ignore.
func Compare(entry Entry, live *image.Image, ignore []string) Result {
	c := comparison{ignore: ignore}
	if live == nil {
		c.differs(FieldReference, &entry.FullImageName, nil, MissingUpstream)
		return c.Result
	}
	c.digest(entry, live)
	c.signature(entry, live)
	c.signer(entry, live)
	c.scan(entry, live)
	c.source(entry, live)
	c.platforms(entry, live)
	if live.Catalogue != nil {
		c.facts(entry.Catalogue, live)
	}
	c.open(entry, live)
	return c.Result
}

// open adds what was claimed and not looked at, where nothing else settles it: an image that has another digest is
// another one, and one that has the entry's digest is the entry's.
func (c *comparison) open(entry Entry, live *image.Image) {
	if len(c.Differences) > 0 || slices.Contains(c.Compared, FieldDigest) {
		return
	}
	for _, field := range claims(entry.Catalogue) {
		switch {
		case slices.Contains(c.ignore, field) || slices.Contains(c.Compared, field) || c.isOpen(field):
		case live.Catalogue == nil:
			c.leavesOpen(field, fmt.Sprintf("The configuration of %s is not known, so what the catalogue says of it was not "+
				"compared: it is no container image, or names no platform, or its configuration was not read.", live.Reference))
		case couldNotRead(live, field):
			c.leavesOpen(field, fmt.Sprintf("The configuration of %s has a malformed value there, which could not be read, so "+
				"what the catalogue says of it was not compared.", live.Reference))
		case slices.Contains(unnamed(live), field):
			c.leavesOpen(field, fmt.Sprintf("The configuration of %s does not name its platform, so what the catalogue says of "+
				"it was not compared.", live.Reference))
		}
	}
	if len(c.Compared)+len(c.Undecided) == 0 {
		c.leavesOpen(FieldReference, fmt.Sprintf("Nothing of %s was compared: the catalogue says nothing of it that the "+
			"live image has, or all of that is ignored.", live.Reference))
	}
}

func (c *comparison) isOpen(field string) bool {
	return slices.ContainsFunc(c.Undecided, func(u Undecided) bool { return u.Field == field })
}

// A comparison is a comparison in progress.
type comparison struct {
	Result
	ignore []string
}

// compares adds a field to those that are compared, unless it is ignored.
func (c *comparison) compares(field string) bool {
	if slices.Contains(c.ignore, field) {
		return false
	}
	c.Compared = append(c.Compared, field)
	return true
}

func (c *comparison) differs(field string, catalogue, live *string, class string) {
	c.Differences = append(c.Differences, Difference{Field: field, Catalogue: catalogue, Live: live, Class: class})
}

// leavesOpen adds a claim that was not settled. A field has one entry, with all reasons.
func (c *comparison) leavesOpen(field, reason string) {
	for i := range c.Undecided {
		if c.Undecided[i].Field == field {
			c.Undecided[i].Reason += " " + reason
			return
		}
	}
	c.Undecided = append(c.Undecided, Undecided{Field: field, Reason: reason})
}

// digest looks for the catalogue's digest among those of the image. The catalogue may have that of the index, of a
// platform or of a configuration. So only if all of these are known, another digest means another image.
func (c *comparison) digest(entry Entry, live *image.Image) {
	if entry.Digest == "" || slices.Contains(c.ignore, FieldDigest) {
		return
	}
	known, complete := digestsOf(live)
	switch {
	case slices.Contains(known, entry.Digest):
		c.compares(FieldDigest)
	case complete:
		c.compares(FieldDigest)
		c.differs(FieldDigest, &entry.Digest, live.Digest, MovedTag)
	default:
		c.leavesOpen(FieldDigest, fmt.Sprintf("The catalogue's digest %s is none of those that are known of %s (%s), but "+
			"not all are known, so the tag may have moved or not.",
			entry.Digest, live.Reference, cmp.Or(strings.Join(known, ", "), "none")))
	}
}

// digestsOf returns the digests of an image, and whether these are all.
func digestsOf(live *image.Image) (known []string, complete bool) {
	add := func(digest *string) bool {
		if digest == nil {
			return false
		}
		if !slices.Contains(known, *digest) {
			known = append(known, *digest)
		}
		return true
	}
	complete = add(live.Digest) && len(live.Platforms) > 0 && len(live.Nameless) == 0 && !isOfOnePlatform(live)
	add(live.ConfigDigest)
	for _, platform := range live.Platforms {
		complete = add(platform.Digest) && complete
		complete = add(platform.ConfigDigest) && complete
	}
	for _, nameless := range live.Nameless { // their configurations were not read
		add(&nameless)
	}
	for _, pinned := range live.RepoDigests {
		if _, digest, ok := strings.Cut(pinned, "@"); ok {
			add(&digest)
		}
	}
	return known, complete
}
