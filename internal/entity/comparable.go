package entity

import "strings"

// Comparable returns a text of the field as look-ups compare it: a URL without its scheme and closing slash (DemandFlow
// has registries with and without), its host in any case; everything else as it is.
func (f *Field) Comparable(s string) string {
	if f.Kind != URL {
		return s
	}
	_, rest, found := strings.Cut(s, "://")
	if !found {
		rest = s
	}
	host, path, _ := strings.Cut(strings.TrimRight(rest, "/"), "/")
	return strings.TrimRight(strings.ToLower(host)+"/"+path, "/")
}
