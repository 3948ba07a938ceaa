package field

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// The attributes of a parent.
const (
	ParentEntity = "entity"
	ParentID     = "id"
)

// Types of a parent, and of the list.
var (
	ParentType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{ParentEntity: tftypes.String,
		ParentID: tftypes.String}}
	ParentsType = tftypes.List{ElementType: ParentType}
)

// SameParents compares known lists; none and an empty one are the same, and so is a UUID in either case.
func SameParents(a, b tftypes.Value) bool {
	return a.Equal(b) || slices.EqualFunc(Parents(a), Parents(b), demandflow.Parent.Equal)
}

// Parents returns the known parents of a plan, as a create sends them.
func Parents(v tftypes.Value) []demandflow.Parent {
	var parents []demandflow.Parent
	for _, element := range Elements(v) {
		parent := Map(element)
		parents = append(parents,
			demandflow.Parent{Entity: Text(parent[ParentEntity]), ID: Text(parent[ParentID])})
	}
	return parents
}

// WithIDsOf returns a list with the ids that another list has at the same places, where they differ in case alone.
func WithIDsOf(list, other tftypes.Value) tftypes.Value {
	elements, others := Elements(list), Elements(other)
	for i := range min(len(elements), len(others)) {
		parent, before := Map(elements[i]), Map(others[i])[ParentID]
		if parent != nil && Text(before) != "" && strings.EqualFold(Text(parent[ParentID]), Text(before)) {
			parent[ParentID] = before
			elements[i] = tftypes.NewValue(ParentType, parent)
		}
	}
	if elements == nil {
		return list
	}
	return tftypes.NewValue(ParentsType, elements)
}

// DecodeParents reads the list from an object's combo key. A key that cannot be read leaves the state as it is.
func DecodeParents(prior tftypes.Value, object demandflow.Object) tftypes.Value {
	key, err := demandflow.ParseComboKey(object.Text("comboKey"))
	if err != nil {
		return prior
	}
	list := make([]tftypes.Value, len(key.Parents))
	for i, parent := range key.Parents {
		list[i] = tftypes.NewValue(ParentType, map[string]tftypes.Value{
			ParentEntity: tftypes.NewValue(tftypes.String, parent.Entity), ParentID: tftypes.NewValue(tftypes.String, parent.ID),
		})
	}
	now := tftypes.NewValue(ParentsType, list)
	switch {
	case SameParents(prior, now):
		return prior
	case len(list) == 0:
		return tftypes.NewValue(ParentsType, nil)
	}
	return now
}

var entityCode = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// IsEntityCode reports whether a text has the form of an entity's code.
func IsEntityCode(s string) bool { return entityCode.MatchString(s) }

// ParentsProblem returns what is wrong with a list, as far as it is known. Ids are checked by ParentIDProblem.
func ParentsProblem(v tftypes.Value) string {
	for i, element := range Elements(v) {
		parent := Map(element)
		if parent == nil {
			if element.IsKnown() {
				return fmt.Sprintf("Parent %d is null. Remove it.", i+1)
			}
			continue
		}
		code := Text(parent[ParentEntity])
		switch known := parent[ParentEntity].IsKnown(); {
		case known && !IsEntityCode(code):
			return fmt.Sprintf("Parent %d: %q is not the code of an entity. Codes are in capitals, such as K8SCLUSTER.", i+1,
				code)
		case known && demandflow.ReservedSegment(code) != "":
			return fmt.Sprintf("Parent %d: %s is %s, which every key has. Leave it out.", i+1, code,
				demandflow.ReservedSegment(code))
		}
	}
	return ""
}

// ParentIDProblem returns what is wrong with the ids of a list of parents, as far as they are known.
func ParentIDProblem(v tftypes.Value) string {
	for i, element := range Elements(v) {
		if parent := Map(element); parent != nil && parent[ParentID].IsKnown() &&
			!entity.IsID(Text(parent[ParentID])) {
			return fmt.Sprintf("Parent %d: %q is not an id. Give the parent's UUID.", i+1, Text(parent[ParentID]))
		}
	}
	return ""
}
