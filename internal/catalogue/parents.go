package catalogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// parentsArgument is where an object stands in the tenant's hierarchy: its combo key without the tenant and the object.
const (
	parentsArgument = "parents"
	parentEntity    = "entity"
	parentID        = "id"
)

var (
	parentType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{parentEntity: tftypes.String,
		parentID: tftypes.String}}
	parentsType = tftypes.List{ElementType: parentType}
)

func parentsSchema() schema.Attribute {
	return schema.ListNestedAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: "The objects that it stands below in the tenant's hierarchy, the top-most first. Right below " +
			"the tenant when not set. DemandFlow cannot move an object: a change replaces it. " +
			"The new object has what the configuration sets, and a new id: what people filled in, what DemandFlow counted and " +
			"what refers to the old one is lost with that one. " +
			"To keep it, apply `deletion_policy = \"abandon\"` first; `prevent_destroy` in the `lifecycle` block rules a " +
			"replacement out.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			parentEntity: schema.StringAttribute{Required: true,
				MarkdownDescription: "Code of the parent's entity, in capitals, such as `K8SCLUSTER`."},
			parentID: schema.StringAttribute{Required: true, MarkdownDescription: "Id of the parent."},
		}},
	}
}

// planParents plans the state's list where the configuration says nothing or the same. The second result reports
// whether the object must be replaced. A list that the configuration used to have and no longer has counts as a change,
// as with any field.
func planParents(config, state tftypes.Value, create, owned bool) (tftypes.Value, bool) {
	switch {
	case create:
		return config, false
	case config.IsFullyKnown() && !config.IsNull() && state.IsNull() && sameParents(config, state):
		return config, false // Terraform does not take null for a configured list, even an empty one
	case config.IsNull() && !owned, config.IsFullyKnown() && sameParents(config, state):
		return state, false
	}
	return config, true
}

// sameParents compares known lists; none and an empty one are the same, and so is a UUID in either case.
func sameParents(a, b tftypes.Value) bool {
	return a.Equal(b) || slices.EqualFunc(parentsOf(a), parentsOf(b), func(a, b demandflow.Parent) bool {
		return a.Entity == b.Entity && strings.EqualFold(a.ID, b.ID)
	})
}

// parentsOf returns the known parents of a plan, as a create sends them.
func parentsOf(v tftypes.Value) []demandflow.Parent {
	var parents []demandflow.Parent
	for _, element := range field.Elements(v) {
		parent := valuesOf(element)
		parents = append(parents,
			demandflow.Parent{Entity: field.Text(parent[parentEntity]), ID: field.Text(parent[parentID])})
	}
	return parents
}

// readParents reads the list from an object's combo key. A key that cannot be read leaves the state as it is.
func readParents(prior tftypes.Value, object demandflow.Object) tftypes.Value {
	key, err := demandflow.ParseComboKey(object.Text("comboKey"))
	if err != nil {
		return prior
	}
	list := make([]tftypes.Value, len(key.Parents))
	for i, parent := range key.Parents {
		list[i] = tftypes.NewValue(parentType, map[string]tftypes.Value{
			parentEntity: tftypes.NewValue(tftypes.String, parent.Entity), parentID: tftypes.NewValue(tftypes.String, parent.ID),
		})
	}
	now := tftypes.NewValue(parentsType, list)
	switch {
	case sameParents(prior, now):
		return prior
	case len(list) == 0:
		return tftypes.NewValue(parentsType, nil)
	}
	return now
}

var entityCode = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// parentsProblem returns what is wrong with a list, as far as it is known. Ids are checked by parentIDProblem.
func parentsProblem(v tftypes.Value) string {
	for i, element := range field.Elements(v) {
		parent := valuesOf(element)
		if parent == nil {
			if element.IsKnown() {
				return fmt.Sprintf("Parent %d is null. Remove it.", i+1)
			}
			continue
		}
		code := field.Text(parent[parentEntity])
		switch known := parent[parentEntity].IsKnown(); {
		case known && !entityCode.MatchString(code):
			return fmt.Sprintf("Parent %d: %q is not the code of an entity. Codes are in capitals, such as K8SCLUSTER.", i+1,
				code)
		case known && demandflow.ReservedSegment(code) != "":
			return fmt.Sprintf("Parent %d: %s is %s, which every key has. Leave it out.", i+1, code,
				demandflow.ReservedSegment(code))
		}
	}
	return ""
}
