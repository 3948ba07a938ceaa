package field

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

const hiddenDifference = "another value than was sent; neither is shown, because it may be a secret"

// Difference returns what was sent and what the answer has of the field, "" where both mean the same. A secret is not
// shown, nor is a custom field: what the definition calls a text may be a secret all the same.
func (c Codec) Difference(sent any, answer demandflow.Object) string {
	planned, _ := c.Decode(sent) // this codec has encoded it
	kept, err := c.Decode(answer[c.Name])
	switch {
	case err == nil && c.Keeps(planned, kept, answer):
		return ""
	case c.Custom && demandflow.Hidden(&entity.Field{Name: c.Name, Secret: true}, answer):
		return ""
	case c.Secret || c.Custom:
		return hiddenDifference
	case err != nil:
		return difference(c.show(planned), jsonText(answer[c.Name]))
	}
	return difference(c.show(planned), c.show(kept))
}

func difference(sent, kept string) string {
	sent, kept = excerpts(sent, kept)
	return fmt.Sprintf("sent %s, kept %s", sent, kept)
}

// show returns a known value as a message has it.
func (c Codec) show(v tftypes.Value) string {
	if v.IsNull() {
		return ""
	}
	switch {
	case c.Type.Is(tftypes.Number):
		var number big.Float
		must(v.As(&number))
		return digits(&number)
	case c.Type.Is(tftypes.String):
		return Text(v)
	case c.Type.Is(tftypes.Bool):
		return jsonText(c.Encode(v))
	case c.Type.Is(tftypes.Map{}):
		return strings.Join(pairs(v), ", ")
	default:
		return strings.Join(Texts(v), ", ")
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
