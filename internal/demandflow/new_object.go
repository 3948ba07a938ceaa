package demandflow

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

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
