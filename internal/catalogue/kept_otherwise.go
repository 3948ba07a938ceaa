package catalogue

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// keptOtherwise warns of the fields that DemandFlow keeps otherwise than a write sent them: cut, in lower case, not at
// all. The state must have what was planned, and the plan comes back at each run, so somebody has to be told why. A
// difference of spelling is none.
func (t *table) keptOtherwise(client *demandflow.Client, sent, answer demandflow.Object) diag.Diagnostics {
	custom := maps.Clone(sent)
	var lines []string
	for _, c := range t.columns {
		if value, ok := sent[c.Name]; ok {
			lines = append(lines, c.keptLine(value, answer)...)
			delete(custom, c.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(custom)) {
		lines = append(lines, keptCustomLine(name, custom[name], answer)...)
	}
	if len(lines) == 0 {
		return nil
	}
	return diag.Diagnostics{t.otherValuesKept(client.Redact(t.title(answer)), client.Redact(strings.Join(lines, "\n  ")))}
}

// keptLine says what was sent and what is kept of a field; nothing where both mean the same. A secret is not shown.
func (c column) keptLine(sent any, answer demandflow.Object) []string {
	planned, _ := c.decode(sent) // this column has encoded it
	kept, err := c.decode(answer[c.Name])
	switch {
	case err == nil && c.keeps(planned, kept, answer):
		return nil
	case c.Secret:
		return []string{keptUnshown(c.attribute)}
	case err != nil:
		return []string{keptShown(c.attribute, c.show(planned), plain(answer[c.Name]))}
	}
	return []string{keptShown(c.attribute, c.show(planned), c.show(kept))}
}

// keptCustomLine is keptLine of a custom field, whose value is never shown: what the definition calls a text may be a
// secret all the same.
func keptCustomLine(name string, sent any, answer demandflow.Object) []string {
	var documents [2]string
	for i, value := range []any{sent, answer[name]} {
		document, err := json.Marshal(value)
		must(err)
		documents[i] = string(document)
	}
	if sameDocument(documents[0], documents[1]) || demandflow.Hidden(&entity.Field{Name: name, Secret: true}, answer) {
		return nil
	}
	return []string{keptUnshown(customFieldsArgument + "." + name)}
}

func keptUnshown(attribute string) string {
	return attribute + ": another value than was sent; neither is shown, because it may be a secret"
}

func keptShown(attribute, sent, kept string) string {
	sent, kept = excerpts(sent, kept)
	return fmt.Sprintf("%s: sent %s, kept %s", attribute, sent, kept)
}

// show is a known value in a message.
func (c column) show(v tftypes.Value) string {
	if v.IsNull() {
		return ""
	}
	switch {
	case c.typ.Is(tftypes.Number):
		var number big.Float
		must(v.As(&number))
		return digits(&number)
	case c.typ.Is(tftypes.String):
		return text(v)
	case c.typ.Is(tftypes.Bool):
		return plain(c.encode(v))
	case c.typ.Is(tftypes.Map{}):
		return strings.Join(pairs(v), ", ")
	default:
		return strings.Join(elements(v), ", ")
	}
}

// excerpts quotes two texts that differ. Long ones are cut to what surrounds the first difference.
func excerpts(a, b string) (string, string) {
	x, y := []rune(a), []rune(b)
	differs := 0
	for differs < min(len(x), len(y)) && x[differs] == y[differs] {
		differs++
	}
	return excerpt(x, differs), excerpt(y, differs)
}

func excerpt(s []rune, around int) string {
	const before, most = 20, 60
	if len(s) == 0 {
		return "nothing"
	}
	if len(s) <= most {
		return strconv.Quote(string(s))
	}
	from := max(0, min(around-before, len(s)-most))
	to := min(len(s), from+most)
	cut := string(s[from:to])
	if from > 0 {
		cut = "…" + cut
	}
	if to < len(s) {
		cut += "…"
	}
	return fmt.Sprintf("%s (%d characters)", strconv.Quote(cut), len(s))
}
