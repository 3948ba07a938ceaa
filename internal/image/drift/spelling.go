package drift

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/distribution/reference"
	"github.com/google/shlex"
)

// A field of the catalogue may be in several spellings: a line of a Dockerfile, the JSON of docker inspect, a list or
// an object of ports. Each function here reports whether two spellings of one kind of fact mean the same.

func sameText(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) }
func sameFolded(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// sameLines compares lists whose order does not matter.
func sameLines(a, b string) bool {
	return slices.Equal(sortedUnique(strings.Split(a, "\n")), sortedUnique(strings.Split(b, "\n")))
}

// shells run a line after -c.
var shells = []string{"sh", "bash", "ash", "dash"}

// sameCommand compares commands in exec form (a JSON list) or shell form, which images store after /bin/sh -c.
func sameCommand(a, b string) bool { return commandsIn("")(a, b) }

// commandsIn compares commands of an image with its own shell, such as ["/bin/bash", "-o", "pipefail", "-c"].
func commandsIn(shell string) func(a, b string) bool {
	own := CommandWords(shell)
	line := func(words []string) (string, bool) {
		if len(words) < 2 {
			return "", false
		}
		before, last := words[:len(words)-1], words[len(words)-1]
		if len(own) > 0 && slices.Equal(before, own) {
			return last, true
		}
		name := path.Base(before[0])
		return last, len(before) == 2 && before[1] == "-c" && (slices.Contains(shells, name) || len(own) > 0 &&
			name == path.Base(own[0]))
	}
	typed := func(words []string, text string) bool {
		last, ok := line(words)
		return ok && strings.TrimSpace(last) == strings.TrimSpace(text)
	}
	return func(a, b string) bool {
		left, right := CommandWords(a), CommandWords(b)
		return slices.Equal(left, right) || typed(left, b) || typed(right, a)
	}
}

// CommandWords returns the words of a command in exec form (a JSON list), or of a line as a shell splits it.
func CommandWords(text string) []string {
	var words []string
	if json.Unmarshal([]byte(text), &words) == nil {
		return words
	}
	words, err := shlex.Split(text)
	if err != nil { // a quote that does not end
		return strings.Fields(text)
	}
	return words
}

func sameDirectory(a, b string) bool { return path.Clean("/"+a) == path.Clean("/"+b) }

// sameUser compares users. An empty one is root.
func sameUser(a, b string) bool {
	plain := func(user string) string {
		switch user = strings.TrimSpace(user); user {
		case "", "0", "0:0", "root:root", "0:root", "root:0":
			return "root"
		}
		return user
	}
	return plain(a) == plain(b)
}

// samePairs compares objects, and lists or lines of NAME=value.
func samePairs(a, b string) bool { return maps.Equal(pairsOf(a), pairsOf(b)) }

func pairsOf(text string) map[string]string {
	pairs := map[string]string{}
	var object map[string]any
	if decode(text, &object) {
		for name, value := range object {
			pairs[name] = plain(value)
		}
		return pairs
	}
	var list []string
	if !decode(text, &list) {
		list = strings.Split(text, "\n")
	}
	for _, line := range list {
		if name, value, _ := strings.Cut(line, "="); strings.TrimSpace(name) != "" {
			pairs[strings.TrimSpace(name)] = value
		}
	}
	return pairs
}

// samePorts compares lists, objects (whose keys are the ports, as in docker inspect) or words. A port without a
// protocol is TCP.
func samePorts(a, b string) bool { return slices.Equal(portsOf(a), portsOf(b)) }

func portsOf(text string) []string {
	var ports []string
	var object map[string]any
	var list []any
	switch {
	case decode(text, &object):
		ports = slices.Collect(maps.Keys(object))
	case decode(text, &list):
		for _, port := range list {
			ports = append(ports, plain(port))
		}
	default:
		ports = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
	}
	for i, port := range ports {
		if ports[i] = strings.ToLower(port); !strings.Contains(port, "/") {
			ports[i] += "/tcp"
		}
	}
	return sortedUnique(ports)
}

// sameHealthcheck compares documents with Docker's keys (StartPeriod) or the catalogue's (start_period), and durations
// such as 30s or in nanoseconds. A command without a document is compared with the command only. No healthcheck is
// ["NONE"].
func sameHealthcheck(a, b string) bool {
	left, right := healthcheckOf(a), healthcheckOf(b)
	if isBare(a) || isBare(b) {
		return left["test"] == right["test"]
	}
	return maps.Equal(left, right)
}

// isBare reports whether a healthcheck is a command without a document.
func isBare(text string) bool {
	var object map[string]any
	return !decode(text, &object) && strings.TrimSpace(text) != ""
}

func healthcheckOf(text string) map[string]string {
	var object map[string]any
	var words []any
	switch {
	case slices.Contains([]string{"", "null"}, strings.TrimSpace(text)):
		object = map[string]any{"test": []any{"NONE"}}
	case decode(text, &object):
	case decode(text, &words):
		object = map[string]any{"test": words}
	case isNone(text):
		object = map[string]any{"test": []any{"NONE"}}
	default:
		object = map[string]any{"test": strings.TrimSpace(text)}
	}
	check := map[string]string{}
	for key, value := range object {
		if value == nil {
			continue
		}
		key = strings.ToLower(strings.ReplaceAll(key, "_", ""))
		said := plain(value)
		switch key {
		case "test":
			if line, ok := value.(string); ok && isNone(line) {
				said = plain([]any{"NONE"})
			} else if ok {
				said = plain([]any{"CMD-SHELL", value})
			}
		case "disable": // as Compose has it
			if value == true {
				return map[string]string{"test": plain([]any{"NONE"})}
			}
			said = ""
		case "retries":
		default:
			said = duration(said)
		}
		if said != "" && said != "0" && said != "0s" { // zero means unset
			check[key] = said
		}
	}
	if none := plain([]any{"NONE"}); check["test"] == none { // whatever else it has
		return map[string]string{"test": none}
	}
	return check
}

// isNone reports whether a line says that there is no healthcheck, as Dockerfiles do.
func isNone(line string) bool {
	words := strings.Fields(line)
	return len(words) == 1 && strings.EqualFold(words[0], "NONE") ||
		len(words) == 2 && strings.EqualFold(words[0], "HEALTHCHECK") && strings.EqualFold(words[1], "NONE")
}

func duration(text string) string {
	for _, candidate := range []string{text, text + "ns"} {
		if d, err := time.ParseDuration(candidate); err == nil {
			return d.String()
		}
	}
	return text
}

// sameImage compares image names in their full form.
func sameImage(a, b string) bool {
	full := func(name string) string {
		named, err := reference.ParseNormalizedNamed(strings.TrimSpace(name))
		if err != nil {
			return name
		}
		return reference.TagNameOnly(named).String()
	}
	return full(a) == full(b)
}

// sameRepository compares addresses of Git repositories, with or without .git.
func sameRepository(a, b string) bool {
	plain := func(address string) string {
		return strings.TrimSuffix(strings.TrimRight(strings.TrimSpace(address), "/"), ".git")
	}
	return plain(a) == plain(b)
}

// decode reads a JSON document, with numbers as they are written.
func decode(text string, into any) bool {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into) == nil && !decoder.More()
}

// plain returns a string as it is, and any other JSON value as JSON with sorted keys.
func plain(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	document, err := json.Marshal(value)
	if err != nil {
		panic("what was decoded from JSON encodes to JSON: " + err.Error())
	}
	return string(document)
}

func sortedUnique(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }

func inLines(list []string) string { return strings.Join(list, "\n") }
