package catalogue

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

func TestUpdate_ofWhatIsGoneSaysWhatToDo(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, _ := io.ReadAll(r.Body)
		if strings.Contains(string(asked), `"image-1"`) {
			return // no query lists it
		}
		if r.Method == http.MethodPost || strings.HasSuffix(r.URL.Path, "person-1") { // the rest of the tenant is there
			_, _ = io.WriteString(w, `{"id":"person-1","entity":"PPL","subscription":"tenant-1"}`)
			return
		}
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"error":"not_found","message":"There is no object image-1."}`)
	}))
	t.Cleanup(server.Close)
	client, err := demandflow.New(demandflow.Config{Endpoint: server.URL, Token: "df_pat_test"})
	if err != nil {
		t.Fatal(err)
	}
	table := newTable(&entity.DockerImage)
	state, _ := table.readFields(readAtSeven, nil)
	_, diags := table.patch(t.Context(), client, demandflow.Object{"tag": "2.0"}, state, nil)
	if !diags.HasError() || !strings.Contains(diags[0].Detail(),
		"There is no object image-1.\nIt was deleted since Terraform last looked: plan again.") {
		t.Errorf("got %v", diags)
	}
}
