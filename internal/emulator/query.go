package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A queryLine is one list query of POST /v1/query.
type queryLine struct {
	entity, key, prefix string
	load                []string
	limit               int
	countOnly           bool
	filter              *queryFilter
	tag                 string
}

// A queryFilter matches a text in any case, in one field or, with the field "*", in the whole object.
type queryFilter struct{ field, term string }

func (f *queryFilter) matches(object map[string]any) bool {
	if f.field != "*" {
		return f.in(object[f.field])
	}
	for _, value := range object { // whether one matches does not depend on the order
		if f.in(value) {
			return true
		}
	}
	return false
}

func (f *queryFilter) in(value any) bool {
	var text string
	switch value := value.(type) {
	case nil:
		return false
	case []any:
		return slices.ContainsFunc(value, f.in)
	default:
		text = fmt.Sprint(value)
	}
	return strings.Contains(strings.ToLower(text), strings.ToLower(f.term))
}

// renderFor renders what a filter looks at. One field of eighty is most of the time of a look-up in a large tenant.
func (s *Server) renderFor(filter *queryFilter, t *tenant, r *record) map[string]any {
	definition := t.definition(r.entity)
	// whose counts are worked out
	if definition == nil || definition.fields[filter.field] == nil || r.entity == entity.DockerRegistry.Code {
		return s.render(t, r)
	}
	value, _ := s.answers.spell(definition.fields[filter.field], r.fields[filter.field])
	return map[string]any{filter.field: value}
}

// runQuery answers POST /v1/query. The items of its lines come interleaved, one of each in turn, because a client must
// not rely on their order; what a line has to say of itself follows its last item.
func (s *Server) runQuery(caller *login, in *request, fault Fault) (answer, error) {
	if err := in.parameters(); err != nil {
		return answer{}, err
	}
	lines, err := readQuery(in.body)
	if err != nil {
		return answer{}, err
	}
	runs := make([]*lineRun, len(lines))
	for i, line := range lines {
		runs[i] = s.start(caller, line, fault)
	}
	return answer{status: http.StatusOK, contentType: contentNDJSON, stream: func(items *itemWriter) {
		items.writeAll(interleave(runs), fault, errorItem(fault.ErrorItem, lines[0].entity, lines[0].prefix))
	}}, nil
}

// A lineRun is a query line under way: its data, then its meta lines.
type lineRun struct {
	line  queryLine
	scan  *scan
	ended bool
	meta  []map[string]any
}

func (s *Server) start(caller *login, line queryLine, fault Fault) *lineRun {
	run := &lineRun{line: line}
	records, err := s.listable(caller, line.entity, line.prefix, fault)
	if err != nil {
		failure := errorItem(err.Error(), line.entity, line.prefix)
		if line.tag != "" {
			failure["tag"] = line.tag
		}
		run.ended, run.meta = true, []map[string]any{failure}
		return run
	}
	load := line.load
	if fault.IDAlone {
		load = []string{}
	}
	if load != nil {
		load = append(load, keyEntity) // a caller routes the interleaved items by it
	}
	run.scan = &scan{
		server: s, tenant: caller.tenant, records: records,
		key: line.key, prefix: line.prefix, load: load, filter: line.filter, limit: line.limit,
	}
	if line.countOnly {
		run.scan.limit = 0 // a limit bounds items, and a count has none
	}
	return run
}

// next returns the run's next item, or nil after the last.
func (r *lineRun) next() map[string]any {
	if !r.ended {
		if r.line.countOnly {
			r.scan.count()
		} else if item := r.scan.next(); item != nil {
			return item
		}
		r.ended = true
		if r.line.countOnly {
			r.addMeta("count", map[string]int{"count": r.scan.matched})
		}
		if r.line.filter != nil {
			r.addMeta("scan", map[string]int{"scanned": r.scan.scanned, "matched": r.scan.matched})
		}
	}
	if len(r.meta) == 0 {
		return nil
	}
	item := r.meta[0]
	r.meta = r.meta[1:]
	return item
}

func (r *lineRun) addMeta(kind string, figures map[string]int) {
	item := map[string]any{"_meta": true, "_type": kind, "entity": r.line.entity}
	for name, figure := range figures {
		item[name] = figure
	}
	if r.line.tag != "" {
		item["tag"] = r.line.tag
	}
	r.meta = append(r.meta, item)
}

// interleave takes one item of each run in turn until all have ended.
func interleave(runs []*lineRun) func() map[string]any {
	turn := 0
	return func() map[string]any {
		for len(runs) > 0 {
			turn %= len(runs)
			if item := runs[turn].next(); item != nil {
				turn++
				return item
			}
			runs = slices.Delete(runs, turn, turn+1)
		}
		return nil
	}
}

// readQuery reads the body of POST /v1/query and refuses what it does not know, line by line.
func readQuery(body any) ([]queryLine, error) {
	list, ok := body.([]any)
	if !ok || len(list) == 0 {
		return nil, refuse(http.StatusBadRequest, "The body must be a JSON array with at least one query line.")
	}
	lines := make([]queryLine, len(list))
	for i, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			return nil, refuse(http.StatusBadRequest, "Query line %d is not a JSON object.", i+1)
		}
		line, problem := readQueryLine(object)
		if problem != "" {
			return nil, refuse(http.StatusBadRequest, "Query line %d: %s.", i+1, problem)
		}
		lines[i] = line
	}
	return lines, nil
}

func readQueryLine(object map[string]any) (line queryLine, problem string) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		value := object[name]
		var ok bool
		switch name {
		case keyEntity:
			line.entity, ok = value.(string)
		case keyComboKey:
			line.key, ok = value.(string)
			ok = ok && slices.Contains(comboKeys, line.key)
		case "query":
			line.prefix, ok = value.(string)
		case "load":
			var text string
			text, ok = value.(string)
			line.load = splitNames([]string{text})
		case "limit":
			line.limit, ok = positive(value)
		case "countOnly":
			line.countOnly, ok = value.(bool)
		case "filter":
			line.filter, ok = readFilter(value)
		case "tag":
			line.tag, ok = value.(string)
		default:
			return line, fmt.Sprintf("%q is no part of a query line", name)
		}
		if !ok {
			return line, fmt.Sprintf("%s has a wrong type or value", name)
		}
	}
	for _, name := range []string{keyEntity, keyComboKey, "query"} {
		if _, ok := object[name]; !ok {
			return line, name + " is missing"
		}
	}
	return line, ""
}

func positive(value any) (int, bool) {
	number, _ := value.(json.Number)
	whole, err := number.Int64()
	return int(whole), err == nil && whole > 0
}

func readFilter(value any) (*queryFilter, bool) {
	object, ok := value.(map[string]any)
	filter := &queryFilter{textOf(object["field"]), textOf(object["term"])}
	return filter, ok && len(object) == 2 && filter.field != "" && filter.term != ""
}
