package drift

import (
	"cmp"
	"reflect"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A fact is a field of image.Catalogue that is compared as a whole.
type fact struct {
	field string
	class string
	// same reports whether two spellings mean the same. A fact that the image does not have is "".
	same func(catalogue, live string) bool
	// telling is whether its absence is a fact. An image without a command has none; an image without a label for its
	// license may have one.
	telling bool
}

// facts are compared in this order. name and tag are not compared: the image may be a copy in another registry.
var facts = []fact{
	{"os", ConfigChanged, sameFolded, false},
	{"entrypoint", ConfigChanged, sameCommand, true},
	{"cmd", ConfigChanged, sameCommand, true},
	{"working_dir", ConfigChanged, sameDirectory, true},
	{"user", ConfigChanged, sameUser, true},
	{"shell", ConfigChanged, sameCommand, false},
	{"env", ConfigChanged, samePairs, true},
	{"exposed_ports", ConfigChanged, samePorts, true},
	{"volumes", ConfigChanged, sameLines, true},
	{"healthcheck", ConfigChanged, sameHealthcheck, true},
	{"labels", Metadata, samePairs, true},
	{"description", Metadata, sameText, false},
	{"base_image", Metadata, sameImage, false},
	{"maintainer", Metadata, sameText, false},
	{"version", Metadata, sameText, false},
	{"license", Metadata, sameText, false},
	{"git_repo", Metadata, sameRepository, false},
	{"git_branch", Metadata, sameText, false},
	{"build_pipeline", Metadata, sameText, false},
}

// Fields lists the fields that can be compared, and ignored.
func Fields() []string {
	fields := []string{FieldDigest, FieldSignatureVerified, FieldSignedBy, FieldLastScanDate, FieldCriticalCount,
		FieldHighCount, FieldMediumCount, FieldLowCount, FieldGitCommit, fieldArchitecture, fieldBuildPlatforms}
	for _, fact := range facts {
		fields = append(fields, fact.field)
	}
	return fields
}

// claims returns the fields that an entry sets, of those whose absence in an image would be a difference.
func claims(entry image.Catalogue) []string {
	var fields []string
	if len(entry.Architecture) > 0 {
		fields = append(fields, fieldArchitecture)
	}
	if len(entry.BuildPlatforms) > 0 {
		fields = append(fields, fieldBuildPlatforms)
	}
	for _, fact := range facts {
		if (fact.telling || fact.field == "os") && text(entry, fact.field) != "" {
			fields = append(fields, fact.field)
		}
	}
	return fields
}

func (c *comparison) facts(entry image.Catalogue, live *image.Image) {
	for _, fact := range facts {
		claimed, found := text(entry, fact.field), text(*live.Catalogue, fact.field)
		if claimed == "" || found == "" && !fact.telling || cannotKnow(live, fact.field, found) || !c.compares(fact.field) {
			continue
		}
		same := fact.same
		if fact.field == "entrypoint" || fact.field == "cmd" { // with the shell of shell form
			same = commandsIn(cmp.Or(text(*live.Catalogue, "shell"), text(entry, "shell")))
		}
		if !same(claimed, found) {
			c.differs(fact.field, &claimed, image.Known(found), fact.class)
		}
	}
}

// text returns the field of a tag as text, a list with a line for each element; "" where it is not set.
func text(c image.Catalogue, field string) string {
	object := reflect.ValueOf(c)
	for i := range object.NumField() {
		if object.Type().Field(i).Tag.Get("tfsdk") != field {
			continue
		}
		switch value := object.Field(i).Interface().(type) {
		case *string:
			if value != nil {
				return *value
			}
			return ""
		case []string:
			return inLines(value)
		}
	}
	panic("image.Catalogue has no text or list " + field)
}
