package provider_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A canary is a secret that can be found again wherever it got to. Its value is whatever a secret may look like; its
// core is letters and digits alone, which neither JSON nor a URL nor HTML spells in another way, so that looking for
// the core finds the value in all of them.
type canary struct{ name, core, value string }

// newCanary makes a canary whose value is the form with the core in place of %s. The same name gives the same canary.
func newCanary(name, form string) canary {
	sum := sha256.Sum256([]byte(name))
	core := base32.StdEncoding.EncodeToString(sum[:])[:16]
	return canary{name, core, strings.ReplaceAll(form, "%s", core)}
}

// traces are what a canary leaves behind: either half of its core, because a long text may be cut in the middle of it,
// and the core as hexadecimal digits and inside a longer base64 text, where it looks different at each of three places.
func (c canary) traces() []string {
	half := len(c.core) / 2
	traces := []string{c.core[:half], c.core[half:], hex.EncodeToString([]byte(c.core))}
	for before := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", before) + c.core))
		first, end := (before*8+5)/6, (before+len(c.core))*8/6 // what neither its neighbours nor padding have a part in
		trace := encoded[first:end]
		traces = append(traces, trace)
		if other := strings.NewReplacer("+", "-", "/", "_").Replace(trace); other != trace {
			traces = append(traces, other)
		}
	}
	return traces
}

// findCanaries looks through every file below a directory, and through the members of those that are zip archives, as
// plans are. Each finding says where, which, and what stands around it.
func findCanaries(t *testing.T, root string, canaries []canary, skip func(path string) bool) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || skip != nil && skip(path) {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		found = append(found, tracesIn(name, content, canaries)...)
		archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return nil //nolint:nilerr // it is no archive, and has been looked at as it is
		}
		for _, member := range archive.File {
			reader, err := member.Open()
			if err != nil {
				return err
			}
			unpacked, err := io.ReadAll(reader)
			if err != nil {
				return err
			}
			found = append(found, tracesIn(name+"/"+member.Name, unpacked, canaries)...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func tracesIn(name string, content []byte, canaries []canary) []string {
	var found []string
	for _, c := range canaries {
		for _, trace := range c.traces() {
			at := bytes.Index(content, []byte(trace))
			if at < 0 {
				continue
			}
			const around = 160
			found = append(found, fmt.Sprintf("%s shows %s: …%q…", name, c.name,
				content[max(0, at-around):min(len(content), at+around)]))
			break
		}
	}
	return found
}

// A search that finds nothing proves nothing, unless it would find what is there.
func TestFindCanaries_findsThemHoweverTheyAreSpelt(t *testing.T) {
	t.Parallel()
	planted := newCanary("planted", "first line\n\"%s\\<ä>&+/ 100%")
	other := newCanary("another", "%s")
	quoted, err := json.Marshal(planted.value)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := json.Marshal(string(quoted))
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	zipped := zip.NewWriter(&archive)
	member, err := zipped.Create("tfplan")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = fmt.Fprintf(member, "%0999d%s", 0, planted.value)
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"plain":               planted.value,
		"JSON":                string(quoted),
		"JSON in JSON":        string(twice),
		"query":               url.QueryEscape(planted.value),
		"path":                url.PathEscape(planted.value),
		"cut":                 strings.SplitAfter(planted.value, planted.core[:9])[0],
		"base64":              base64.StdEncoding.EncodeToString([]byte(planted.value)),
		"base64 after one":    base64.StdEncoding.EncodeToString([]byte("u" + planted.value + "tail")),
		"base64 after two":    base64.RawURLEncoding.EncodeToString([]byte("u:" + planted.value + "tail")),
		"base64 of core":      base64.RawStdEncoding.EncodeToString([]byte(planted.core)),
		"hexadecimal":         hex.EncodeToString([]byte(planted.value)),
		"member of a zip":     archive.String(),
		"below a folder/deep": planted.value,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			file := filepath.Join(root, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte("before "+content+" after"), 0o600); err != nil {
				t.Fatal(err)
			}
			if found := findCanaries(t, root, []canary{other, planted}, nil); len(found) != 1 || !strings.Contains(found[0],
				"shows planted") {
				t.Errorf("found %q, want the planted one alone", found)
			}
		})
	}
}
