package entity

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// golden is an entity as DemandFlow documents it, field by field, with the Terraform name that each field must get.
type golden struct {
	Entity, DisplayName, Plural string
	Level                       int
	Fields                      []goldenField
}

type goldenField struct {
	Name, Section, Type, References, Attribute string
	Required, ReadOnly                         bool
	Options                                    []struct{ ID, Label string }
}

// kinds are the ways in which this table may hold a type of the definition: it knows more than the definition says.
var kinds = map[string][]Kind{
	"text":              {Text},
	"text (multi-line)": {Text, Lines, LineSet, KeyValues, JSON},
	"text (URL)":        {URL},
	"number":            {Number},
	"gauge":             {Percent},
	"boolean":           {Bool},
	"datetime":          {DateTime},
	"enum":              {Enum},
	"multiselect":       {MultiSelect},
	"reference":         {Reference},
}

func TestEntities_areWhatDemandFlowDocuments(t *testing.T) {
	for _, e := range All() {
		t.Run(e.Code, func(t *testing.T) {
			document, err := os.ReadFile(filepath.Join("testdata", e.TypeName()+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var want golden
			if err := json.Unmarshal(document, &want); err != nil {
				t.Fatal(err)
			}
			got := golden{Entity: e.Code, DisplayName: e.DisplayName, Plural: e.Plural, Level: e.Level}
			for _, section := range e.Sections {
				for i := range section.Fields {
					field := &section.Fields[i]
					line := goldenField{
						Name: field.Name, Section: section.Title, References: field.References, Attribute: field.AttributeName(),
						Required: field.Access == Required, ReadOnly: field.Access == ReadOnly,
					}
					for _, option := range field.Options {
						line.Options = append(line.Options, struct{ ID, Label string }(option))
					}
					if at := slices.IndexFunc(want.Fields, func(f goldenField) bool { return f.Name == field.Name }); at >= 0 &&
						slices.Contains(kinds[want.Fields[at].Type], field.Kind) {
						line.Type = want.Fields[at].Type
					}
					got.Fields = append(got.Fields, line)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("documented (-) and declared (+) differ:\n%s", diff)
			}
		})
	}
}

// Kinds that the definition calls "text (multi-line)", as DemandFlow's notes on the fields say.
func TestEntities_multiLineTextsThatHoldMoreThanText(t *testing.T) {
	want := map[Kind][]string{
		JSON: {"accessPolicies", "replicationRules", "retentionPolicy", "webhooks", "env", "exposedPorts", "healthcheck",
			"labels", "annotations", "vulnerabilities"},
		Lines:     {"buildPlatforms", "cacheFrom", "volumes"},
		LineSet:   {"allowedUsers", "blockedUsers", "trustedSigners"},
		KeyValues: {"buildArgs"},
	}
	got := map[Kind][]string{}
	for _, e := range All() {
		for _, field := range e.Fields() {
			if _, special := want[field.Kind]; special {
				got[field.Kind] = append(got[field.Kind], field.Name)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEntities_secretsAreTheFourOfARegistry(t *testing.T) {
	var got []string
	for _, e := range All() {
		for _, field := range e.Fields() {
			if field.Secret {
				got = append(got, e.Code+"."+field.AttributeName())
			}
		}
	}
	want := []string{"DOCKERREGISTRY.password", "DOCKERREGISTRY.token", "DOCKERREGISTRY.signing_key",
		"DOCKERREGISTRY.webhook_secret"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEntities_attributeNamesAreUniqueAndDocumented(t *testing.T) {
	for _, e := range append(All(), &K8sWorkload) {
		seen := map[string]bool{}
		fields := slices.Concat(e.Fields(), System())
		for i := range e.Derived {
			fields = append(fields, &e.Derived[i])
		}
		for _, field := range fields {
			name := field.AttributeName()
			if seen[name] {
				t.Errorf("%s: two fields are called %s", e.Code, name)
			}
			seen[name] = true
			if len(field.Doc) < 5 || field.Doc[len(field.Doc)-1] != '.' {
				t.Errorf("%s.%s: %q is not a sentence", e.Code, name, field.Doc)
			}
			if (field.Kind == Enum) != (len(field.Options) > 0) && field.Kind != MultiSelect {
				t.Errorf("%s.%s: an enum has options, and nothing else has", e.Code, name)
			}
		}
	}
}

func TestEntities_everyNameInKeysFiltersOrdersAndFollowsIsAField(t *testing.T) {
	for _, e := range All() {
		names := slices.Clone(e.OrderBy)
		for _, key := range e.Keys {
			names = append(names, key.Fields...)
			if key.Disambiguator != "" {
				names = append(names, key.Disambiguator)
			}
		}
		for _, filter := range e.Filters {
			names = append(names, filter.Field)
		}
		for _, field := range e.Fields() {
			names = append(names, field.DerivedFrom...)
		}
		for _, field := range e.Derived {
			names = append(names, field.DerivedFrom...)
		}
		if archived := e.Field(e.Archive.Field); archived == nil ||
			archived.Options.Label(e.Archive.Option) == e.Archive.Option {
			t.Errorf("%s has no option %q of %q", e.Code, e.Archive.Option, e.Archive.Field)
		}
		for _, name := range names {
			if e.Field(name) == nil {
				t.Errorf("%s has no field %q", e.Code, name)
			}
		}
	}
}

func TestSnakeCase_keepsAcronymsWhole(t *testing.T) {
	for name, want := range map[string]string{
		"notaryURL": "notary_url", "lastGC": "last_gc", "k8sIntegration": "k8s_integration", "LDAPServer": "ldap_server",
		"fullImageName": "full_image_name", "imageId": "image_id", "url": "url", "gcEnabled": "gc_enabled",
		"oauthEndpoint": "oauth_endpoint",
	} {
		if got := snakeCase(name); got != want {
			t.Errorf("snakeCase(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestAttributeName_ofASingleReferenceEndsInID(t *testing.T) {
	for _, field := range []Field{{Name: "registry", Kind: Reference}, {Name: "registryId", Kind: Reference}} {
		if got := field.AttributeName(); got != "registry_id" {
			t.Errorf("%s becomes %q", field.Name, got)
		}
	}
}

func TestOptions_areFoundByLabelThenIDThenLabelInAnotherCase(t *testing.T) {
	options := Options{{"1", "Active"}, {"2", "1"}, {"3", "active"}}
	for spelling, want := range map[string]string{"Active": "1", "active": "3", "1": "2", "2": "2", "ACTIVE": "1",
		"9": "9"} {
		if got := options.ID(spelling); got != want {
			t.Errorf("ID(%q) = %q, want %q", spelling, got, want)
		}
	}
	if got := options.Label("9"); got != "9" {
		t.Errorf("an id that nobody knows becomes %q", got)
	}
}
