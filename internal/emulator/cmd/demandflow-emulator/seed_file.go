package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// seedFrom creates the objects of a seed file. Errors begin with file:line, and name the entry and the field.
func seedFrom(server *emulator.Server, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("cannot read the -seed file: %w", err)
	}
	objects, lines, err := readSeed(path, text)
	if err != nil {
		return err
	}
	if _, err := server.Seed(objects...); err != nil {
		if refused, ok := errors.AsType[*emulator.SeedError](err); ok {
			return fmt.Errorf("%s:%d: entry %d: %w", path, lines[refused.Index], refused.Index+1, refused.Err)
		}
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// readSeed decodes an array of objects, and says on which line each begins.
func readSeed(path string, text []byte) (objects []map[string]any, lines []int, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	fail := func(err error) error {
		offset := decoder.InputOffset()
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			offset = syntax.Offset
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("%s:%d: entry %d: a seed is a JSON array of objects: %w", path, lineAt(text, int(offset)),
			len(objects)+1, err)
	}
	if open, err := decoder.Token(); err != nil {
		return nil, nil, fail(err)
	} else if open != json.Delim('[') {
		return nil, nil, fail(fmt.Errorf("it begins with %v", open))
	}
	for decoder.More() {
		line := lineAt(text, nextValue(text, int(decoder.InputOffset())))
		var object map[string]any
		if err := decoder.Decode(&object); err != nil {
			return nil, nil, fail(err)
		}
		if object == nil {
			return nil, nil, fail(errors.New("null is no object"))
		}
		objects, lines = append(objects, object), append(lines, line)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, nil, fail(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, fail(errors.New("something follows the array"))
	}
	return objects, lines, nil
}

// nextValue skips what stands between two values of an array.
func nextValue(text []byte, offset int) int {
	for offset < len(text) && bytes.IndexByte([]byte(" \t\r\n,"), text[offset]) >= 0 {
		offset++
	}
	return offset
}

// lineAt counts from 1.
func lineAt(text []byte, offset int) int {
	return 1 + bytes.Count(text[:min(offset, len(text))], []byte("\n"))
}
