package field

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"github.com/distribution/reference"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	spelling "github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
)

// What is wrong with the spelling of a URL, a JSON document, an image's name or a tag, and where.

var (
	hostAndPath = regexp.MustCompile(
		`^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[^\s?#]*)?$`)
	scpLike = regexp.MustCompile(`^[^\s/:@]+@[^\s/:@]+:[^\s:]+$`)
)

// urlProblem accepts an absolute URL, or a host with an optional port and path (DemandFlow's own example of a
// registry's address is registry.example.com).
func urlProblem(s string, git bool) string {
	parsed, err := url.Parse(s)
	switch {
	case s == "", err == nil && parsed.Host != "" && parsed.Scheme != "" && !strings.ContainsAny(s, " \t\r\n"):
		return ""
	case hostAndPath.MatchString(s), git && scpLike.MatchString(s):
		return ""
	}
	return fmt.Sprintf("%s is not a URL%s. Write one such as https://registry.example.com/path, or a host such as "+
		"registry.example.com:5000.", shownURL(s), urlFault(s, err))
}

// shownURL is a malformed URL in quotes, without what may be a secret in it: user information, and the query.
func shownURL(s string) string {
	const most = 100
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		scheme, rest = "", s
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 && strings.Contains(rest[:at], ":") {
		rest = "…" + rest[at:]
	}
	if path, _, query := strings.Cut(rest, "?"); query {
		rest = path + "?…"
	}
	if found {
		rest = scheme + "://" + rest
	}
	if runes := []rune(rest); len(runes) > most {
		rest = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", rest)
}

// urlFault returns where a URL is malformed, "" where that cannot be said. Characters are counted from 1.
func urlFault(s string, err error) string {
	at := func(i int) int { return len([]rune(s[:i])) + 1 }
	if i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }); i >= 0 {
		return fmt.Sprintf(" (character %d is a blank or a line break)", at(i))
	}
	if escape, ok := errors.AsType[url.EscapeError](err); ok {
		return fmt.Sprintf(" (a %% that begins no escape stands at character %d)",
			at(max(0, strings.Index(s, string(escape)))))
	}
	scheme, rest, found := strings.Cut(s, ":")
	switch {
	case found && strings.HasPrefix(rest, "//") && strings.Trim(rest, "/") == "":
		return fmt.Sprintf(" (no host follows at character %d)", at(len(s)-1)+1)
	case found && strings.HasPrefix(rest, "/") && !strings.HasPrefix(rest, "//"):
		return fmt.Sprintf(" (%q is followed by one slash at character %d, where two belong)", scheme+":", at(len(scheme)+1))
	}
	if i := strings.IndexFunc(s, func(r rune) bool {
		return r > unicode.MaxASCII || strings.ContainsRune(`"<>\^{|}`+"`",
			r)
	}); i >= 0 {
		return fmt.Sprintf(" (character %d does not belong into one)", at(i))
	}
	return ""
}

// jsonFault returns where a text stops being a JSON document. It repeats no more of the text than one character: a
// document may hold a secret.
func jsonFault(s string) string {
	var document any
	syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal([]byte(s), &document))
	if !ok {
		return ""
	}
	before := s // of what is not there any more
	if at := int(syntax.Offset) - 1; at >= 0 && at < len(s) && !strings.Contains(syntax.Error(), "unexpected end") {
		before = s[:at]
	}
	line := strings.Count(before, "\n") + 1
	column := len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
	return fmt.Sprintf(" (line %d, character %d: %s)", line, column, syntax)
}

// anyImage is the name with which a tag is checked, because the grammar checks whole references.
var anyImage, _ = reference.WithName("registry.invalid/image")

func imageNameProblem(s string) string {
	if _, err := reference.WithName("registry.invalid/" + s); err == nil {
		return ""
	}
	const form = "Use lower-case letters, digits and the separators . _ - between them, in parts divided by /, without " +
		"registry and tag: \"nginx\" or \"library/redis\"."
	switch name, host := withoutHost(s); {
	case strings.Contains(s, "@"):
		return fmt.Sprintf("%q is not an image name: it has a digest, which DemandFlow fills in itself. Give the name "+
			"alone: %q.", s, spelling.Repository(name))
	case host != "" && spelling.Repository(name) != name:
		return fmt.Sprintf("%q is not an image name: it begins with the host of a registry, and has a tag. Set registry_id "+
			"and tag instead, and the name alone: %q.", s, spelling.Repository(name))
	case host != "":
		return fmt.Sprintf("%q is not an image name: it begins with the host of a registry (%s). Set registry_id instead, "+
			"and the name alone: %q.", s, host, name)
	case spelling.Repository(s) != s:
		return fmt.Sprintf("%q is not an image name: it has a tag, which is an argument of its own. Give the name alone: %q.",
			s, spelling.Repository(s))
	}
	return fmt.Sprintf("%q is not an image name. %s", s, form)
}

// withoutHost splits a registry's host off a name, by Docker's rule; host is "" if there is none.
func withoutHost(s string) (name, host string) {
	first, rest, found := strings.Cut(s, "/")
	if !found || first != "localhost" && !strings.ContainsAny(first, ".:") {
		return s, ""
	}
	return rest, first
}

func tagProblem(s string) string {
	if _, err := reference.WithTag(anyImage, s); err == nil {
		return ""
	}
	tag, digest, found := strings.Cut(s, "@")
	if !found {
		tag, digest = "", s
	}
	if algorithm, hex, ok := strings.Cut(digest, ":"); ok && strings.HasPrefix(algorithm, "sha") && hex != "" {
		example := "Give the tag alone, such as \"1.0\"."
		if tag != "" {
			example = fmt.Sprintf("Give the tag alone: %q.", tag)
		}
		return fmt.Sprintf("%q is not a tag: it is or has a digest, which DemandFlow fills in itself (the attribute "+
			"digest). %s", s, example)
	}
	return fmt.Sprintf("%q is not a tag. Use up to 128 letters, digits and the characters . _ -, and begin with a "+
		"letter, a digit or _.", s)
}

// Warning returns what may be unintended in a valid value, "" where nothing is.
func (c Codec) Warning(v tftypes.Value) string {
	if c.Format != entity.ImageName {
		return ""
	}
	name, host := withoutHost(Text(v))
	if host == "" {
		return ""
	}
	return fmt.Sprintf("%q begins with what looks like the host of a registry (%s). DemandFlow puts the registry's "+
		"address before the name itself, where registry_id is set.\n\n"+
		"If it is a host, set registry_id to that registry, and the name alone: %q.", Text(v), host, name)
}
