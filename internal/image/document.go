package image

import (
	"encoding/json"
	"errors"
	"strings"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// A Document is an image's configuration as it is stored. Unread has the names of its values that could not be read,
// such as "config.User".
type Document struct {
	dockerspec.DockerOCIImage
	Unread []string
}

// ReadDocument reads the configuration of an image. Values of another type than the specification's are left out, and
// named in Unread: they do not hide the others. What is not an object is an error.
func ReadDocument(text []byte) (*Document, error) {
	type document struct {
		ocispec.Image
		Config StoredConfig `json:"config"`
	}
	read, unread, err := Decode[document](text)
	if err != nil {
		return nil, err
	}
	return &Document{
		DockerOCIImage: dockerspec.DockerOCIImage{Image: read.Image, Config: *read.Config.Specified()},
		Unread:         NamesOfConfig(unread),
	}, nil
}

// A StoredConfig is how a container runs, as tools have written it over the years: a command may also be a text, which
// is then its only word, as for Docker; and only the names of ports and volumes count.
type StoredConfig struct {
	dockerspec.DockerOCIImageConfig

	Entrypoint   Words
	Cmd          Words
	Shell        Words
	ExposedPorts names
	Volumes      names
}

// Specified returns the configuration in the specification's form, nil for none.
func (c *StoredConfig) Specified() *dockerspec.DockerOCIImageConfig {
	if c == nil {
		return nil
	}
	specified := c.DockerOCIImageConfig
	specified.Entrypoint, specified.Cmd, specified.Shell = c.Entrypoint, c.Cmd, c.Shell
	specified.ExposedPorts, specified.Volumes = c.ExposedPorts, c.Volumes
	return &specified
}

// Words are a command: a list of words, or, in images of early versions of Docker, a text.
type Words []string

// UnmarshalJSON decodes a list or a text. A null in the list is an empty word, as for Docker.
func (w *Words) UnmarshalJSON(text []byte) error {
	var one string
	if string(text) != "null" && json.Unmarshal(text, &one) == nil {
		*w = nil
		if one != "" {
			*w = Words{one}
		}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(w))
}

// names are the keys of an object, whatever its values are.
type names map[string]struct{}

func (n *names) UnmarshalJSON(text []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return errors.New("it is no object")
	}
	if members == nil {
		*n = nil
		return nil
	}
	if *n == nil {
		*n = names{}
	}
	for name := range members {
		(*n)[name] = struct{}{}
	}
	return nil
}

// NamesOfConfig returns names of values with one spelling of the part "config": sources differ in it.
func NamesOfConfig(unread []string) []string {
	spelled := make([]string, 0, len(unread))
	for _, name := range unread {
		if first, rest, nested := strings.Cut(name, "."); strings.EqualFold(first, "config") {
			if name = "config"; nested {
				name += "." + rest
			}
		}
		spelled = append(spelled, name)
	}
	return nonEmpty(spelled)
}

// UnreadWarning returns the warning of a configuration with values that could not be read, which are separated by
// commas.
func UnreadWarning(of, names string) Warning {
	return Warning{
		Summary: "Part of a configuration is left out",
		Detail: of + " has values that are not as specified: " + names + ". They are left out, and named in \"unread\": " +
			"what is null because of that is not known, and is not compared.",
	}
}
