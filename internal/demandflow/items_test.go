package demandflow

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow/jsonlist"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

func newSilentLog() *log.Logger { return log.New(io.Discard, "", 0) }

// readList decodes a body as List does, and returns the ids.
func readList(body io.Reader) (ids []string, err error) {
	for item, err := range jsonlist.Read(body, maxAnswer, wholeItem) {
		if err == nil {
			err = dataItem(item.Object)
		}
		if err != nil {
			return ids, err
		}
		ids = append(ids, item.ID())
	}
	return ids, nil
}

func TestList_readsBothShapes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want string }{
		"nothing":             {"", ""},
		"white space":         {" \r\n\t\n", ""},
		"empty array":         {" [ ] \n", ""},
		"array":               {"[\n{\"_type\":\"data\",\"id\":\"1\"} ,\n{\"id\":\"2\"}\n]\n", "1 2"},
		"lines":               {"{\"_type\":\"data\",\"id\":\"1\"}\n{\"id\":\"2\"}\n", "1 2"},
		"last line unended":   {"{\"id\":\"1\"}\n{\"id\":\"2\"}", "1 2"},
		"lines with CR":       {"{\"id\":\"1\"}\r\n\r\n{\"id\":\"2\"}\r\n", "1 2"},
		"object over lines":   {"{\n\"id\":\n\"1\"}", "1"},
		"number as id":        {`[{"id":17}]`, "17"},
		"brackets in strings": {`[{"id":"]"},{"id":"\"}"}]`, `] "}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ids, err := readList(iotest.OneByteReader(strings.NewReader(test.body)))
			if err != nil || strings.Join(ids, " ") != test.want {
				t.Errorf("got %q, %v", ids, err)
			}
		})
	}
}

func TestList_thatIsNotWholeIsAnErrorAndNeverShort(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want string }{
		"breaks off in mid-array":  {`[{"id":"1"},`, "breaks off"},
		"breaks off after an item": {`[{"id":"1"}`, "not closed"},
		"breaks off in an item":    {`[{"id":"1"},{"id"`, "unexpected EOF"},
		"breaks off at once":       {`[`, "not closed"},
		"breaks off in a line":     {"{\"id\":\"1\"}\n{\"id\":", "unexpected EOF"},
		"closed by a brace":        {`[{"id":"1"}}`, "not closed"},
		"comma at the end":         {`[{"id":"1"},]`, "cannot be read"},
		"no comma":                 {`[{"id":"1"}{"id":"2"}]`, "cannot be read"},
		"goes on":                  {`[{"id":"1"}] {"id":"2"}`, "goes on"},
		"goes on with garbage":     {`[]x`, "goes on"},
		"closed twice":             {`[]]`, "goes on"},
		"garbage after a line":     {"{\"id\":\"1\"}\nInternal Server Error", "cannot be read"},
		"commas between lines":     {`{"id":"1"},{"id":"2"}`, "cannot be read"},
		"a web page":               {"<html>", "neither a JSON array"},
		"a word":                   {"null", "neither a JSON array"},
		"item is an array":         {`[["1"]]`, "cannot be read"},
		"item is a string":         {`["1"]`, "cannot be read"},
		"item is null":             {`[null]`, "null"},
		"line is an array":         {"{\"id\":\"1\"}\n[]", "cannot be read"},
		"item without id":          {`[{"name":"x"}]`, "without an id"},
		"item with an empty id":    {`[{"id":""}]`, "without an id"},
		"error item": {`[{"id":"1"},{"_type":"error","message":"shard lost","entity":"X","source":"s3"}]`,
			"shard lost (entity X) (source s3)"},
		"error item, no reason":     {`[{"_type":"error"}]`, "no reason given"},
		"error item that has an id": {`[{"_type":"error","id":"1","error":"gone"}]`, "gone"},
		"an error's body":           {`{"error":"e","message":"quota"}`, "quota"},
		"unknown type":              {`[{"_type":"page","id":"1"}]`, "page"},
		"type is no string":         {`[{"_type":1,"id":"1"}]`, "does not know"},
		"type is null":              {`[{"_type":null,"id":"1"}]`, "does not know"},
		"meta in a list":            {`{"_meta":true,"_type":"count","count":1,"id":"1"}`, "does not know"},
		"meta that says data":       {`{"_meta":true,"_type":"data","id":"1"}`, "does not know"},
		"too deep":                  {`[{"id":"1","x":` + strings.Repeat("[", 20000), "depth"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readList(strings.NewReader(test.body))
			wantText(t, err, test.want)
		})
	}
}

func TestList_boundsEachItemAndNotTheList(t *testing.T) {
	t.Parallel()
	const limit = 200 << 10
	item := `{"id":"` + strings.Repeat("x", 150<<10) + `"}`
	fits := "[" + strings.Repeat(item+",", 9) + item + "]"
	if n := count(t, jsonlist.Read(strings.NewReader(fits), limit, wholeItem)); n != 10 {
		t.Errorf("%d items", n)
	}
	for _, large := range []int{limit, 10 * limit} {
		body := strings.NewReader(`[{"id":"1"},{"id":"` + strings.Repeat("x", large) + `"}]`)
		_, err := collect(jsonlist.Read(body, limit, wholeItem))
		if _, ok := errors.AsType[*wire.TooLargeError](err); !ok {
			t.Errorf("an item of %d bytes: %v", large, err)
		}
	}
}

func count(t *testing.T, list func(func(listItem, error) bool)) (n int) {
	t.Helper()
	for _, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

// Not parallel: it measures the heap that all tests share.
func TestList_takesBoundedMemory(t *testing.T) {
	const items, bound = 200_000, 8 << 20
	reader, writer := io.Pipe()
	go func() {
		out := bufio.NewWriterSize(writer, 32<<10)
		fmt.Fprint(out, "[")
		for i := range items {
			if i > 0 {
				fmt.Fprint(out, ",")
			}
			fmt.Fprintf(out, `{"_type":"data","id":"%d","name":"%040d"}`, i, i)
		}
		fmt.Fprint(out, "]")
		writer.CloseWithError(out.Flush())
	}()
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	before, n := heap(), 0
	for _, err := range jsonlist.Read(reader, maxAnswer, wholeItem) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n%(items/4) == 0 {
			if now := heap(); now > before+bound {
				t.Errorf("after %d items the heap has grown by %d KiB", n, (now-before)>>10)
			}
		}
	}
	if n != items {
		t.Errorf("%d items, want %d", n, items)
	}
}

func FuzzListDecoder(f *testing.F) {
	for _, seed := range []string{
		"", " ", "[]", `[{"id":"1"},{"_type":"data","id":2}]`, "{\"id\":\"1\"}\n{\"id\":\"2\"}\n", `[{"id":"]"}`,
		`{"_type":"error"}`,
		`[{"id":"1"}]]`, "<html>", `[{"_meta":true,"_type":"count"}]`, "\xff", `[{"id":"1","x":[[{}]]},`,
		`{"id":"1"} garbage`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		ids, err := readList(bytes.NewReader(body))
		for _, id := range ids {
			if id == "" {
				t.Fatal("an object without an id was handed out")
			}
		}
		trimmed := bytes.TrimSpace(body)
		if err != nil || !bytes.HasPrefix(trimmed, []byte("[")) {
			return
		}
		for _, cut := range []int{1, len(trimmed) / 2, len(trimmed) - 1} {
			if cut == 0 {
				continue
			}
			if _, err := readList(bytes.NewReader(trimmed[:cut])); err == nil {
				t.Fatalf("cut at %d, the list %q is read as whole", cut, trimmed)
			}
		}
	})
}
