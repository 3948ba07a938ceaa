// Package jsonlist reads a list of JSON objects item by item, in bounded memory. It knows no field.
package jsonlist

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// readAhead is what the JSON decoder and the buffer below it may have taken of the next item already.
const readAhead = 64 << 10

// A NotJSONError is the body of a list that is something else, such as a proxy's log-in page. Its text shows nothing of
// the body; Head does, and must be redacted before it is shown.
type NotJSONError struct {
	Head []byte
	Cut  bool // the body goes on after Head
}

func (e *NotJSONError) Error() string {
	return "the list is neither a JSON array nor JSON objects line by line"
}

// Read reads a list in both shapes that DemandFlow documents, one JSON array or one object a line, item by item.
// No item may take more than limit bytes, so memory stays bounded whatever the list's length. It yields items until
// the list's regular end, or else one error, after which nothing follows: a list that breaks off is never just shorter.
func Read[T any](body io.Reader, limit int64, decode func(*json.Decoder) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		source := &allowance{reader: body, left: limit, limit: limit}
		buffered := bufio.NewReader(source)
		first, err := firstByte(buffered)
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil && first != '[' && first != '{' {
			head, more := buffered.Peek(buffered.Size())
			err = &NotJSONError{Head: head, Cut: more == nil}
		}
		if err != nil {
			yield(none, err)
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
					yield(none, err)
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
			}
			if err != nil {
				yield(none, err)
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

// An allowance is a reader that refuses to go on when its allowance, which Read renews for each item, is used
// up.
type allowance struct {
	reader      io.Reader
	left, limit int64
}

func (a *allowance) Read(p []byte) (int, error) {
	if a.left <= 0 {
		return 0, &wire.TooLargeError{Limit: a.limit}
	}
	n, err := a.reader.Read(p[:min(int64(len(p)), a.left)])
	a.left -= int64(n)
	return n, err
}
