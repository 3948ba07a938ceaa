package predicate

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A source is where the source code of an image is.
type source struct {
	repository, ref, commit *string
	git                     bool // whether it says that it is Git's
}

// sourceOf returns the source that an address names: git+https://host/path@ref as SLSA writes it, or
// https://host/path.git#ref:folder as BuildKit does.
func sourceOf(address value) source {
	written := address.text()
	if written == nil {
		return source{}
	}
	rest, git := strings.CutPrefix(*written, "git+")
	rest, fragment, _ := strings.Cut(rest, "#")
	ref, _, _ := strings.Cut(fragment, ":")
	if _, after, found := strings.Cut(rest, "://"); found {
		if at := refIn(after); at >= 0 {
			cut := len(rest) - len(after) + at
			rest, ref = rest[:cut], rest[cut+1:]
		}
	}
	from := source{repository: image.Known(withoutPassword(rest)), git: git || strings.HasSuffix(rest, ".git")}
	if isCommit(ref) {
		from.commit = &ref
	} else {
		from.ref = image.Known(ref)
	}
	return from
}

// refIn returns the place of the "@" before a ref, -1 for none. One before the path belongs to the user, and one at the
// beginning of a name to the name.
func refIn(address string) int {
	for i := strings.IndexByte(address, '/') + 1; i > 0 && i < len(address); i++ {
		if address[i] == '@' && address[i-1] != '/' {
			return i
		}
	}
	return -1
}

// at adds the commit that a digest has, in the ways that builders write it.
func (s source) at(digest value) source {
	if s.repository == nil || !digest.expect(object) {
		return s
	}
	given := digest.object("gitCommit", "sha1", "sha256")
	commit := first(given["gitCommit"].text(), given["sha1"].text())
	s.git = s.git || commit != nil
	if commit == nil && s.git || given["sha256"].isLength(40) { // GitLab has the commit there
		commit = first(commit, given["sha256"].text())
	}
	s.commit = first(commit, s.commit)
	return s
}

// isLength reports whether a value is a text of so many bytes.
func (v value) isLength(bytes int) bool { return v.is(text) && len(v.raw) == bytes+2 }

// or returns the other source if this one has no repository. Facts of two sources are not mixed: a ref of one and a
// commit of another belong together nowhere.
func (s source) or(other source) source {
	if s.repository != nil {
		return s
	}
	return other
}

func (s source) isOf(other source) bool { return s.plain() == other.plain() }

// is reports whether two facts are known and the same.
func is(a, b *string) bool { return a != nil && b != nil && *a == *b }

// plain returns a repository as it is compared: hosts serve one with and without ".git".
func (s source) plain() string {
	if s.repository == nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimSuffix(*s.repository, "/"), ".git")
}

var commitID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

func isCommit(ref string) bool { return commitID.MatchString(ref) }

// withoutPassword returns an address without a password, a token or a query, in which one may be. A URL that cannot be
// parsed is left out: where its password is cannot be told.
func withoutPassword(address string) string {
	if !strings.Contains(address, "://") {
		return address
	}
	parsed, err := url.Parse(address)
	switch {
	case err != nil:
		return ""
	case parsed.User == nil && parsed.RawQuery == "":
		return address
	case parsed.User == nil:
	case parsed.Scheme == "http" || parsed.Scheme == "https": // there a name alone may be a token
		parsed.User = nil
	default:
		parsed.User = url.User(parsed.User.Username())
	}
	parsed.RawQuery = ""
	return parsed.String()
}
