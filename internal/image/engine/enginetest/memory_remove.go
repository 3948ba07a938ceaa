package enginetest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// list lists images as Docker and Podman do: for Podman one of several labels is enough, and != in a label is a
// negation that it does not support.
func (m *Memory) list(query url.Values) (any, *refusal) {
	filters := filtersOf(query)
	if m.Podman != "" && strings.Contains(strings.Join(filters["label"], " "), "!=") {
		return nil, &refusal{http.StatusInternalServerError, "unsupported image filter"}
	}
	items := []map[string]any{}
	for _, one := range m.images {
		if len(one.Tags) == 0 && m.hasChildren(one.ID) && query.Get("all") != "1" {
			continue
		}
		if !m.matches(one, filters["label"], m.Podman != "") || slices.Contains(filters["dangling"], "true") &&
			len(one.Tags) > 0 {
			continue
		}
		item := map[string]any{
			"Id": one.ID, "ParentId": one.Parent, "RepoTags": one.Tags, "Labels": one.Labels, "Created": one.Created.Unix(),
			"Size": one.Size, "SharedSize": -1, "Containers": -1,
		}
		if m.WithoutLabels {
			item["Labels"] = nil
		}
		items = append(items, item)
	}
	return items, nil
}

func (m *Memory) inspect(name string) (any, *refusal) {
	one, refused := m.find(name)
	if refused != nil {
		return nil, refused
	}
	return map[string]any{
		"Id": one.ID, "Parent": one.Parent, "RepoTags": one.Tags, "RepoDigests": []string{}, "Created": one.Created,
		"Size": one.Size,
		"Os":   "linux", "Architecture": "amd64", "Config": map[string]any{"Labels": one.Labels},
	}, nil
}

// remove does what DELETE of an image does in Docker: it removes a tag, or an image with the images that it was built
// on. Without force the image must have only one tag and no container.
func (m *Memory) remove(name string, force, noPrune bool) (any, *refusal) {
	one, refused := m.find(name)
	if refused != nil {
		return nil, refused
	}
	var removed []map[string]string
	if one.ID != name && len(one.Tags) > 1 {
		one.Tags = slices.DeleteFunc(one.Tags, func(tag string) bool { return tag == name })
		return append(removed, map[string]string{"Untagged": name}), nil
	}
	switch {
	case m.hasChildren(one.ID):
		return nil, &refusal{http.StatusConflict,
			"conflict: unable to delete (cannot be forced) - image has dependent child images"}
	case slices.Contains(m.used, one.ID) && !force:
		return nil, &refusal{http.StatusConflict,
			"conflict: unable to delete (must be forced) - image is being used by stopped container"}
	case len(one.Tags) > 1 && !force:
		return nil, &refusal{http.StatusConflict,
			"conflict: unable to delete (must be forced) - image is referenced in multiple repositories"}
	}
	for _, tag := range one.Tags {
		removed = append(removed, map[string]string{"Untagged": tag})
	}
	for _, id := range m.drop(one, noPrune) {
		removed = append(removed, map[string]string{"Deleted": id})
	}
	return removed, nil
}

// drop removes an image, and the unnamed images that it was built on and that are not needed any more.
func (m *Memory) drop(one *MemoryImage, noPrune bool) []string {
	m.images = slices.DeleteFunc(m.images, func(other *MemoryImage) bool { return other == one })
	removed := []string{one.ID}
	if base, _ := m.find(one.Parent); base != nil && !noPrune && len(base.Tags) == 0 && !m.hasChildren(base.ID) &&
		!slices.Contains(m.used, base.ID) {
		removed = append(removed, m.drop(base, noPrune)...)
	}
	return removed
}

// prune selects as the engines do: in Docker 20.10, an image is removed unless it has all of label!; in Podman 4.3, one
// of label, or the lack of one of label!, is enough.
func (m *Memory) prune(query url.Values, own bool) any {
	filters := filtersOf(query)
	all := slices.Contains(filters["dangling"], "false") || own && query.Get("all") == "true"
	deleted := []map[string]any{}
	for _, one := range slices.Clone(m.images) {
		if slices.Contains(m.used, one.ID) || m.hasChildren(one.ID) || !all && len(one.Tags) > 0 {
			continue
		}
		goes := m.matches(one, filters["label"], false) && (filters["label!"] == nil || !m.matches(one, filters["label!"],
			false))
		if m.Podman != "" && filters["label"] != nil && filters["label!"] != nil {
			goes = m.matches(one, filters["label"], true) || !m.matches(one, filters["label!"], false)
		}
		if !goes {
			continue
		}
		for _, id := range m.drop(one, false) {
			deleted = append(deleted, map[string]any{"Deleted": id, "Id": id})
		}
	}
	if own {
		return deleted
	}
	return map[string]any{"ImagesDeleted": deleted, "SpaceReclaimed": 1}
}

// matches reports whether an image has all labels, or one of them if that is enough.
func (m *Memory) matches(one *MemoryImage, labels []string, oneIsEnough bool) bool {
	has := 0
	for _, label := range labels {
		key, value, valued := strings.Cut(label, "=")
		if found, there := one.Labels[key]; there && (!valued || found == value) {
			has++
		}
	}
	return has == len(labels) || oneIsEnough && has > 0
}

// removeOwn does what Podman's own API does, which refuses to remove an image with several names by its id.
func (m *Memory) removeOwn(query url.Values) any {
	failed := func(code int, text string) any {
		return map[string]any{"ExitCode": code, "Errors": []string{text}}
	}
	one, refused := m.find(query.Get("images"))
	switch {
	case refused != nil:
		return failed(1, "image not known")
	case len(one.Tags) > 1:
		return failed(125, "unable to delete image by ID with more than one tag: please force removal")
	case slices.Contains(m.used, one.ID):
		return failed(2, "image used by a container: image is in use by a container")
	}
	untagged := one.Tags
	return map[string]any{"Deleted": m.drop(one, query.Get("noprune") == "true" && m.Podman >= "4.3.0"),
		"Untagged": untagged, "ExitCode": 0}
}

// untag removes a tag of an image.
func (m *Memory) untag(id, name string) (any, *refusal) {
	one, refused := m.find(id)
	if refused != nil {
		return nil, refused
	}
	if !slices.Contains(one.Tags, name) {
		return nil, &refusal{http.StatusInternalServerError, "tag not known"}
	}
	one.Tags = slices.DeleteFunc(one.Tags, func(tag string) bool { return tag == name })
	return "", nil
}

// filtersOf reads filters as engines do: a set of values for each, or a list.
func filtersOf(query url.Values) map[string][]string {
	sets, filters := map[string]map[string]bool{}, map[string][]string{}
	if json.Unmarshal([]byte(query.Get("filters")), &sets) != nil {
		_ = json.Unmarshal([]byte(query.Get("filters")), &filters)
	}
	for name, values := range sets {
		for value := range values {
			filters[name] = append(filters[name], value)
		}
	}
	return filters
}
