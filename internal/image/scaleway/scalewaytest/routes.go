package scalewaytest

import (
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// ServeHTTP answers as the registry does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	registry := s.registry
	s.mutex.Unlock()
	if registry != nil && strings.HasPrefix(r.URL.Path, "/v2/") {
		registry.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mutex.Lock()
	s.requests = append(s.requests, Request{r.Method, r.URL.Path, r.URL.RawQuery, string(body)})
	before, fault := s.before, s.fault
	s.mutex.Unlock()
	if before != nil {
		before(r)
	}
	if fault != nil {
		if instead := fault(r); instead != nil {
			w.Header().Set("Content-Type", "application/json")
			maps.Copy(w.Header(), instead.Header)
			w.WriteHeader(instead.Status)
			w.Write([]byte(instead.Body))
			return
		}
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	key := r.Header.Get("X-Auth-Token")
	if key != SecretKey && key != ReadOnlyKey {
		refused(w, http.StatusUnauthorized, "denied_authentication", "authentication is denied",
			map[string]any{"method": "api_key", "reason": "not_found"})
		return
	}
	if key == ReadOnlyKey && r.Method != http.MethodGet {
		refused(w, http.StatusForbidden, "permissions_denied", "insufficient permissions",
			map[string]any{"details": []map[string]string{{"action": "write", "resource": "registry_image"}}})
		return
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/registry/v1/regions/"), "/")
	if !strings.HasPrefix(r.URL.Path, "/registry/v1/regions/") || len(parts) < 2 {
		refused(w, http.StatusNotFound, "", "route was not there", nil)
		return
	}
	if len(parts) > 2 && !uuid.MatchString(parts[2]) {
		invalid(w, strings.TrimSuffix(parts[1], "s")+"_id", "format")
		return
	}
	switch {
	case parts[1] == "namespaces" && len(parts) == 2:
		s.listNamespaces(w, r, parts[0])
	case parts[1] == "namespaces" && len(parts) == 3:
		s.getNamespace(w, parts[0], parts[2])
	case parts[1] == "images" && len(parts) == 2:
		s.listImages(w, r, parts[0])
	case parts[1] == "images" && len(parts) == 3:
		s.oneImage(w, r, parts[0], parts[2], body)
	case parts[1] == "images" && len(parts) == 4 && parts[3] == "tags":
		s.listTags(w, r, parts[0], parts[2])
	default:
		refused(w, http.StatusNotFound, "", "route was not there", nil)
	}
}

func invalid(w http.ResponseWriter, argument, reason string) {
	refused(w, http.StatusBadRequest, "invalid_arguments", "invalid argument(s)",
		map[string]any{"details": []map[string]string{{"argument_name": argument, "reason": reason}}})
}

func (s *Server) namespaceOf(region, id string) *Namespace {
	for _, n := range s.namespaces {
		if n.ID == id && n.Region == region {
			return n
		}
	}
	return nil
}

func (s *Server) getNamespace(w http.ResponseWriter, region, id string) {
	if n := s.namespaceOf(region, id); n != nil {
		answer(w, http.StatusOK, n.record())
		return
	}
	refused(w, http.StatusNotFound, "", "Namespace was not found", nil)
}

func (n *Namespace) record() map[string]any {
	return map[string]any{
		"id": n.ID, "name": n.Name, "endpoint": n.Endpoint, "region": n.Region, "is_public": n.Public, "status": "ready",
		"status_message":  "",
		"organization_id": n.OrganizationID, "project_id": n.ProjectID, "description": "", "image_count": 1, "size": 1,
		"created_at": "2026-07-17T09:50:00.553562Z", "updated_at": "2026-07-17T09:50:00.553562Z",
	}
}

func (i *Image) record() map[string]any {
	tags := []string{} // of an image itself only the five newest are shown
	for _, tag := range i.Tags[max(0, len(i.Tags)-5):] {
		tags = append(tags, tag.Name)
	}
	return map[string]any{
		"id": i.ID, "name": i.Name, "namespace_id": i.NamespaceID, "status": i.Status, "status_message": i.StatusMessage,
		"visibility": i.Visibility, "size": i.Size, "created_at": i.CreatedAt, "updated_at": i.UpdatedAt, "tags": tags,
	}
}

// paged answers with one page of a list.
func paged(w http.ResponseWriter, r *http.Request, name string, records []map[string]any) {
	number, size := 1, 20
	query := r.URL.Query()
	if text := query.Get("page"); text != "" {
		if number, _ = strconv.Atoi(text); number < 1 {
			invalid(w, "page", "constraint")
			return
		}
	}
	if text := query.Get("page_size"); text != "" {
		if size, _ = strconv.Atoi(text); size < 1 || size > 100 {
			invalid(w, "page_size", "constraint")
			return
		}
	}
	from := min((number-1)*size, len(records))
	answer(w, http.StatusOK, map[string]any{name: records[from:min(from+size, len(records))], "total_count": len(records)})
}

func matches(filter, value string) bool { return filter == "" || filter == value }

func (s *Server) listNamespaces(w http.ResponseWriter, r *http.Request, region string) {
	query := r.URL.Query()
	records := []map[string]any{}
	for _, n := range s.namespaces {
		if n.Region == region && matches(query.Get("name"), n.Name) && matches(query.Get("project_id"), n.ProjectID) &&
			matches(query.Get("organization_id"), n.OrganizationID) {
			records = append(records, n.record())
		}
	}
	paged(w, r, "namespaces", records)
}

func (s *Server) listImages(w http.ResponseWriter, r *http.Request, region string) {
	query := r.URL.Query()
	var found []*Image
	for _, i := range s.images {
		n := s.namespaceOf(region, i.NamespaceID)
		if n != nil && matches(query.Get("namespace_id"), n.ID) && matches(query.Get("name"), i.Name) &&
			matches(query.Get("project_id"), n.ProjectID) && matches(query.Get("organization_id"), n.OrganizationID) {
			found = append(found, i)
		}
	}
	order, known := map[string]func(a, b *Image) int{
		"":                func(a, b *Image) int { return a.CreatedAt.Compare(b.CreatedAt) },
		"created_at_asc":  func(a, b *Image) int { return a.CreatedAt.Compare(b.CreatedAt) },
		"created_at_desc": func(a, b *Image) int { return b.CreatedAt.Compare(a.CreatedAt) },
		"name_asc":        func(a, b *Image) int { return cmp.Compare(a.Name, b.Name) },
		"name_desc":       func(a, b *Image) int { return cmp.Compare(b.Name, a.Name) },
		"region":          func(*Image, *Image) int { return 0 },
		"status_asc":      func(a, b *Image) int { return cmp.Compare(a.Status, b.Status) },
		"status_desc":     func(a, b *Image) int { return cmp.Compare(b.Status, a.Status) },
	}[query.Get("order_by")]
	if !known {
		invalid(w, "order_by", "constraint")
		return
	}
	slices.SortStableFunc(found, order)
	records := []map[string]any{}
	for _, i := range found {
		records = append(records, i.record())
	}
	paged(w, r, "images", records)
}

func (s *Server) listTags(w http.ResponseWriter, r *http.Request, region, id string) {
	for _, i := range s.images {
		if i.ID != id || s.namespaceOf(region, i.NamespaceID) == nil {
			continue
		}
		records := []map[string]any{}
		for _, tag := range i.Tags {
			records = append(records, map[string]any{
				"id": tag.ID, "name": tag.Name, "image_id": i.ID, "digest": tag.Digest, "status": "ready",
				"created_at": i.CreatedAt, "updated_at": i.UpdatedAt,
			})
		}
		paged(w, r, "tags", records)
		return
	}
	refused(w, http.StatusNotFound, "", "Image was not found", nil)
}

func (s *Server) oneImage(w http.ResponseWriter, r *http.Request, region, id string, body []byte) {
	at := slices.IndexFunc(s.images, func(i *Image) bool {
		return i.ID == id && s.namespaceOf(region, i.NamespaceID) != nil
	})
	if at >= 0 && r.Method == http.MethodGet && s.images[at].Status == "deleting" {
		if s.looked[id]++; s.looked[id] > s.Looks {
			s.images, at = slices.Delete(s.images, at, at+1), -1
		}
	}
	if at < 0 {
		refused(w, http.StatusNotFound, "", "Image was not found", nil)
		return
	}
	found := s.images[at]
	if r.Method != http.MethodGet {
		switch found.Status {
		case "locked":
			refused(w, http.StatusLocked, "locked", "resource is locked", map[string]any{"resource": "image", "resource_id": id})
			return
		case "deleting":
			refused(w, http.StatusConflict, "transient_state", "resource is in a transient state",
				map[string]any{"resource": "image", "resource_id": id, "current_state": "deleting"})
			return
		}
	}
	switch r.Method {
	case http.MethodDelete:
		found.Status = "deleting"
	case http.MethodPatch:
		var change struct{ Visibility string }
		if json.Unmarshal(body, &change) != nil || !slices.Contains([]string{"public", "private", "inherit"},
			change.Visibility) {
			invalid(w, "visibility", "constraint")
			return
		}
		found.Visibility = change.Visibility
	}
	answer(w, http.StatusOK, found.record())
}
