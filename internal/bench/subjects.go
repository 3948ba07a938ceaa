package main

import (
	"fmt"
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

// config is n instances of the subject, their state served from an address.
func (s subject) config(n int, state string) string {
	return fmt.Sprintf(`
terraform {
  required_providers { demandflow = { source = "demandflow/demandflow" } }
  backend "http" { address = %q }
}
resource %q "bench" {
  for_each = toset([for i in range(%d) : format("image-%%d", i)])
%s}
`, state, s.resource, n, s.arguments)
}

// imageArguments sets as many writable fields of the table as wideFields says, from its start.
func imageArguments() string {
	var hcl strings.Builder
	left := wideFields
	for _, field := range entity.DockerImage.Fields() {
		if !field.Writable() || left == 0 {
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
		return fmt.Sprintf("%q", "A text of some length in the field "+field.Name+".")
	}
}
