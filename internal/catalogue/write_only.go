package catalogue

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// Each secret has a write-only counterpart, which Terraform keeps in neither plan nor state, and a version. A new
// version sends the secret again: Terraform cannot detect a change of a value that it does not keep.

func writeOnlyArgument(c column) string { return c.attribute + "_wo" }
func versionArgument(c column) string   { return c.attribute + "_wo_version" }

func (t *table) secrets() []column {
	var secrets []column
	for _, c := range t.columns {
		if c.Secret {
			secrets = append(secrets, c)
		}
	}
	return secrets
}

func (t *table) writeOnlySchemas(attributes map[string]schema.Attribute) {
	for _, c := range t.secrets() {
		attributes[writeOnlyArgument(c)] = schema.StringAttribute{
			Optional: true, WriteOnly: true, Sensitive: true,
			MarkdownDescription: fmt.Sprintf("%s Write-only: it is in neither plan nor state. Needs `%s`: it is sent on "+
				"create, and when that changes. Conflicts with `%s`.", c.Doc, versionArgument(c), c.attribute),
		}
		attributes[versionArgument(c)] = schema.Int64Attribute{
			Optional: true, Computed: true, MarkdownDescription: fmt.Sprintf("Change it to have `%s` sent again.",
				writeOnlyArgument(c)),
		}
	}
}

// preferWriteOnly warns of plain secrets, which have write-only counterparts: once for all of them, under the summary
// that Terraform's users know. It does not point at them, because Terraform would quote their lines.
func (t *table) preferWriteOnly(config values) diag.Diagnostics {
	var plain, counterparts []string
	for _, c := range t.secrets() {
		if secret := config[c.attribute]; secret.IsKnown() && !c.IsUnset(secret) {
			plain, counterparts = append(plain, c.attribute), append(counterparts, writeOnlyArgument(c))
		}
	}
	if len(plain) == 0 {
		return nil
	}
	return diag.Diagnostics{plainSecrets(plain, counterparts)}
}

// validateWriteOnly finds contradictions. What is not known yet may turn out to be null, as where a module passes all
// three arguments through; Terraform validates again when it is known.
func (t *table) validateWriteOnly(config values) diag.Diagnostics {
	var diags diag.Diagnostics
	given := func(v tftypes.Value) bool { return v.IsKnown() && !v.IsNull() }
	for _, c := range t.secrets() {
		wo, woVersion, problem := writeOnlyArgument(c), versionArgument(c), ""
		secret, version := config[wo], config[woVersion]
		switch {
		case given(secret) && given(config[c.attribute]):
			problem = fmt.Sprintf("It conflicts with %s. Keep one of the two: %s stays out of the state.", c.attribute, wo)
		case given(secret) && field.Text(secret) == "": // the empty answer of a vault must not clear a secret in use
			problem = fmt.Sprintf("It is empty. To clear the secret, remove both %s and %s.", wo, woVersion)
		case given(secret) && version.IsNull(): // a new or changed secret of an existing object would never be sent
			problem = fmt.Sprintf("It needs %s, by which Terraform knows when to send it: the secret itself is kept nowhere. "+
				"Set %s = 1, and another number whenever the secret changes.", woVersion, woVersion)
		case secret.IsNull() && given(version):
			diags.Append(invalidArgument(woVersion,
				fmt.Sprintf("It says when to send %s again, which is not set. Set %s, or remove the version.", wo, wo)))
		}
		if problem != "" {
			diags.Append(invalidArgument(wo, problem))
		}
	}
	return diags
}

// versionsMoved reports whether a secret's version changes, so that the secret is sent or cleared.
func (t *table) versionsMoved(config, state values) bool {
	for _, c := range t.secrets() {
		if t.refusal(c) == "" && !config[versionArgument(c)].Equal(state[versionArgument(c)]) {
			return true
		}
	}
	return false
}

// addWriteOnly puts the write-only secrets that are due into a write. Their values are in the configuration alone. A
// plain secret that its write-only counterpart replaces is overwritten, not cleared. The plan decides whether one is
// due: the configuration of an apply still has what ignore_changes leaves out.
func (t *table) addWriteOnly(fields demandflow.Object, plan, config, state values, owned ownedFields) {
	for _, c := range t.secrets() {
		secret, version, unanswered := config[writeOnlyArgument(c)], versionArgument(c), t.unanswered(c, owned, state)
		_, clears := fields[c.Name]
		due := state == nil || clears || unanswered || !plan[version].Equal(state[version])
		switch {
		case due && !secret.IsNull():
			fields[c.Name] = c.Encode(secret)
		case due && state != nil && config[c.attribute].IsNull() && plan[version].IsNull() &&
			(unanswered || !state[version].IsNull()) &&
			t.refusal(c) == "":
			fields[c.Name] = nil // the configuration gave the secret up
		}
	}
	if state == nil { // a create leaves out what is not set
		for name, value := range fields {
			if value == nil {
				delete(fields, name)
			}
		}
	}
}
