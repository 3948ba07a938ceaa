package demandflow

import (
	"fmt"
	"strings"
)

// The codes of a combo key's first and last segment.
const (
	tenantSegment = "SUB"
	ownSegment    = "ENT"
)

// ReservedSegment returns what a code stands for that no parent can have, because it is that of a key's first or last
// segment; "" for all others.
func ReservedSegment(code string) string {
	switch code {
	case tenantSegment:
		return "the tenant"
	case ownSegment:
		return "the object itself"
	}
	return ""
}

// A Parent is an object above another one in the tenant's hierarchy.
type Parent struct {
	Entity string // code, such as K8SCLUSTER
	ID     string
}

// Equal reports whether two name the same object; a UUID may be in either case.
func (p Parent) Equal(other Parent) bool {
	return p.Entity == other.Entity && strings.EqualFold(p.ID, other.ID)
}

// A ComboKey is the place of an object: SUB:{subscription}|{PARENT}:{id}|…|ENT:{id}, the top-most parent first.
type ComboKey struct {
	Subscription string
	Parents      []Parent
	ID           string // "" in the key that a create sends: DemandFlow appends the new id
}

// NewComboKey returns the key that a create sends; it ends in "|ENT:". DemandFlow takes a malformed key without
// complaint and keeps it for ever, so parts that would break it are refused here.
func NewComboKey(subscription string, parents []Parent) (ComboKey, error) {
	key := ComboKey{Subscription: subscription, Parents: parents}
	return key, key.check()
}

// ParseComboKey reads a key, complete or in the form that a create sends. Its String is the text again.
func ParseComboKey(text string) (ComboKey, error) {
	segments := strings.Split(text, "|")
	if len(segments) < 2 {
		return ComboKey{}, fmt.Errorf("%q is no combo key: it should look like SUB:{subscription}|ENT:{id}", text)
	}
	var key ComboKey
	for i, segment := range segments {
		code, id, found := strings.Cut(segment, ":")
		switch {
		case !found:
			return ComboKey{}, fmt.Errorf("%q is no combo key: its segment %q has no colon", text, segment)
		case (i == 0) != (code == tenantSegment):
			return ComboKey{}, fmt.Errorf("%q is no combo key: its first segment, and no other, must be %s", text, tenantSegment)
		case (i == len(segments)-1) != (code == ownSegment):
			return ComboKey{}, fmt.Errorf("%q is no combo key: its last segment, and no other, must be %s", text, ownSegment)
		case i == 0:
			key.Subscription = id
		case i == len(segments)-1:
			key.ID = id
		default:
			key.Parents = append(key.Parents, Parent{code, id})
		}
	}
	return key, key.check()
}

// String returns the key as DemandFlow writes it.
func (k ComboKey) String() string {
	var text strings.Builder
	text.WriteString(tenantSegment + ":" + k.Subscription)
	for _, parent := range k.Parents {
		text.WriteString("|" + parent.Entity + ":" + parent.ID)
	}
	text.WriteString("|" + ownSegment + ":" + k.ID)
	return text.String()
}

func (k ComboKey) check() error {
	if k.Subscription == "" || strings.Contains(k.Subscription, "|") {
		return fmt.Errorf("%q cannot be the subscription of a combo key", k.Subscription)
	}
	if strings.Contains(k.ID, "|") {
		return fmt.Errorf("%q cannot be the id of a combo key", k.ID)
	}
	for _, parent := range k.Parents {
		switch {
		case parent.Entity == "" || ReservedSegment(parent.Entity) != "" || strings.ContainsAny(parent.Entity, "|:"):
			return fmt.Errorf("%q cannot be the entity of a parent in a combo key", parent.Entity)
		case parent.ID == "" || strings.Contains(parent.ID, "|"):
			return fmt.Errorf("%q cannot be the id of a parent (%s) in a combo key", parent.ID, parent.Entity)
		}
	}
	return nil
}
