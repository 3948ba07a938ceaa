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
}

const (
	flushedSingly = 16
	flushedEach   = 256
)

func newItemWriter(out io.Writer, flush func(), array bool) *itemWriter {
	return &itemWriter{out: bufio.NewWriterSize(out, 32<<10), flush: flush, array: array}
}

// write adds an item and reports whether more may follow: not where the client does not read any more, which the
// buffer remembers.
func (w *itemWriter) write(item map[string]any) bool {
	switch {
	case w.array && w.count == 0:
		_ = w.out.WriteByte('[')
	case w.array:
		_ = w.out.WriteByte(',')
	}
	_, err := w.out.Write(encodeJSON(item))
	w.count++
	if w.count <= flushedSingly || w.count%flushedEach == 0 {
		w.send()
	}
	return err == nil
}

func (w *itemWriter) close() {
	switch {
	case w.array && w.count == 0:
		_, _ = w.out.WriteString("[]\n")
	case w.array:
		_, _ = w.out.WriteString("]\n")
	}
	w.send()
}

func (w *itemWriter) send() {
	_ = w.out.Flush()
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
