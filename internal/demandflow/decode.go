package demandflow

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// What an item says of itself beside its fields.
const (
	typeField = "_type"
	metaField = "_meta"
)

// readAhead is what the JSON decoder and the buffer below it may have taken of the next item already.
const readAhead = 64 << 10

// A notJSONError is the body of a list that is something else, such as a proxy's log-in page. Its text shows nothing of
// the body; head does, and must be cleaned before anybody sees it.
type notJSONError struct {
	head []byte
	cut  bool // the body goes on after head
}

func (e *notJSONError) Error() string {
	return "the list is neither a JSON array nor JSON objects line by line"
}

// A listItem is an item of a list: all of its fields, or some and the JSON of the whole.
type listItem struct {
	Object
	raw json.RawMessage
}

// A decodeItem decodes the next item of a list.
type decodeItem func(*json.Decoder) (listItem, error)

// wholeItem decodes all fields of an item.
func wholeItem(decoder *json.Decoder) (item listItem, err error) {
	err = decoder.Decode(&item.Object)
	return item, err
}

// decodeItems reads a list in both shapes that DemandFlow documents, one JSON array or one object a line, item by item.
// No item may take more than limit bytes, so memory stays bounded whatever the list's length. It yields objects until
// the list's regular end, or else one error, after which nothing follows: a list that breaks off is never just shorter.
func decodeItems(body io.Reader, limit int64, decode decodeItem) iter.Seq2[listItem, error] {
	return func(yield func(listItem, error) bool) {
		source := &allowance{reader: body, left: limit}
		buffered := bufio.NewReader(source)
		first, err := firstByte(buffered)
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil && first != '[' && first != '{' {
			head, more := buffered.Peek(buffered.Size())
			err = &notJSONError{head: head, cut: more == nil}
		}
		if err != nil {
			yield(listItem{}, err)
			return
		}
		decoder := json.NewDecoder(buffered)
		decoder.UseNumber()
		array := first == '['
		if array {
			_, _ = decoder.Token() // the bracket that was just seen
		}
		for n := 1; ; n++ {
			source.left = limit + readAhead
			if array && !decoder.More() {
				if err := arrayEnd(decoder); err != nil {
					yield(listItem{}, err)
				}
				return
			}
			start := decoder.InputOffset()
			item, err := decode(decoder)
			ended := err == io.EOF //nolint:errorlint // an error of the connection that wraps EOF is not the list's end
			switch {
			case ended && !array:
				return
			case ended:
				err = fmt.Errorf("the list breaks off before its item %d: %w", n, io.ErrUnexpectedEOF)
			case err != nil:
				err = fmt.Errorf("item %d of the list cannot be read: %w", n, err)
			case decoder.InputOffset()-start > limit:
				err = fmt.Errorf("item %d of the list cannot be read: %w", n, &wire.TooLargeError{Limit: limit})
			case item.Object == nil:
				err = fmt.Errorf("item %d of the list is null, not an object", n)
			}
			if err != nil {
				yield(listItem{}, err)
				return
			}
			if !yield(item, nil) {
				return
			}
		}
	}
}

// arrayEnd insists on the closing bracket, and on nothing after it.
func arrayEnd(decoder *json.Decoder) error {
	end, err := decoder.Token()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil || end != json.Delim(']') {
		return fmt.Errorf("the list's array is not closed: %w", errors.Join(err))
	}
	if _, err := decoder.Token(); err == nil {
		return errors.New("the answer goes on after the list's end")
	} else if err != io.EOF {
		return fmt.Errorf("the answer goes on after the list's end: %w", err)
	}
	return nil
}

func firstByte(reader *bufio.Reader) (byte, error) {
	for {
		b, err := reader.ReadByte()
		if err != nil {
			return 0, err
		}
		switch b {
		case ' ', '\t', '\r', '\n':
		default:
			return b, reader.UnreadByte()
		}
	}
}

// An allowance is a reader that refuses to go on when its allowance, which decodeItems renews for each item, is used
// up.
type allowance struct {
	reader io.Reader
	left   int64
}

func (a *allowance) Read(p []byte) (int, error) {
	if a.left <= 0 {
		return 0, &wire.TooLargeError{Limit: maxAnswer}
	}
	n, err := a.reader.Read(p[:min(int64(len(p)), a.left)])
	a.left -= int64(n)
	return n, err
}

// An itemError is an item that is a failure, reported in mid-stream under a status that says success.
type itemError struct{ message, entity, source string }

func (e *itemError) Error() string {
	text := "the list failed in mid-stream: " + cmp.Or(e.message, "no reason given")
	if e.entity != "" {
		text += " (entity " + e.entity + ")"
	}
	if e.source != "" {
		text += " (source " + e.source + ")"
	}
	return text
}

// dataItem says whether an item of a list is an object, takes the item's own mark off it, and returns the error that it
// stands for otherwise.
func dataItem(item Object) error {
	mark, marked := item[typeField]
	switch {
	case mark == "error":
		entity, source := item.Text("entity"), item.Text("source")
		delete(item, "source") // it is what the line asked for, and no field
		code, message := wire.ReasonOf(item)
		return &itemError{message: cmp.Or(message, code), entity: entity, source: source}
	case marked && mark != "data", item[metaField] == true:
		return fmt.Errorf("the list has an item of a kind (%s) that this client does not know: %v", typeField, mark)
	case item.ID() == "" && (item["message"] != nil || item["error"] != nil || item["errors"] != nil):
		code, message := wire.ReasonOf(item)
		return &itemError{message: cmp.Or(message, code)}
	case item.ID() == "":
		return errors.New("the list has an item without an id")
	}
	delete(item, typeField)
	return nil
}

// metaItem reads an item that tells about the query; false if it is none.
func metaItem(item Object) (QueryItem, bool, error) {
	kind := item.Text(typeField)
	if item[metaField] != true || (kind != metaCount && kind != metaScan) {
		return QueryItem{}, false, nil
	}
	meta := QueryItem{Entity: item.Text("entity"), Type: kind, Tag: item.Text("tag")}
	var ok bool
	if kind == metaCount {
		if meta.Count, ok = integer(item["count"]); !ok {
			return meta, true, errors.New("the query's count is not a whole number")
		}
		return meta, true, nil
	}
	meta.Scanned, _ = integer(item["scanned"])
	meta.Matched, _ = integer(item["matched"])
	return meta, true, nil
}
