package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// openLog opens the file of -requests for appending; "-" is stderr.
func openLog(path string, stderr io.Writer) (out io.Writer, closeLog func(), err error) {
	if path == "-" {
		return stderr, func() {}, nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot open the -requests file: %w", err)
	}
	return file, func() { _ = file.Close() }, nil
}

// logRequest writes one line: method, path and query, status, and the names of the fields that the body carries. Values
// may be secrets and stay out.
func logRequest(out io.Writer, request emulator.Request) {
	line := fmt.Sprintf("%s %s %d", request.Method, request.Sent, request.Status)
	if names := fieldNames(request.Body); len(names) > 0 {
		line += " " + strings.Join(names, ",")
	}
	// A log that cannot be written must not stop the server, and there is nowhere else to say so.
	_, _ = fmt.Fprintln(out, line)
}

// fieldNames returns the names in an object, or in all the lines of a query, sorted.
func fieldNames(body any) []string {
	names := map[string]bool{}
	collect := func(value any) {
		object, _ := value.(map[string]any)
		for name := range object {
			names[name] = true
		}
	}
	collect(body)
	lines, _ := body.([]any)
	for _, line := range lines {
		collect(line)
	}
	return slices.Sorted(maps.Keys(names))
}
