package drift

import (
	"fmt"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// ofImage returns the signatures of what the entry is about, and why the others are none. That of an index is of all
// its platforms.
func ofImage(entry Entry, live *image.Image) (candidates []image.Statement, others []string) {
	about := claimed(entry, live)
	for _, signature := range live.Signatures {
		switch {
		case signature.Reason != nil && *signature.Reason == image.ReasonOtherSubject:
			others = append(others, *signature.Error)
		case signature.Subject != nil && about != nil && *signature.Subject != *about &&
			(live.Digest == nil || *signature.Subject != *live.Digest):
			others = append(others, "a signature of "+*signature.Subject+" alone")
		default:
			candidates = append(candidates, signature)
		}
	}
	return candidates, others
}

// claimed returns the digest that a signature must be of: that of the whole image, or of a platform if the catalogue
// has the platform's digest. A signature of one platform does not cover the others.
func claimed(entry Entry, live *image.Image) *string {
	for _, platform := range live.Platforms {
		if platform.Digest != nil && entry.Digest != "" && (*platform.Digest == entry.Digest ||
			platform.ConfigDigest != nil && *platform.ConfigDigest == entry.Digest) {
			return platform.Digest
		}
	}
	return live.Digest
}

// signature looks for a valid signature if the catalogue has the image as signed and signatures were requested. Where
// nobody has verified them, they prove nothing: anybody with the right to push can add one.
func (c *comparison) signature(entry Entry, live *image.Image) {
	if !entry.SignatureVerified || slices.Contains(c.ignore, FieldSignatureVerified) ||
		c.isUnread(FieldSignatureVerified, entry, live) {
		return
	}
	if c.isElsewhere(FieldSignatureVerified, live) {
		return
	}
	candidates, failed := ofImage(entry, live)
	isVerified := false
	for _, signature := range candidates {
		switch {
		case signature.Verified == nil:
			continue
		case *signature.Verified:
			c.compares(FieldSignatureVerified)
			return
		}
		failed = append(failed, failure(signature))
		isVerified = true
	}
	if len(candidates) > 0 && !isVerified {
		c.leavesOpen(FieldSignatureVerified, unverified(live, "has a signature"))
		return
	}
	c.compares(FieldSignatureVerified)
	c.differs(FieldSignatureVerified, new("true"), notVerified(failed), SignatureLost)
}

// failure returns why a signature is not valid.
func failure(signature image.Statement) string {
	if signature.Error != nil {
		return *signature.Error
	}
	return "a signature that is not valid"
}

// notVerified returns what a difference shows of signatures that are not valid; nil if there are none.
func notVerified(failed []string) *string {
	if len(failed) == 0 {
		return nil
	}
	return new("not verified: " + strings.Join(failed, "; "))
}

// isUnread reports whether signatures are not known, and notes that where they were looked for.
func (c *comparison) isUnread(field string, entry Entry, live *image.Image) bool {
	if live.Signatures == nil && entry.SignaturesUnread {
		c.leavesOpen(field, fmt.Sprintf("The list of the signatures of %s could not be read.", live.Reference))
	}
	return live.Signatures == nil
}

// isElsewhere notes that a cluster may not have the signatures which a registry has.
func (c *comparison) isElsewhere(field string, live *image.Image) bool {
	if live.Source != image.SourceOpenShift || len(live.Signatures) > 0 {
		return false
	}
	c.leavesOpen(field, fmt.Sprintf("The catalogue has %s as signed. The cluster keeps no signature of it, but its "+
		"registry may.", live.Reference))
	return true
}

func unverified(live *image.Image, has string) string {
	return fmt.Sprintf("%s %s, and nobody has verified it: say in verify who is trusted to sign.", live.Reference, has)
}

// signer compares who has signed with the catalogue.
func (c *comparison) signer(entry Entry, live *image.Image) {
	if entry.SignedBy == "" || slices.Contains(c.ignore, FieldSignedBy) || c.isUnread(FieldSignedBy, entry, live) ||
		c.isElsewhere(FieldSignedBy, live) {
		return
	}
	candidates, failed := ofImage(entry, live)
	var signers []string
	isVerified, isNameless := len(candidates) == 0, false
	for _, signature := range candidates {
		isVerified = isVerified || signature.Verified != nil
		switch {
		case signature.Verified == nil:
			continue
		case !*signature.Verified:
			failed = append(failed, failure(signature))
			continue
		}
		names := namesOf(signature)
		if slices.ContainsFunc(names, func(name string) bool { return sameSigner(entry.SignedBy, name) }) {
			c.compares(FieldSignedBy)
			return
		}
		if len(names) > 0 {
			signers = append(signers, names[0])
		}
		isNameless = isNameless || len(names) == 0
	}
	switch {
	case isNameless:
		c.leavesOpen(FieldSignedBy, fmt.Sprintf("%s has a valid signature that does not say who made it.", live.Reference))
	case !isVerified:
		c.leavesOpen(FieldSignedBy, unverified(live, "has a signature"))
	case len(signers) > 0:
		c.compares(FieldSignedBy)
		slices.Sort(signers)
		c.differs(FieldSignedBy, &entry.SignedBy, new(strings.Join(slices.Compact(signers), ", ")), SignerDiffers)
	default:
		c.compares(FieldSignedBy)
		if !entry.SignatureVerified || slices.Contains(c.ignore, FieldSignatureVerified) { // else it is said once
			c.differs(FieldSignedBy, &entry.SignedBy, notVerified(failed), SignatureLost)
		}
	}
}

// namesOf returns the names under which the catalogue may have a signer.
func namesOf(signature image.Statement) []string {
	var names []string
	add := func(name *string) {
		if name != nil && *name != "" {
			names = append(names, *name)
		}
	}
	if signer := signature.Signer; signer != nil {
		add(signer.SubjectAlternativeName)
		add(signer.BuildSignerURI)
		add(signer.SourceRepositoryURI)
	}
	if signature.Matched != nil {
		// A certificate's subject, which follows another word, may have anything in it.
		_, key, isKey := strings.Cut(*signature.Matched, " sha256:")
		isKey = isKey && signature.Signer == nil
		if isKey {
			names = append(names, "sha256:"+key, key)
		} else if len(names) == 0 {
			names = append(names, *signature.Matched)
		}
	}
	return names
}

// sameSigner reports whether two names mean one signer. A workflow is the same one at every branch and tag, if the
// catalogue names none.
func sameSigner(catalogue, live string) bool {
	catalogue, live = strings.TrimSuffix(strings.TrimSpace(catalogue), "/"), strings.TrimSuffix(live, "/")
	if strings.EqualFold(catalogue, live) {
		return true
	}
	workflow, _, found := strings.Cut(live, "@refs/")
	return found && strings.EqualFold(catalogue, workflow)
}
