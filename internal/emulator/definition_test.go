package emulator_test

import (
	"net/http"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// form is a definition as the documents describe its text.
type form struct {
	Panel []struct {
		Title   string
		Columns []struct {
			Rows []struct {
				Fields []struct {
					ID, Type, Name, Entity string
					Required, Readonly     bool
					Options                []struct{ ID, Text string }
				}
			}
		}
	}
}

func TestDefinition_saysWhatTheTablesSay(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	words := map[entity.Kind]string{
		entity.Text: "text", entity.URL: "text (URL)", entity.Lines: "text (multi-line)", entity.LineSet: "text (multi-line)",
		entity.KeyValues: "text (multi-line)", entity.JSON: "text (multi-line)", entity.Number: "number",
		entity.Percent: "gauge",
		entity.Bool:    "boolean", entity.DateTime: "datetime", entity.Enum: "indexedSelect",
		entity.MultiSelect: "multiselect",
		entity.Reference:   "objectLookup",
	}
	for _, e := range append(entity.All(), &entity.K8sWorkload) {
		answer := s.call(t, http.MethodGet, pathOf(e.Code)+"?entity=DEFINITION", nil)
		wantStatus(t, answer, http.StatusOK)
		record := answer.object(t)
		want(t, "name, plural, level", []any{record["name"], record["plural"], record["level"]},
			[]any{e.DisplayName, e.Plural, e.Level})
		want(t, "comboKey", record["comboKey"], ownKey+e.Code)
		var shown form
		decode(t, record["definition"].(string), &shown)
		fields := e.Fields()
		for i, panel := range shown.Panel {
			want(t, "panel", panel.Title, e.Sections[i].Title)
			for _, row := range panel.Columns[0].Rows {
				got, field := row.Fields[0], fields[0]
				fields = fields[1:]
				word := words[field.Kind]
				if field.Secret {
					word = "password"
				}
				want(t, field.Name, []any{got.ID, got.Type, got.Entity, got.Required, got.Readonly, len(got.Options)},
					[]any{field.Name, word, field.References, field.Access == entity.Required, field.Access == entity.ReadOnly,
						len(field.Options)})
				for j, option := range got.Options {
					want(t, "option", []string{option.ID, option.Text}, []string{field.Options[j].ID, field.Options[j].Label})
				}
				if got.Name == "" {
					t.Errorf("%s has no label", field.Name)
				}
			}
		}
		want(t, "fields of "+e.Code+" that are not shown", len(fields), 0)
	}
	want(t, "definitions", len(s.list(t, "DEFINITION", "SUB")), 3)
}

func TestEditField_changesWhatIsInForce(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	made := s.create(t, image(object{"license": "MIT"}))

	s.EditField(imageCode, "costCentre", object{"type": "number", "required": true})
	s.EditField(imageCode, "os", object{"options": []object{{"id": "9", "text": "plan9"}}})
	s.EditField(imageCode, "license", nil)
	s.EditField(imageCode, "maintainer", object{"readonly": true})

	for body, says := range map[*object]string{
		{"costCentre": nil}:  "costCentre is required",
		{"costCentre": "12"}: "costCentre must be a number",
		{"os": "1"}:          "os must be the id of an option, a string: 9",
		{"license": "MIT"}:   `"license" is not a field`,
		{"maintainer": "me"}: "maintainer is read-only",
	} {
		answer := s.call(t, http.MethodPost, "/v1/objects", image(changed(object{"costCentre": 12, "os": "9"}, *body)))
		wantStatus(t, answer, http.StatusBadRequest)
		wantContains(t, answer.message(t), says)
	}
	s.create(t, image(object{"costCentre": 12, "os": "9"}))
	want(t, "what was stored before stays", s.get(t, made["id"])["license"], "MIT")
	want(t, "version of the definition", s.get(t, imageCode)["_df_version"], 4)
}

func TestEdit_ofADefinitionFindsFieldsInAnyCaseAndDepth(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.Edit(imageCode, object{"level": 99, "definition": `{"Tabs":[{"FIELDS":[
		{"ID":"name","TYPE":"Text","Required":true},
		{"id":"untyped"}, {"type":"text"}, 7,
		{"id":"group","type":"text","fields":[{"id":"inner","type":"boolean","readOnly":true}]}]}]}`})
	wantStatus(t, s.call(t, http.MethodPost, "/v1/objects", object{"entity": imageCode, "level": 99, "comboKey": ownKey,
		"name": "x", "group": "y"}), http.StatusCreated)
	answer := s.call(t, http.MethodPost, "/v1/objects", object{"entity": imageCode, "level": 420, "comboKey": ownKey,
		"inner": true, "untyped": "x"})
	wantStatus(t, answer, http.StatusBadRequest)
	wantContains(t, answer.message(t), "level must be 99", "inner is read-only", `"untyped" is not a field`,
		"name is required")
}

func TestEdit_ofADefinitionIntoGarbageLeavesTheLastInForce(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	for _, garbage := range []any{"{", "[]", nil, 7} {
		s.Edit(imageCode, object{"definition": garbage})
		s.create(t, image(nil))
		wantStatus(t, s.call(t, http.MethodPost, "/v1/objects", image(object{"nothing": 1})), http.StatusBadRequest)
	}
}

func TestRemove_ofADefinitionTakesTheEntityAway(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	made := s.create(t, image(nil))
	s.Remove(imageCode)
	wantStatus(t, s.call(t, http.MethodGet, pathOf(imageCode), nil), http.StatusNotFound)
	wantStatus(t, s.call(t, http.MethodGet, "/v1/entities/DOCKERIMAGE/SUB", nil), http.StatusNotFound)
	wantStatus(t, s.call(t, http.MethodPost, "/v1/objects", image(nil)), http.StatusBadRequest)
	wantStatus(t, s.call(t, http.MethodPatch, pathOf(made["id"]), object{"tag": "2"}), http.StatusBadRequest)
	wantStatus(t, s.call(t, http.MethodGet, pathOf(made["id"]), nil), http.StatusOK)
}
