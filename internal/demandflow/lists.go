package demandflow

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow/jsonlist"
)

// The Type of a QueryItem that is no object.
const (
	metaCount = "count"
	metaScan  = "scan"
)

// A QueryLine is one list among those that a query asks for.
type QueryLine struct {
	Entity    string
	Load      []string // fields to answer with, id and entity always among them; none = all
	Limit     int      // 0 = no limit
	CountOnly bool     // answer with the number of objects alone
	Filter    *Filter
}

// A Filter is a case-insensitive text match on one field, "*" for the whole object. What matches is a superset of what
// is equal: see the assumptions.
type Filter struct {
	Field string `json:"field"`
	Term  string `json:"term"`
}

// A QueryItem is one item of a query's answer: an object, or what Type "count" or "scan" says about a line.
type QueryItem struct {
	Object Object // nil for count and scan
	Entity string
	Type   string // "" for an object
	Count  int64  // of Type "count"

	raw json.RawMessage // of an object that was decoded in part: its JSON
}

// List streams every object of an entity, with the given fields and its id, or with all. It holds one object at a time.
// An error is the last thing that it yields; objects that came before it are a part of the list, not the list.
func (c *Client) List(ctx context.Context, entityCode string, fields ...string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		if entityCode == "" {
			yield(nil, errors.New("cannot list objects: no entity given"))
			return
		}
		query := url.Values{}
		if len(fields) > 0 {
			query.Set("fields", strings.Join(union(fields, "id"), ","))
		}
		target := c.address(query, "entities", entityCode, tenantSegment)
		request := call{method: http.MethodGet, url: target, stream: true}
		for item, err := range c.items(ctx, request) {
			if err == nil {
				if err = dataItem(item.Object); err == nil {
					err = strangerIn(item.Text("entity"), entityCode)
				}
				if err == nil && len(fields) == 0 {
					err = checkWhole(entityCode, item.Object)
				}
				err = cmp.Or(err, c.subscription.check(item.Object))
				if err != nil {
					err = c.unusable(request, answer{status: http.StatusOK}, err)
				}
			}
			if err != nil {
				yield(nil, err)
				return
			}
			c.observe(item.Object, fields...)
			if !yield(item.Object, nil) {
				return
			}
		}
		if readsKeys(entityCode, fields) {
			c.naturalKeys.listed(entityCode)
		}
	}
}

// Query runs several lists in one round trip. Items of different lines come interleaved; an object belongs to the lines
// of its entity. The error of any line ends the whole query.
func (c *Client) Query(ctx context.Context, lines ...QueryLine) iter.Seq2[QueryItem, error] {
	return func(yield func(QueryItem, error) bool) {
		for item, err := range c.queryAll(ctx, lines) {
			if !yield(item, err) || err != nil {
				return
			}
		}
	}
}

// queryAll is Query for callers that can do without a line that fails: it goes on after the error of one.
func (c *Client) queryAll(ctx context.Context, lines []QueryLine) iter.Seq2[QueryItem, error] {
	request, err := c.queryCall(lines)
	if err != nil {
		return func(yield func(QueryItem, error) bool) { yield(QueryItem{}, err) }
	}
	return c.queryItems(ctx, request, lines)
}

// queryItems is queryAll of a call that queryCall has made.
func (c *Client) queryItems(ctx context.Context, request call, lines []QueryLine) iter.Seq2[QueryItem, error] {
	asked := entitiesOf(lines)
	return func(yield func(QueryItem, error) bool) {
		for item, err := range c.items(ctx, request) {
			if err != nil {
				yield(QueryItem{}, err)
				return
			}
			result, meta, err := metaItem(item.Object)
			if !meta {
				result = QueryItem{Object: item.Object, Entity: item.Text("entity"), raw: item.raw}
				if err = dataItem(item.Object); err == nil {
					err = strangerIn(result.Entity, asked...)
				}
			}
			if result.Entity == "" && len(asked) == 1 {
				result.Entity = asked[0]
			}
			if err == nil && !meta {
				loaded := loadedBy(lines, result.Entity)
				if len(loaded) == 0 {
					err = cmp.Or(checkWhole(result.Entity, item.Object), c.subscription.check(item.Object))
				}
				if err == nil {
					c.observe(item.Object, loaded...)
				}
			}
			if err != nil {
				result, err = QueryItem{}, c.unusable(request, answer{status: http.StatusOK}, err)
			}
			if !yield(result, err) {
				return
			}
		}
	}
}

// strangerIn is the error of a list's item that is not of one of the entities that were asked for, if it says so.
func strangerIn(entityCode string, asked ...string) error {
	if entityCode == "" || slices.Contains(asked, entityCode) {
		return nil
	}
	return fmt.Errorf("the list has an object of another entity (%q), and %s was asked for", entityCode,
		strings.Join(asked, ", "))
}

func entitiesOf(lines []QueryLine) []string {
	var codes []string
	for _, line := range lines {
		codes = union(codes, line.Entity)
	}
	return codes
}

// loadedBy returns the fields that every object of an entity comes with, whichever of the lines it is of; none are all.
func loadedBy(lines []QueryLine, entityCode string) []string {
	var loaded []string
	for _, line := range lines {
		switch {
		case line.Entity != entityCode || line.CountOnly || len(line.Load) == 0:
		case loaded == nil:
			loaded = slices.Clone(line.Load)
		default:
			loaded = append(slices.DeleteFunc(loaded, func(name string) bool { return !slices.Contains(line.Load, name) }), "id")
		}
	}
	return loaded
}

// queryCall writes the lines. The names are the API's.
func (c *Client) queryCall(lines []QueryLine) (call, error) {
	if len(lines) == 0 {
		return call{}, errors.New("cannot query: no line given")
	}
	body := make([]Object, len(lines))
	var names []string
	for i, line := range lines {
		if line.Entity == "" {
			return call{}, fmt.Errorf("cannot query: line %d names no entity", i+1)
		}
		object := Object{
			"entity":   line.Entity,
			"comboKey": "comboKey",
			"query":    tenantSegment, // the prefix of all combo keys
		}
		if len(line.Load) > 0 {
			object["load"] = strings.Join(union(line.Load, "id", "entity"), ",")
		}
		if line.Limit > 0 {
			object["limit"] = line.Limit
		}
		if line.CountOnly {
			object["countOnly"] = true
		}
		if line.Filter != nil {
			object["filter"] = line.Filter
		}
		body[i] = object
		names = union(names, fieldNames(object)...)
	}
	slices.Sort(names)
	request, err := jsonCall(http.MethodPost, c.address(nil, "query"), body, names)
	request.stream, request.policy = true, retryAlways // a POST, but one that only reads
	return request, err
}

// items sends a call whose answer is a list, and reads that item by item. When the caller stops, the connection is
// closed and the rest never read.
func (c *Client) items(ctx context.Context, request call) iter.Seq2[listItem, error] {
	return func(yield func(listItem, error) bool) {
		answer, err := c.do(ctx, request)
		if err != nil {
			yield(listItem{}, err)
			return
		}
		defer answer.stream.Close()
		if request.onHeader != nil {
			request.onHeader(answer.header)
		}
		decode := request.decodeItem
		if decode == nil {
			decode = wholeItem
		}
		source := &watchedReader{reader: answer.stream}
		for item, err := range jsonlist.Read(source, maxAnswer, decode) {
			if err != nil {
				yield(listItem{}, c.brokenList(ctx, request, answer, source.err, err))
				return
			}
			if !yield(item, nil) {
				return
			}
		}
	}
}

// brokenList returns the error of a connection that broke, or of a body that is wrong.
func (c *Client) brokenList(ctx context.Context, request call, answer answer, broken, err error) error {
	if broken != nil {
		return c.unreachable(contextError(ctx), request, answer.attempts, fmt.Errorf("the list breaks off: %w", broken))
	}
	if foreign, ok := errors.AsType[*jsonlist.NotJSONError](err); ok {
		answer.body = foreign.Head
		if foreign.Cut { // the token may have been cut in two, and its first half would not be recognised
			answer.body = foreign.Head[:max(0, len(foreign.Head)-len(c.config.Token))]
		}
	}
	return c.unusable(request, answer, err)
}

// A watchedReader remembers the error that ended it: a decoder may report its own instead.
type watchedReader struct {
	reader io.Reader
	err    error
}

func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.reader.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// union appends what is missing.
func union(names []string, more ...string) []string {
	names = slices.Clone(names)
	for _, name := range more {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
