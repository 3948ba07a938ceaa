// Package demandflow speaks DemandFlow's objects API: single objects, streamed lists, queries, and the rules about
// retries, errors and lost answers that make these safe to build on.
//
// It may import internal/entity, internal/wire, internal/measures and HTTP libraries. It imports no Terraform, so that
// it can be read, tested and used without it.
//
// # What this client assumes
//
// DemandFlow's public documents leave some questions open. The answers that this client builds on:
//
//   - A PATCH with null clears a field ([Unset] describes how that looks afterwards).
//   - Date-times are written as milliseconds since 1970, as DemandFlow writes its own, and read as texts too ([Millis],
//     [Time]).
//   - A query's filter term is found anywhere in the field's text, in any case: what matches is more than what is
//     equal, never less, so every match is compared again exactly.
//   - The filter finds an object by its id, too: what no query lists and no GET finds is gone ([Client.ConfirmGone]).
//   - 429, 502, 503 and 504 pass, and a Retry-After is obeyed up to five minutes.
//   - The query only reads, so it may be sent again. A PATCH may be sent again too: it sets fields to values, and does
//     not count on what they change. A PATCH whose answer was lost then counts as two versions.
//   - A success (2xx) means that the write was done, whatever its body is; only after a 202 it may take a while. A web
//     page is a proxy's. An answer without the fields that every object has is not the whole object.
//   - Every object has a combo key and a version, also in a list of whole objects: a reading without them is asked for
//     again, and never believed.
//   - The body of an empty list may be an empty array or nothing at all.
//   - An item of a list without "_type" is data; an item with an unknown one makes the list unreadable.
//   - An object in a list of whole objects equals what a GET of it returns.
//   - A secret that an answer does not show, or masks, is hidden, not cleared ([Hidden]).
//   - DemandFlow appends the new id, and nothing else, to the combo key that a create sends.
//   - Every object that a token can read carries the subscription of that token's tenant.
//   - A 404 is DemandFlow's own only if its body is a JSON object with "error" and "message" and nothing else
//     ([IsNotFound]).
//   - An answer whose "_df_version" is lower than one that was seen before is stale, and so is a 404 about an object
//     that was created less than a minute ago: it is asked again, for some seconds.
//   - A definition's options are a list of objects with id and text; what has another form is an error
//     ([entity.ParseDefinition]).
//   - A query is refused as a whole where the token is not accepted; what a token may not read is an error of that line
//     alone ([Client.Authorized]).
package demandflow

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Unset reports whether a value means "not set". The documents do not say how a field that was cleared comes back; it
// may be absent (a look-up in an Object then returns nil), null or "".
func Unset(value any) bool { return value == nil || value == "" }

// Millis returns a date-time as it is written: milliseconds since 1970, UTC. The documents do not say; DemandFlow's own
// timestamps (created, updated) are written so.
func Millis(t time.Time) json.Number { return json.Number(strconv.FormatInt(t.UnixMilli(), 10)) }

// Time reads a date-time in either spelling that DemandFlow may use, milliseconds since 1970 or a text as [ParseTime]
// reads it.
func Time(value any) (time.Time, bool) {
	switch value := value.(type) {
	case json.Number:
		millis, err := value.Float64()
		if err != nil || math.Abs(millis) > 1<<53 { // beyond, a float64 is no longer exact to the millisecond
			return time.Time{}, false
		}
		return time.UnixMilli(int64(millis)).UTC(), true
	case string:
		moment, err := ParseTime(value)
		return moment.UTC(), err == nil
	}
	return time.Time{}, false
}

// ownError reports whether a body is an error as DemandFlow writes it: {"error": …, "message": …}. Gateways and
// frameworks write others, some of them with these two among more.
func ownError(body []byte) bool {
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil || len(fields) != 2 {
		return false
	}
	code, _ := fields["error"].(string)
	message, _ := fields["message"].(string)
	return code != "" && message != ""
}

// maxRetryAfter is the longest wait that a Retry-After may ask for. Rate limits are not documented; a run that
// stands still for longer than this, without a word, is of no use.
const maxRetryAfter = 5 * time.Minute

// Hidden reports whether an answer merely withholds a field: a secret that it does not show, or shows as nothing but
// asterisks or dots, was not cleared. Taking it for cleared would plan the secret again for ever.
func Hidden(field *entity.Field, answer Object) bool {
	return field != nil && field.Secret && strings.Trim(answer.Text(field.Name), mask) == ""
}

// mask is what a secret that is kept back may be shown as.
const mask = "*•"

// clockTolerance is how far DemandFlow's clock and the time that a request took, both measured roughly, may lead
// astray. The Date header alone is rounded to a second.
const clockTolerance = 2 * time.Second

// clockSkew is how far the clocks of DemandFlow's parts may be apart: the one that dates an answer, and the one that
// dates an object.
const clockSkew = 5 * time.Minute

// same reports whether two values of a field, decoded with UseNumber, mean the same: unset in any spelling (an empty
// list too), numbers by value, an option's id as string or number, a date-time as number or text, lists in any order,
// since DemandFlow's are sets.
func same(a, b any) bool {
	if isUnset(a) || isUnset(b) {
		return isUnset(a) && isUnset(b)
	}
	switch a := a.(type) {
	case json.Number:
		return sameNumber(a, b)
	case string:
		if number, ok := b.(json.Number); ok {
			return sameNumber(number, a)
		}
		text, ok := b.(string)
		return ok && CanonicalText(a) == CanonicalText(text)
	case []any:
		b, ok := b.([]any)
		return ok && sameItems(a, b)
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok {
			return false
		}
		for name := range a {
			if !same(a[name], b[name]) {
				return false
			}
		}
		for name := range b {
			if !same(a[name], b[name]) {
				return false
			}
		}
		return true
	}
	return a == b
}

func isUnset(value any) bool {
	list, ok := value.([]any)
	return Unset(value) || (ok && len(list) == 0)
}

func sameNumber(a json.Number, b any) bool {
	switch b := b.(type) {
	case json.Number:
		// Wide enough for every number that JSON writers use; a big.Rat would write 1e999999999 out.
		x, _, errX := big.ParseFloat(a.String(), 10, 512, big.ToNearestEven)
		y, _, errY := big.ParseFloat(b.String(), 10, 512, big.ToNearestEven)
		if errX != nil || errY != nil || x.IsInf() || y.IsInf() {
			return a == b // beyond big.Float's exponents, only the spelling is left
		}
		return x.Cmp(y) == 0
	case string:
		if a.String() == b {
			return true
		}
		written, ok := Time(b)
		return ok && sameNumber(a, Millis(written))
	}
	return false
}

func sameItems(a, b []any) bool {
	left := slices.Clone(b)
	for _, item := range a {
		i := slices.IndexFunc(left, func(other any) bool { return same(item, other) })
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return len(left) == 0
}

// CanonicalText returns a text as all its spellings share it: lines end as Unix ends them, the text ends with none of
// these ends, and accents are composed (NFC). Forms add and trim the line end at a text's end, Windows writes line ends
// otherwise, and Terraform composes.
func CanonicalText(s string) string {
	return norm.NFC.String(strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\r\n"))
}

// isoLayouts are RFC 3339, and what ISO 8601 allows beside it: no seconds, and an offset without a colon or without
// minutes.
var isoLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700", "2006-01-02T15:04Z07",
}

// ParseTime reads a date and time with an offset, as RFC 3339 or ISO 8601 write it.
func ParseTime(s string) (time.Time, error) {
	var first error
	for _, layout := range isoLayouts {
		moment, err := time.Parse(layout, strings.ToUpper(s))
		if err == nil {
			return moment, nil
		}
		if first == nil {
			first = err
		}
	}
	return time.Time{}, first
}
