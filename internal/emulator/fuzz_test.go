package emulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// FuzzBodies sends any body as a create, an update and a query: never a panic, never a 5xx, and always JSON in the
// answer.
func FuzzBodies(f *testing.F) {
	for _, body := range []any{image(nil), registry(nil), object{"tag": nil},
		[]any{queryLine(imageCode, object{"countOnly": true})}} {
		text, err := json.Marshal(body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{"", "null", "[]", "{}{}", `{"level":1e999}`, `{"name":["a"]}`, "\xff", `[{"entity":[]}]`,
		`{"comboKey":"SUB:|ENT:"}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, body string) {
		server := emulator.New(emulator.Options{})
		ids, err := server.Seed(image(nil), registry(nil))
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range []struct{ method, path string }{
			{http.MethodPost, "/v1/objects"}, {http.MethodPatch, pathOf(ids[0])}, {http.MethodPatch, pathOf(ids[1])},
			{http.MethodPost, "/v1/query"},
		} {
			request := httptest.NewRequestWithContext(t.Context(), target.method, target.path, strings.NewReader(body))
			request.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
			request.Header.Set("Content-Type", "application/json")
			recorder := httptest.NewRecorder()
			server.ServeHTTP(recorder, request)
			if recorder.Code >= http.StatusInternalServerError {
				t.Errorf("%s %s answered %d to %q", target.method, target.path, recorder.Code, body)
			}
			for line := range strings.Lines(recorder.Body.String()) {
				if !json.Valid([]byte(line)) {
					t.Errorf("%s %s answered %q to %q", target.method, target.path, line, body)
				}
			}
		}
		for _, code := range []string{imageCode, registryCode} {
			for _, o := range server.Objects(code) {
				if o["name"] == nil || o["_df_version"] == nil {
					t.Errorf("%q left an object without a name or a version: %v", body, o)
				}
			}
		}
	})
}
