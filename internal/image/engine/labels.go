package engine

import (
	"fmt"
	"slices"
	"strings"
)

// For some engines one of several labels is enough, in lists and in prunes: Docker before 29 in the graph-driver store
// for label!, Podman before 5 for all of them. Podman also takes a label for a pattern, and the containerd store takes
// "key!=value" for a negation. So labels are compared here wherever engines differ.

// CheckLabel returns an error for what is not a label to select images by.
func CheckLabel(label string) error {
	key, _, _ := strings.Cut(label, "=")
	switch {
	case strings.TrimSpace(key) == "":
		return fmt.Errorf("%q is no label. Write a label as key or key=value", label)
	case strings.HasSuffix(key, "!"):
		return fmt.Errorf("%q is no label: some engines read ! as a negation. Write a label as key or key=value", label)
	}
	return nil
}

// hasLabel reports whether labels have one: "key" with any value, or "key=value".
func hasLabel(labels map[string]string, label string) bool {
	key, value, valued := strings.Cut(label, "=")
	found, there := labels[key]
	return there && (!valued || found == value)
}

func hasAll(labels map[string]string, filters []string) bool {
	return !slices.ContainsFunc(filters, func(label string) bool { return !hasLabel(labels, label) })
}

func hasAny(labels map[string]string, filters []string) bool {
	return slices.ContainsFunc(filters, func(label string) bool { return hasLabel(labels, label) })
}
