package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	contentJSON   = "application/json"
	contentNDJSON = "application/x-ndjson"
)

// Answers say how the server spells what DemandFlow's documents leave open. They change answers, never what is stored.
type Answers struct {
	Unset           Unset     // how a field of the entity that has no value comes back
	Lists           ListShape // of GET /v1/entities; a query is always NDJSON
	EnumsAsNumbers  bool      // option ids of enums that are whole numbers come back as numbers
	DateTimesAsText bool      // datetime fields come back in RFC 3339; created and updated stay epoch milliseconds
	BareDigest      bool      // imageId comes back without "sha256:"
	HideSecrets     bool      // password fields are absent, set or not

	Text func(string) string // how texts come back, such as in another Unicode normal form; nil: as they were sent
}

// Unset is a way to say that a field has no value.
type Unset int

// Absent leaves the field out. Empty is "" for texts, enums and references, [] for multi-selects, and null for the
// rest.
const (
	Absent Unset = iota
	Null
	Empty
)

// ListShape is the shape of a list's body.
type ListShape int

// Array is one JSON array, streamed item by item; NDJSON is one item a line.
const (
	Array ListShape = iota
	NDJSON
)

var (
	unsetNames     = []string{Absent: "absent", Null: "null", Empty: "empty"}
	listShapeNames = []string{Array: "array", NDJSON: "ndjson"}
)

// MarshalText returns the word that UnmarshalText reads.
func (u Unset) MarshalText() ([]byte, error) { return []byte(unsetNames[u]), nil }

// UnmarshalText reads absent, null or empty, so that a command-line flag can hold an Unset.
func (u *Unset) UnmarshalText(text []byte) error { return pick((*int)(u), unsetNames, text) }

// MarshalText returns the word that UnmarshalText reads.
func (l ListShape) MarshalText() ([]byte, error) { return []byte(listShapeNames[l]), nil }

// UnmarshalText reads array or ndjson, so that a command-line flag can hold a ListShape.
func (l *ListShape) UnmarshalText(text []byte) error { return pick((*int)(l), listShapeNames, text) }

func pick(into *int, names []string, text []byte) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		return fmt.Errorf("%q is none of %s", text, strings.Join(names, ", "))
	}
	*into = i
	return nil
}

// spell puts one stored value into the words of an answer; present is false where the answer leaves the field out.
func (a Answers) spell(field *definitionField, value any) (spelt any, present bool) {
	if field.kind == kindSecret && a.HideSecrets {
		return nil, false
	}
	if isUnset(value) {
		switch a.Unset {
		case Null:
			return nil, true
		case Empty:
			return field.kind.emptyValue(), true
		default:
			return nil, false
		}
	}
	switch {
	case field.kind == kindEnum && a.EnumsAsNumbers:
		if id := textOf(value); isWhole(id) {
			return json.Number(id), true
		}
	case field.kind == kindDateTime && a.DateTimesAsText:
		if number, ok := value.(json.Number); ok {
			if milliseconds, err := number.Int64(); err == nil {
				return time.UnixMilli(milliseconds).UTC().Format(time.RFC3339Nano), true
			}
		}
	case field.id == imageID && a.BareDigest:
		return strings.TrimPrefix(textOf(value), digestPrefix), true
	case field.kind == kindText && a.Text != nil && isText(value):
		return a.Text(textOf(value)), true
	}
	return value, true
}

// isWhole reports whether a text is a number as JSON writes it, so that "01" or "+1" stays a text.
func isWhole(text string) bool {
	number, err := strconv.ParseInt(text, 10, 64)
	return err == nil && strconv.FormatInt(number, 10) == text
}

// An answer is what a handler returns: a body, or a stream of items, or neither.
type answer struct {
	status      int
	contentType string
	header      http.Header
	body        any
	stream      func(*itemWriter)
	array       bool // the stream is one JSON array
}

// rawBody is a body that is sent as it is.
type rawBody string

// write sends the answer; after truncate bytes of the body, unless that is 0, it drops the connection.
func (a answer) write(w http.ResponseWriter, truncate int) {
	if a.contentType != "" {
		w.Header().Set("Content-Type", a.contentType)
	}
	for name, values := range a.header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	w.WriteHeader(a.status)

	flush := func() {}
	if flusher, ok := w.(http.Flusher); ok {
		flush = flusher.Flush
	}
	var out io.Writer = w
	if truncate > 0 {
		out = &truncatingWriter{out: w, flush: flush, left: truncate}
	}
	// Write errors are not reported anywhere: they mean that the client has gone.
	switch body := a.body.(type) {
	case nil:
	case rawBody:
		_, _ = io.WriteString(out, string(body))
	default:
		_, _ = out.Write(encodeJSON(body))
	}
	if a.stream != nil {
		items := newItemWriter(out, flush, a.array)
		a.stream(items)
		items.close()
	}
	if truncate > 0 {
		flush()
		panic(http.ErrAbortHandler)
	}
}

// truncatingWriter drops the connection once so many bytes went out; they are flushed, so that the client gets them.
type truncatingWriter struct {
	out   io.Writer
	flush func()
	left  int
}

func (t *truncatingWriter) Write(p []byte) (int, error) {
	if len(p) >= t.left {
		_, _ = t.out.Write(p[:t.left])
		t.flush()
		panic(http.ErrAbortHandler)
	}
	t.left -= len(p)
	return t.out.Write(p)
}

// encodeJSON encodes what came from JSON, and therefore cannot fail; keys are sorted.
func encodeJSON(value any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(fmt.Sprintf("emulator: a stored value is not JSON: %v", err))
	}
	return text.Bytes()
}
