package emulator

import (
	"bufio"
	"io"
)

// An itemWriter streams items as one JSON array or as NDJSON. The first items are flushed one by one, so that a client
// sees that the stream has begun; later ones in batches, because a system call per item would take longer than the
// items.
type itemWriter struct {
	out   *bufio.Writer
	flush func()
	array bool
	count int
	gone  bool // the client does not read any more
}

const (
	flushedSingly = 16
	flushedEach   = 256
)

func newItemWriter(out io.Writer, flush func(), array bool) *itemWriter {
	return &itemWriter{out: bufio.NewWriterSize(out, 32<<10), flush: flush, array: array}
}

// write adds an item and reports whether more may follow.
func (w *itemWriter) write(item map[string]any) bool {
	if w.array {
		separator := ","
		if w.count == 0 {
			separator = "["
		}
		w.text(separator)
	}
	_, err := w.out.Write(encodeJSON(item))
	w.gone = w.gone || err != nil
	w.count++
	if w.count <= flushedSingly || w.count%flushedEach == 0 {
		w.send()
	}
	return !w.gone
}

func (w *itemWriter) close() {
	if w.array {
		if w.count == 0 {
			w.text("[")
		}
		w.text("]\n")
	}
	w.send()
}

func (w *itemWriter) text(text string) {
	_, err := w.out.WriteString(text)
	w.gone = w.gone || err != nil
}

func (w *itemWriter) send() {
	err := w.out.Flush()
	w.gone = w.gone || err != nil
	w.flush()
}

// writeAll writes what next returns until it returns nil. A fault with an error item ends the stream with it, after as
// many items as the fault says, or as there are.
func (w *itemWriter) writeAll(next func() map[string]any, fault Fault, failure map[string]any) {
	failing := fault.ErrorItem != ""
	for n := 0; !failing || n < fault.ErrorAfter; n++ {
		item := next()
		if item == nil {
			break
		}
		if !w.write(item) {
			return
		}
	}
	if failing {
		w.write(failure)
	}
}

// errorItem returns the item of a stream that failed, under the status 200.
func errorItem(message, code, source string) map[string]any {
	return map[string]any{"_type": "error", "message": message, "entity": code, "source": source}
}
