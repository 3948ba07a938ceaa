package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// layout is a template that makes a template: its own actions stand in double brackets, those of tfplugindocs in
// braces.
//
//go:embed page.md.tmpl
var layout string

// A page is one page of the documentation.
type page struct {
	file     string // of its template, below templates/
	Import   string // how an import names an object; "" where there is no import
	TypeName string // of the entity
	Levels   []level
}

// A level is the attributes of the page's own object, or those of the objects in a list.
type level struct {
	Title, Anchor string // of a list
	Sections      []section
}

// A section is some attributes under a heading.
type section struct {
	Title, Anchor string
	Attributes    []attribute
}

// Sections that DemandFlow's form does not have.
const (
	argumentsTitle    = "Arguments"
	resultsTitle      = "Results"
	conveniencesTitle = "Conveniences"
	bookkeepingTitle  = "Bookkeeping"
)

// newPage sorts a schema's attributes. Where there is a list of the entity's objects (a plural), the fields of the form
// are in the list, and what the page itself has are filters and counts, even under a field's name.
func newPage(kind, name string, e *entity.Entity, attributes map[string]attribute) page {
	p := page{file: kind + "/" + name + ".md.tmpl", TypeName: e.TypeName()}
	if kind == "resources" {
		p.Import = importSentence(e)
	}
	for _, a := range inOrder(attributes) {
		if a.nested != nil {
			p.Levels = append(p.Levels, level{Title: "Attributes of " + code(a.Name), Anchor: a.Anchor(),
				Sections: formSections(e, a.nested, a.Anchor()+"--")})
		}
	}
	own := level{Sections: plainSections(attributes, "")}
	if len(p.Levels) == 0 {
		own.Sections = formSections(e, attributes, "")
	}
	p.Levels = slices.Insert(p.Levels, 0, own)
	return p
}

// formSections groups attributes by the sections of the entity's form and in its order, then what the provider computes
// and what every object of DemandFlow has. A secret's write-only counterparts stand beside it. An attribute that none
// of them names comes first: it is the provider's own.
func formSections(e *entity.Entity, attributes map[string]attribute, prefix string) []section {
	left := maps.Clone(attributes)
	var form []section
	add := func(title string, fields []*entity.Field) {
		s := section{Title: title, Anchor: prefix + anchorOf(title)}
		for _, field := range fields {
			for _, suffix := range []string{"", "_wo", "_wo_version"} {
				if a, ok := left[field.AttributeName()+suffix]; ok { // data sources leave secrets out
					s.Attributes = append(s.Attributes, a)
					delete(left, a.Name)
				}
			}
		}
		if len(s.Attributes) > 0 {
			form = append(form, s)
		}
	}
	for _, s := range e.Sections {
		add(s.Title, pointers(s.Fields))
	}
	add(conveniencesTitle, pointers(e.Derived))
	add(bookkeepingTitle, entity.System())
	return append(plainSections(left, prefix), form...)
}

// plainSections returns what can be set and what cannot, by name.
func plainSections(attributes map[string]attribute, prefix string) []section {
	settable := section{Title: argumentsTitle, Anchor: prefix + anchorOf(argumentsTitle)}
	rest := section{Title: resultsTitle, Anchor: prefix + anchorOf(resultsTitle)}
	for _, a := range inOrder(attributes) {
		if a.argument {
			settable.Attributes = append(settable.Attributes, a)
		} else {
			rest.Attributes = append(rest.Attributes, a)
		}
	}
	return slices.DeleteFunc([]section{settable, rest}, func(s section) bool { return len(s.Attributes) == 0 })
}

// template returns the page as tfplugindocs reads it.
func (p page) template() ([]byte, error) {
	t, err := template.New(p.file).Delims("[[", "]]").Parse(layout)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, p)
	return out.Bytes(), err
}

// importSentence returns how an import names an object of the entity.
func importSentence(e *entity.Entity) string {
	ways := []string{"its id"}
	for _, key := range e.Keys {
		var names []string
		for _, field := range key.Fields {
			names = append(names, code(e.Field(field).AttributeName()))
		}
		ways = append(ways, strings.Join(names, ":"))
	}
	return fmt.Sprintf("The %s is named by %s. A name must lead to exactly one.", e.Noun(), strings.Join(ways, ", or by "))
}

func pointers(fields []entity.Field) []*entity.Field {
	list := make([]*entity.Field, len(fields))
	for i := range fields {
		list[i] = &fields[i]
	}
	return list
}

// anchorOf returns what links to a heading lead to. Pages spell it out, because sites do not agree on what to make of
// an ampersand.
func anchorOf(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return (r < 'a' || r > 'z') &&
			(r < '0' || r > '9')
	})
	return strings.Join(words, "-")
}

func code(s string) string { return "`" + s + "`" }
