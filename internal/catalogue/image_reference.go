package catalogue

import (
	"fmt"
	"path"
	"slices"

	"github.com/distribution/reference"
)

// parseImage reads an image's name as Kubernetes does (nginx is docker.io/library/nginx:latest). A tag that is given
// apart counts only where the name has neither tag nor digest.
func parseImage(name, tag string) (reference.Named, error) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return nil, err
	}
	if reference.IsNameOnly(named) && tag != "" {
		return reference.WithTag(named, tag)
	}
	return reference.TagNameOnly(named), nil
}

// A wantedImage is an image that workloads may run: by its name and tag, or by its digest, under which a pinned
// reference names it.
type wantedImage struct {
	named  reference.Named
	digest string // sha256:…, "" where it is not known
}

func parseWanted(name, digest string) (wantedImage, error) {
	named, err := parseImage(name, "")
	return wantedImage{named, digest}, err
}

// runsIn says whether a workload's reference names the image: the same repository, and the same tag or the digest.
func (w wantedImage) runsIn(workload reference.Named) bool {
	if workload.Name() != w.named.Name() {
		return false
	}
	tag, tagged := workload.(reference.Tagged)
	wanted, wantedTagged := w.named.(reference.Tagged)
	if tagged && wantedTagged {
		return tag.Tag() == wanted.Tag()
	}
	digested, ok := workload.(reference.Digested)
	if !ok {
		return false
	}
	pinned, wantedPinned := w.named.(reference.Digested)
	return digested.Digest().String() == w.digest || wantedPinned && digested.Digest() == pinned.Digest()
}

// spellings are how an entry may write an image's name: as it is written here, in full, and in short.
func spellings(name string) []string {
	named, err := parseImage(name, "")
	if err != nil {
		return []string{name}
	}
	all := []string{name, named.String(), reference.FamiliarString(named)}
	slices.Sort(all)
	return slices.Compact(all)
}

// lastPart is the last part of a repository's name: nginx of docker.io/library/nginx.
func lastPart(named reference.Named) string { return path.Base(reference.Path(named)) }

func notAnImage(name string, err error) string {
	return fmt.Sprintf("%q does not name an image: %s.\n\nWrite it as registry.example.com/namespace/name:tag.", name, err)
}
