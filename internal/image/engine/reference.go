package engine

import (
	"slices"
	"strings"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
)

// noName stands for the missing half of a name in older engines.
const noName = "<none>"

// spell returns a name in full, with registry: "nginx:1" is docker.io/library/nginx:1. It returns "" for what is not a
// name.
func spell(name string) string {
	if name == "" || strings.Contains(name, noName) || digest.Digest(name).Validate() == nil {
		return "" // the containerd store lists the digest alone for what is no image for its platform
	}
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return ""
	}
	return named.String()
}

// names returns an image's full names, sorted: those with a tag, and those with a digest. Engines with the containerd
// store list some of the latter among the tags.
func names(tags, digests []string) (tagged, digested []string) {
	for _, name := range slices.Concat(tags, digests) {
		full := spell(name)
		switch {
		case full == "":
		case strings.Contains(full, "@"):
			digested = append(digested, full)
		default:
			tagged = append(tagged, full)
		}
	}
	slices.Sort(tagged)
	slices.Sort(digested)
	return slices.Compact(tagged), slices.Compact(digested)
}

// called returns the full name of an image that was requested by a name, a digest or an id.
func called(asked, id string, tagged, digested []string) string {
	full := ""
	if named, err := reference.ParseNormalizedNamed(asked); err == nil && digest.Digest(asked).Validate() != nil {
		full = reference.TagNameOnly(named).String()
	}
	if slices.Contains(tagged, full) || slices.Contains(digested, full) {
		return full
	}
	if isID(asked, id) {
		return first(tagged, digested, id)
	}
	if full == "" {
		return first(tagged, digested, id)
	}
	if name := inAnyRegistry(asked, full, slices.Concat(tagged, digested)); name != "" {
		return name
	}
	return full
}

// inAnyRegistry returns the name of an image that was requested without a registry, "" if it has none that ends so.
// Podman looks for such a name on localhost and then in several registries.
func inAnyRegistry(asked, full string, names []string) string {
	path, found := strings.CutPrefix(full, "docker.io/")
	if !found || strings.HasPrefix(asked, "docker.io/") || strings.HasPrefix(asked, "index.docker.io/") {
		return ""
	}
	if !strings.HasPrefix(asked, "library/") {
		path = strings.TrimPrefix(path, "library/")
	}
	if slices.Contains(names, "localhost/"+path) {
		return "localhost/" + path
	}
	for _, name := range names {
		if strings.HasSuffix(name, "/"+path) {
			return name
		}
	}
	return ""
}

// first returns the name of an image that was not requested by name.
func first(tagged, digested []string, id string) string {
	switch {
	case len(tagged) > 0:
		return tagged[0]
	case len(digested) > 0:
		return digested[0]
	}
	return id
}

// isID reports whether a text is an image's id, or the beginning of it.
func isID(asked, id string) bool {
	asked, id = strings.TrimPrefix(asked, "sha256:"), strings.TrimPrefix(id, "sha256:")
	return asked != "" && strings.HasPrefix(id, asked)
}

// repoDigest returns the name with the digest of a reference: the one of the same repository, or the only one. With
// several others the digest is unknown.
func repoDigest(full string, digested []string) (name, digest string) {
	repository := repositoryOf(full)
	var candidates []string
	for _, candidate := range digested {
		if repositoryOf(candidate) == repository {
			candidates = append(candidates, candidate)
		}
	}
	if digest := digestOf(full); slices.Contains(candidates, repository+"@"+digest) {
		candidates = []string{repository + "@" + digest} // requested by this digest
	}
	if len(candidates) == 0 {
		candidates = digested
	}
	if len(candidates) != 1 {
		return "", ""
	}
	return candidates[0], digestOf(candidates[0])
}

// digestOf returns the digest in a name, "" if there is none.
func digestOf(full string) string {
	_, digest, _ := strings.Cut(full, "@")
	return digest
}

func repositoryOf(full string) string {
	named, err := reference.ParseNormalizedNamed(full)
	if err != nil {
		return ""
	}
	return named.Name()
}

// withAlgorithm completes an id: Podman sometimes leaves out the algorithm.
func withAlgorithm(id string) string {
	if id == "" || strings.Contains(id, ":") {
		return id
	}
	return "sha256:" + id
}
