package demandflow

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// An AmbiguousError is a create that may or may not have happened: its POST got no usable answer, and looking
// for the object did not settle it. The object must not be created again before a person has looked.
type AmbiguousError struct {
	Cause      error    // what became of the POST
	Entity     string   // code
	Candidates []Object // objects of the same natural key, whatever else differs, by id; they may hold secrets

	title string // of the object, from its natural key; "" where it has none
	found string // what became of the search
}

// Error returns what is not known, what was looked for and found, and how to go on. It shows ids and the natural key,
// and no other field.
func (e *AmbiguousError) Error() string {
	what := "The new " + entity.NounOf(e.Entity)
	if e.title != "" {
		what += " " + e.title
	}
	found := e.found
	if len(e.Candidates) > 0 {
		ids := make([]string, len(e.Candidates))
		for i, candidate := range e.Candidates {
			ids[i] = candidate.ID()
		}
		found += ": " + strings.Join(ids, ", ")
	}
	return fmt.Sprintf("%s may or may not exist: %s\n%s\nLook at DemandFlow before the next apply: import the object if "+
		"it is there, else apply again.",
		what, sentences(e.Cause), withPeriod(found))
}

// sentences returns the lines of an error as running text.
func sentences(err error) string {
	var lines []string
	for line := range strings.Lines(err.Error()) {
		lines = append(lines, withPeriod(strings.TrimSpace(line)))
	}
	return strings.Join(lines, " ")
}

func withPeriod(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "…") {
		return text
	}
	return text + "."
}

// Unwrap returns what became of the POST.
func (e *AmbiguousError) Unwrap() error { return e.Cause }

// A claim is how an object came to belong to a caller of this client.
type claim int

const (
	created claim = iota + 1
	adopted
)

// claim marks an object as a caller's; free is false where it was marked before.
func (c *Client) claim(id string, how claim) (before claim, free bool) {
	c.claimed.Lock()
	defer c.claimed.Unlock()
	if before, taken := c.claims[id]; taken {
		return before, false
	}
	c.claims[id] = how
	return how, true
}

func (c *Client) isClaimed(id string) bool {
	c.claimed.Lock()
	defer c.claimed.Unlock()
	return c.claims[id] != 0
}

// claimCreated marks an object that DemandFlow answered with. If another create has it in the meantime, because that
// one's answer was lost or both are answered alike, both would own one object; then this one must go without, and the
// next apply creates it.
func (c *Client) claimCreated(of *entity.Entity, object Object) (Object, error) {
	if before, free := c.claim(object.ID(), created); !free {
		cause := errors.New("another create is answered with this object, too")
		if before == adopted {
			cause = errors.New("another create with equal fields got no answer, and took this object for its own")
		}
		return nil, &AmbiguousError{
			Cause:  cause,
			Entity: of.Code, Candidates: []Object{object}, title: c.redactToken(titleOf(naturalKey(of, object), object)),
			found: "The object in question is the one with id",
		}
	}
	return object, nil
}

// A lostCreate is a POST that may have made an object.
type lostCreate struct {
	entity *entity.Entity
	body   []byte
	began  time.Time
	since  time.Time // began by DemandFlow's clock, at the earliest; zero where no answer to the POST told
	cause  error
}

// settle finds out what became of a lost create. It returns the object if exactly one can be it: same natural key,
// equal in every field sent, not older than the request, and not known before it. Where there is none it looks again
// for a while: DemandFlow may be at work on the request long after a proxy, or this client, has given it up.
func (c *Client) settle(ctx context.Context, lost lostCreate) (Object, error) {
	unknown := &AmbiguousError{Cause: lost.cause, Entity: lost.entity.Code}
	sent, err := decodeFields(lost.body)
	if err != nil {
		unknown.found = "Its fields cannot be compared: " + err.Error()
		return nil, unknown
	}
	key := naturalKey(lost.entity, sent)
	if len(key.Fields) == 0 {
		unknown.found = "It has no natural key to look it up by"
		return nil, unknown
	}
	unknown.title = c.redactToken(titleOf(key, sent))
	what := c.redactToken(describe(key, sent))
	longer, cancel := c.settling(ctx)
	defer cancel()
	for range c.looks(longer) {
		twins, since, err := c.lookUp(longer, lost, key, sent)
		if err != nil {
			unknown.found = fmt.Sprintf("Looked for %s: the search failed: %s", what, sentences(err))
			if isPartial(err) {
				continue
			}
			return nil, unknown
		}
		unknown.Candidates = twins
		var matches []Object
		for _, object := range twins {
			made, known := Time(object["created"])
			if known && !made.Before(since) && !lost.isKnown(c, object.ID()) && equal(lost.entity, sent, object) {
				matches = append(matches, object)
			}
		}
		if len(matches) == 1 {
			if _, free := c.claim(matches[0].ID(), adopted); free {
				c.log(ctx, "A create got no usable answer, but its object was found and is taken for it", map[string]any{
					"entity": lost.entity.Code, "id": matches[0].ID(), "error": lost.cause.Error(),
				})
				c.known.observe(matches[0], true)
				return matches[0], nil
			}
		}
		unknown.found = fmt.Sprintf("Looked for %s: %d found", what, len(twins))
		if len(twins) > 0 {
			unknown.found += fmt.Sprintf(", %d of them new and with the fields that were sent", len(matches))
		}
	}
	return nil, unknown
}

// lookUp returns the objects of the same natural key by id, and the moment of DemandFlow's clock at which the request
// began ([beganBy]).
func (c *Client) lookUp(ctx context.Context, lost lostCreate, key entity.Key, sent Object) ([]Object, time.Time,
	error) {
	first := key.Fields[0]
	lines := []QueryLine{{Entity: lost.entity.Code, Filter: &Filter{Field: first, Term: sent.Text(first)}}}
	request, err := c.queryCall(lines)
	if err != nil {
		return nil, time.Time{}, err
	}
	since := lost.began.Add(-clockTolerance)
	request.onHeader = func(header http.Header) {
		if at, dated := beganBy(header, lost.began); dated {
			since = at
		}
	}
	var found []Object
	for item, err := range c.queryItems(ctx, request, lines) {
		if err != nil {
			return nil, time.Time{}, err
		}
		if item.Object != nil && sameKey(key, sent, item.Object) {
			found = append(found, item.Object)
		}
	}
	slices.SortFunc(found, func(a, b Object) int { return strings.Compare(a.ID(), b.ID()) })
	return found, since, nil
}

// equal reports whether an object is what was sent. Entity and level follow from the query; the combo key has grown an
// id.
func equal(of *entity.Entity, sent, object Object) bool {
	for _, name := range fieldNames(sent) {
		switch {
		case fixed(name) || Hidden(of.Field(name), object):
		case name == "comboKey":
			if object.Text(name) != sent.Text(name)+object.ID() {
				return false
			}
		case !same(sent[name], object[name]):
			return false
		}
	}
	return true
}

// The object that a create is answered with must be the one that it has made. An answer may be that of another request,
// or name an object that was there before; a state that adopted it would change and delete it.

// isKnown reports whether an object was there before a create began: another create has it, or this client had met it
// in an answer or in what its callers remember.
func (l lostCreate) isKnown(c *Client, id string) bool {
	return c.isClaimed(id) || c.known.metBefore(id, l.began)
}

// checkNew returns an error where an object, or what an answer has of it, cannot be what a create has made: it has
// another entity or natural key than was sent, or was created before.
func (l lostCreate) checkNew(sent, object Object) error {
	if code := object.Text("entity"); code != "" && code != l.entity.Code {
		return &OtherEntityError{ID: object.ID(), Code: code, Wanted: l.entity.Code}
	}
	key := naturalKey(l.entity, sent)
	for _, name := range union(key.Fields, key.Disambiguator) {
		value, has := object[name]
		if has && sent.Text(name) != "" && !sameName(l.entity.Field(name), sent.Text(name), Object{name: value}.Text(name)) {
			return fmt.Errorf("the answer is not the new object: the one with id %q has another %s", object.ID(), name)
		}
	}
	if made, shown := Time(object["created"]); shown && made.Before(l.since.Add(-clockSkew)) {
		return fmt.Errorf("the answer is not the new object: the one with id %q was created before, at %s", object.ID(),
			made.Format(time.RFC3339))
	}
	return nil
}

// sameName reports whether a natural key's field is what was sent, as DemandFlow may keep it: trimmed, or in other
// letters.
func sameName(field *entity.Field, sent, kept string) bool {
	return same(sent, kept) || strings.EqualFold(strings.TrimSpace(field.Comparable(sent)),
		strings.TrimSpace(field.Comparable(kept)))
}

// beganBy returns the moment of DemandFlow's clock at which a request began, by the date of an answer to it or to a
// later one: less the time that passed here, so that it does not matter whether the clocks agree. What was created
// before it, even if both are measured roughly, is older than the request. dated is false where the answer has no date.
func beganBy(header http.Header, began time.Time) (since time.Time, dated bool) {
	now, err := http.ParseTime(header.Get("Date"))
	return now.Add(-time.Since(began) - clockTolerance), err == nil
}
