package entity

import (
	"strings"
	"unicode"

	"github.com/google/uuid"
)

// AttributeName returns the field in Terraform's spelling: snake case with acronyms whole (notaryURL → notary_url,
// lastGC → last_gc, k8sIntegration → k8s_integration), and the suffix _id on a single reference (registry →
// registry_id).
func (f *Field) AttributeName() string {
	if f.TerraformName != "" {
		return f.TerraformName
	}
	name := snakeCase(f.Name)
	if f.Kind == Reference && !strings.HasSuffix(name, "_id") {
		name += "_id"
	}
	return name
}

// snakeCase puts an underscore where a lower-case letter or digit meets an upper-case one, and before the last capital
// of a run that a lower-case letter follows (LDAPServer → ldap_server). A naive version gives notary_u_r_l.
func snakeCase(name string) string {
	runes := []rune(name)
	var out strings.Builder
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 {
			after := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if !unicode.IsUpper(runes[i-1]) || after {
				out.WriteByte('_')
			}
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// IsID reports whether a text is an object's id: a UUID in its usual form, and in no other that the library reads.
func IsID(s string) bool { return len(s) == 36 && uuid.Validate(s) == nil }
