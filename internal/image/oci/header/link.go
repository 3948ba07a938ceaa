package header

import (
	"slices"
	"strings"
)

// A Link is a link of a Link header (RFC 8288).
type Link struct {
	Target string
	rels   []string // in lower case
	Anchor string   // where the link starts, if that is not the page itself
	Named  bool     // it says its relation, in one direction or the other
}

// ParseLinks reads the values of Link headers. It also reads what servers write beside the standard: a target without
// its brackets, or with one of them, and any spaces. It returns false if something is left that is no link, or if there
// is more than maxLinks.
func ParseLinks(values []string) ([]Link, bool) {
	var links []Link
	whole, size := true, 0
	for _, value := range values {
		if size += len(value); size > maxLinks {
			return nil, false
		}
	}
	for _, value := range values {
		p := linkParser{rest: value}
		for p.skip(", \t"); p.rest != ""; p.skip(", \t") {
			one, ok := p.link()
			whole = whole && ok
			links = append(links, one)
		}
	}
	return links, whole
}

// maxLinks is how many bytes of links are read.
const maxLinks = 64 << 10

// A linkParser reads the rest of a header's value.
type linkParser struct {
	rest string
	open bool // no bracket closes in the rest: it is not searched again
}

func (p *linkParser) skip(characters string) { p.rest = strings.TrimLeft(p.rest, characters) }

// until takes the text before any of the characters.
func (p *linkParser) until(characters string) string {
	end := strings.IndexAny(p.rest, characters)
	if end < 0 {
		end = len(p.rest)
	}
	taken := p.rest[:end]
	p.rest = p.rest[end:]
	return strings.TrimSpace(taken)
}

// link reads a target and its parameters.
func (p *linkParser) link() (Link, bool) {
	var l Link
	bracketed, ok := strings.CutPrefix(p.rest, "<")
	p.open = p.open || ok && !strings.Contains(bracketed, ">")
	if ok && !p.open {
		p.rest = bracketed
		l.Target = p.until(">")
		p.rest = p.rest[1:]
	} else {
		l.Target = strings.Trim(p.bare(), "<> ")
	}
	ok = true
	for p.skip(" \t"); strings.HasPrefix(p.rest, ";"); p.skip(" \t") {
		p.skip("; \t")
		ok = p.parameter(&l) && ok
	}
	if p.rest != "" && p.rest[0] != ',' { // neither a parameter nor the next link
		p.until(",")
		return l, false
	}
	return l, ok
}

// bare takes a target without brackets. A comma in it ends it only before the next link.
func (p *linkParser) bare() string {
	var target strings.Builder
	target.WriteString(p.until(";,"))
	for len(p.rest) > 1 && p.rest[0] == ',' && !strings.ContainsRune(" \t<,", rune(p.rest[1])) {
		p.rest = p.rest[1:]
		target.WriteString("," + p.until(";,"))
	}
	return target.String()
}

// parameter reads one parameter of a link. Of several with one name the first counts.
func (p *linkParser) parameter(l *Link) bool {
	name := strings.ToLower(p.until("=;,"))
	value := ""
	if strings.HasPrefix(p.rest, "=") {
		p.rest = p.rest[1:]
		value = p.value()
	}
	l.Named = l.Named || name == "rel" || name == "rev"
	switch {
	case name == "rel" && l.rels == nil:
		l.rels = strings.Fields(strings.ToLower(value))
	case name == "anchor" && l.Anchor == "":
		l.Anchor = value
	}
	return name != "rel" || value != ""
}

// value reads a token or a quoted string.
func (p *linkParser) value() string {
	p.skip(" \t")
	quote := ""
	for _, mark := range []string{`"`, "'"} {
		if strings.HasPrefix(p.rest, mark) {
			quote = mark
		}
	}
	if quote == "" {
		return p.until(";,")
	}
	var value strings.Builder
	escaped := false
	for place, character := range p.rest[1:] {
		switch {
		case escaped:
			value.WriteRune(character)
			escaped = false
		case character == '\\' && quote == `"`:
			escaped = true
		case string(character) == quote:
			p.rest = p.rest[1+place+1:]
			return value.String()
		default:
			value.WriteRune(character)
		}
	}
	p.rest = "" // the string does not end
	return value.String()
}

// IsNext reports whether a link is to the next page.
func (l Link) IsNext() bool { return slices.Contains(l.rels, "next") }
