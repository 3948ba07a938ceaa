package catalogue_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// moved are the metrics of both entities with values that they do not have yet.
func moved(e *entity.Entity) map[string]any {
	values := map[string]any{}
	for _, field := range e.Fields() {
		switch {
		case !field.Metric:
		case field.Kind == entity.DateTime:
			values[field.Name] = 1767225600000
		case field.Kind == entity.Text:
			values[field.Name] = "#1 green"
		default:
			values[field.Name] = 42
		}
	}
	return values
}

func TestMetrics_areReadOnly(t *testing.T) {
	t.Parallel()
	for _, e := range entity.All() {
		if len(moved(e)) == 0 {
			t.Errorf("%s has no metrics", e.Code)
		}
		for _, field := range e.Fields() {
			if field.Metric && field.Writable() {
				t.Errorf("%s.%s is a metric and can be written", e.Code, field.Name)
			}
		}
	}
}

// With refresh_metrics = false a refresh leaves all metrics as they are, until something else moves: then they come
// with it.
func TestMetrics_moveAloneWithoutBeingSeenWhereNobodyWantsThem(t *testing.T) {
	t.Parallel()
	for typ, config := range map[string]arguments{imageType: api(nil), registryType: harbor(nil)} {
		t.Run(typ, func(t *testing.T) {
			t.Parallel()
			e := &entity.DockerImage
			if typ == registryType {
				e = &entity.DockerRegistry
			}
			tenant := providertest.New(t, emulator.Options{})
			run := converseWith(t, tenant, arguments{"refresh_metrics": false})
			held, _ := run.create(typ, config)

			tenant.Measure(held.text("id"), moved(e))
			if _, err := tenant.Seed(map[string]any{"entity": imageCode, "name": "web", "tag": "1", "status": "1",
				"registry": held.text("id")}); err != nil {
				t.Fatal(err) // the emulator counts a registry's images and tags itself
			}
			if quiet := run.refresh(typ, held); !quiet.value.Equal(held.value) {
				t.Errorf("the refresh shows metrics that moved alone:\n%s\nwas\n%s", quiet.value, held.value)
			}
			if seen := converse(t, tenant).refresh(typ, held); !moves(t, e, seen, held) {
				t.Error("without refresh_metrics = false, the refresh shows no metric")
			}

			tenant.Edit(held.text("id"), map[string]any{"description": "By hand."})
			drifted := run.refresh(typ, held)
			if drifted.text("description") != "By hand." || !moves(t, e, drifted, held) {
				t.Errorf("the refresh lacks what somebody wrote, or the metrics beside it: %s", drifted.value)
			}
		})
	}
}

// moves reports whether all metrics differ between two states.
func moves(t *testing.T, e *entity.Entity, a, b holding) bool {
	t.Helper()
	for _, field := range e.Fields() {
		if field.Metric && a.attribute(t, field.AttributeName()).Equal(b.attribute(t, field.AttributeName())) {
			return false
		}
	}
	return true
}

// An import knows no metric yet, so all that it reads is news.
func TestMetrics_comeWithAnImport(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	made, _ := converse(t, tenant).create(imageType, api(nil))
	run := converseWith(t, tenant, arguments{"refresh_metrics": false})
	imported := run.refresh(imageType, holding{value: run.object(run.schemas[imageType],
		arguments{"id": made.text("id")})})
	if count := imported.attribute(t, "pull_count"); count.IsNull() || count.Equal(tftypes.NewValue(tftypes.Number, 0)) {
		t.Errorf("pull_count is %s after an import", count)
	}
}
