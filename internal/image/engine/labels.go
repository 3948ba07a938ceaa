package engine

import (
	"fmt"
	"strings"
)

// Of several labels, some engines take one for enough, in lists and in prunes: Docker before 29 in the graph-driver
// store for label!, Podman before 5 for all of them. Podman also reads patterns into a label, and the containerd store
// a negation into "key!=value". So labels are compared here wherever an engine's answer would depend on which engine it
// is.

// CheckLabel says what is wrong with a label that images are chosen by.
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

// hasLabel reports whether an image with these labels has one: "key" with any value, "key=value" with exactly this one.
func hasLabel(labels map[string]string, label string) bool {
	key, value, valued := strings.Cut(label, "=")
	found, there := labels[key]
	return there && (!valued || found == value)
}

// hasAll reports whether an image with these labels has all of them.
func hasAll(labels map[string]string, filters []string) bool {
	for _, label := range filters {
		if !hasLabel(labels, label) {
			return false
		}
	}
	return true
}

// hasAny reports whether an image with these labels has one of them at least.
func hasAny(labels map[string]string, filters []string) bool {
	for _, label := range filters {
		if hasLabel(labels, label) {
			return true
		}
	}
	return false
}
