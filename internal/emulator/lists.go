package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// list answers GET /v1/entities/{ENTITY}/{comboKeyPrefix}: the tenant's objects of one entity whose key starts with the
// prefix, in the order of creation.
func (s *Server) list(caller *login, in *request, fault Fault) (answer, error) {
	if err := in.parameters("fields"); err != nil {
		return answer{}, err
	}
	code, prefix := in.segments[2], in.segments[3]
	records, err := s.listable(caller, code, prefix, fault)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: http.StatusOK, contentType: contentNDJSON}
	if a.array = s.answers.Lists == Array; a.array {
		a.contentType = contentJSON
	}
	scan := &scan{server: s, tenant: caller.tenant, records: records, key: keyComboKey, prefix: prefix,
		load: splitNames(in.query["fields"])}
	if fault.IDAlone {
		scan.load = []string{}
	}
	a.stream = func(items *itemWriter) {
		items.writeAll(scan.next, fault, errorItem(fault.ErrorItem, code, in.path))
	}
	return a, nil
}

// listable returns the records that a list may go through, or why the caller may not have them. The prefix is a prefix
// of the key as a text; SUB alone is the caller's whole tenant.
func (s *Server) listable(caller *login, code, prefix string, fault Fault) ([]*record, error) {
	if caller.rights.denies(code) {
		return nil, refuse(http.StatusForbidden, "This token may not read %s.", code)
	}
	if caller.tenant.definition(code) == nil {
		return nil, refuse(http.StatusNotFound, "This tenant has no entity %q.", code)
	}
	own := keyOfTenant(caller.tenant.subscription)
	if !strings.HasPrefix(prefix, "SUB") {
		return nil, refuse(http.StatusBadRequest, "The comboKey prefix must start with SUB, not %q.", prefix)
	}
	if !strings.HasPrefix(own, prefix) && !strings.HasPrefix(prefix, own) {
		return nil, refuse(http.StatusForbidden, "The comboKey prefix %q is of another subscription.", prefix)
	}
	return caller.tenant.allVisible(code, fault), nil
}

// A scan walks over records and returns those that match, rendered. It takes the server's lock for each, never between
// them, so that a slow reader holds up no other request; what is deleted meanwhile is left out.
type scan struct {
	server           *Server
	tenant           *tenant
	records          []*record
	key, prefix      string
	load             []string // names of fields; nil = all
	filter           *queryFilter
	limit            int // 0 = none
	scanned, matched int
}

// next returns the next item, or nil after the last.
func (c *scan) next() map[string]any { return c.advance(true) }

// count goes through all records without reading them.
func (c *scan) count() {
	for c.advance(false) != nil {
	}
}

func (c *scan) advance(read bool) map[string]any {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	for len(c.records) > 0 && (c.limit == 0 || c.matched < c.limit) {
		record := c.records[0]
		c.records = c.records[1:]
		if record.deleted || !strings.HasPrefix(textOf(record.fields[c.key]), c.prefix) {
			continue
		}
		c.scanned++
		if c.filter != nil && !c.filter.matches(c.server.renderFor(c.filter, c.tenant, record)) {
			continue
		}
		c.matched++
		if !read {
			return map[string]any{}
		}
		c.tenant.touch(record)
		item := project(c.server.render(c.tenant, record), c.load)
		// The documents ask for _type in lists; for queries they leave it open, and the same spelling serves there.
		item["_type"] = "data"
		return item
	}
	return nil
}

// project keeps the named fields and id; no names keep everything.
func project(object map[string]any, names []string) map[string]any {
	if names == nil {
		return object
	}
	kept := map[string]any{}
	for name, value := range object {
		if name == keyID || slices.Contains(names, name) {
			kept[name] = value
		}
	}
	return kept
}

// splitNames reads comma-separated names; none are nil, which stands for all fields.
func splitNames(lists []string) []string {
	var names []string
	for name := range strings.SplitSeq(strings.Join(lists, ","), ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}
