package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// wideFields is how many writable fields an image of the benchmark sets.
const wideFields = 40

// A subject is what is planned: a resource and its arguments, the same for every instance but for the name.
type subject struct {
	resource  string
	arguments string
}

var (
	images        = subject{"demandflow_docker_image", imageArguments()}
	terraformData = subject{"terraform_data", fmt.Sprintf("  input = {\n%s  }\n", imageArguments())}
)

// instanceName is the key, and the image's name, of one instance.
func instanceName(i int) string { return fmt.Sprintf("image-%d", i) }

// withState begins a configuration whose state is served from an address.
func withState(address string) string {
	return fmt.Sprintf(`
terraform {
  required_providers { demandflow = { source = "demandflow/demandflow" } }
  backend "http" { address = %q }
}
`, address)
}

// perBlock is how many instances one block has. What Terraform itself does for one of them grows with their number, so
// a single block of thousands would hide everything else.
const perBlock = 100

// config is n instances of the subject.
func (s subject) config(n int, state string) string {
	return withState(state) + blocks("resource", s.resource, n, s.arguments)
}

// lookUps are data sources that look each of n images up, of which the first so many are managed. They come after the
// refresh of the first block: before it nothing shows that they are of a plan, and each is sent by itself.
func lookUps(n, managed int, state, arguments string) string {
	first := fmt.Sprintf("  depends_on = [%s.%s]\n", images.resource, blockName(0))
	return images.config(managed, state) + blocks("data", images.resource, n, arguments+first)
}

// blocks are as many as n instances need.
func blocks(kind, typ string, n int, arguments string) string {
	var hcl strings.Builder
	for from := 0; from < n; from += perBlock {
		fmt.Fprintf(&hcl, `
%s %q %q {
  for_each = toset([for i in range(%d, %d) : format("image-%%d", i)])
%s}
`, kind, typ, blockName(from), from, min(n, from+perBlock), arguments)
	}
	return hcl.String()
}

// blockName is the name of the block that an instance is in.
func blockName(instance int) string { return fmt.Sprintf("bench_%d", instance/perBlock) }

// The two ways to look an image of the benchmark up.
const (
	byNameAndTag    = "  name = each.key\n  tag  = \"1.0\"\n"
	byFullImageName = "  full_image_name = \"${each.key}:1.0\"\n"
)

// copies makes a state of one instance one of many. They differ in the key, in the name that is in so many of their
// attributes, and in the id; what else differs is for a refresh to find out.
func copies(state []byte, ids []string) ([]byte, error) {
	type object = map[string]json.RawMessage // what is not looked at stays as it is
	var document object
	var resources []object
	var instances []json.RawMessage
	if err := json.Unmarshal(state, &document); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(document["resources"], &resources); err != nil || len(resources) != 1 {
		return nil, fmt.Errorf("the state has %d resources, not one: %w", len(resources), err)
	}
	if err := json.Unmarshal(resources[0]["instances"], &instances); err != nil || len(instances) != 1 {
		return nil, fmt.Errorf("the state has %d instances, not one: %w", len(instances), err)
	}
	var only struct{ Attributes struct{ ID string } }
	if err := json.Unmarshal(instances[0], &only); err != nil {
		return nil, err
	}
	var many []object
	for from := 0; from < len(ids); from += perBlock {
		block := maps.Clone(resources[0])
		copied := make([]json.RawMessage, 0, perBlock)
		for i := from; i < min(len(ids), from+perBlock); i++ {
			replace := strings.NewReplacer(instanceName(0), instanceName(i), only.Attributes.ID, ids[i])
			copied = append(copied, []byte(replace.Replace(string(instances[0]))))
		}
		var err, more error
		block["name"], err = json.Marshal(blockName(from))
		block["instances"], more = json.Marshal(copied)
		if err = errors.Join(err, more); err != nil {
			return nil, err
		}
		many = append(many, block)
	}
	var err error
	if document["resources"], err = json.Marshal(many); err != nil {
		return nil, err
	}
	return json.Marshal(document)
}

// imageArguments sets as many writable fields of the table as wideFields says, from its start.
func imageArguments() string {
	var hcl strings.Builder
	left := wideFields
	for _, field := range entity.DockerImage.Fields() {
		// A plan looks up the registry that a new image refers to, and there is none here.
		if !field.Writable() || left == 0 || field.References == entity.DockerRegistry.Code {
			continue
		}
		left--
		fmt.Fprintf(&hcl, "  %s = %s\n", field.AttributeName(), argument(field))
	}
	return hcl.String()
}

func argument(field *entity.Field) string {
	switch field.Format {
	case entity.ImageName:
		return "each.key"
	case entity.Tag:
		return `"1.0"`
	}
	switch field.Kind {
	case entity.Bool:
		return "true"
	case entity.Enum:
		return fmt.Sprintf("%q", field.Options[0].Label)
	case entity.JSON:
		return `jsonencode({ PATH = "/usr/local/bin:/usr/bin", LANG = "C.UTF-8" })`
	case entity.KeyValues:
		return `{ VERSION = "1.0" }`
	case entity.Lines, entity.LineSet, entity.MultiSelect:
		return `["linux/amd64", "linux/arm64"]`
	case entity.Reference:
		return `"00000000-0000-4000-8000-000000000001"`
	case entity.URL:
		return `"https://example.com/team/image"`
	default:
		return fmt.Sprintf("%q", longText(field.Name))
	}
}

// longText is the value of a field that takes any text.
func longText(field string) string { return "A text of some length in the field " + field + "." }
