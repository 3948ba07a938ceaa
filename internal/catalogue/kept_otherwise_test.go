package catalogue_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// keeping is a tenant that stores some fields otherwise than it is sent them.
func keeping(t *testing.T, otherwise map[string]func(any) any) *providertest.Tenant {
	t.Helper()
	return providertest.New(t, emulator.Options{Keep: func(field string, value any) any {
		if change := otherwise[field]; change != nil {
			return change(value)
		}
		return value
	}})
}

func lowered(value any) any {
	text, _ := value.(string)
	return strings.ToLower(text)
}

func dropped(any) any { return nil }

func shortened(to int) func(any) any {
	return func(value any) any {
		text, _ := value.(string)
		return text[:min(to, len(text))]
	}
}

const keptSummary = "DemandFlow keeps other values of the docker "

// keptWarnings are the warnings of that kind.
func keptWarnings(warnings []string) []string {
	var kept []string
	for _, warning := range warnings {
		if strings.HasPrefix(warning, keptSummary) {
			kept = append(kept, warning)
		}
	}
	return kept
}

func mustSayKept(t *testing.T, warnings []string, lines ...string) {
	t.Helper()
	kept := keptWarnings(warnings)
	if len(kept) != 1 {
		t.Fatalf("%d warnings of values that are kept otherwise, want one: %q", len(kept), warnings)
	}
	for _, line := range lines {
		if !strings.Contains(kept[0], "\n  "+line+"\n") {
			t.Errorf("the warning has no line %q:\n%s", line, kept[0])
		}
	}
	if got := strings.Count(strings.Split(kept[0], "\n\n")[0], "\n  "); got != len(lines) {
		t.Errorf("the warning has %d lines, want %d:\n%s", got, len(lines), kept[0])
	}
}

func TestKeptOtherwise_isSaidOnceForEachWriteWithWhatWasSentAndWhatIsKept(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789", 10)
	tenant := keeping(t, map[string]func(any) any{"description": shortened(80), "maintainer": lowered, "license": dropped,
		"architecture": func(any) any { return []any{"arm64"} }})
	run := converse(t, tenant)
	config := api(arguments{
		"description": long, "maintainer": "Platform Team", "license": "MIT", "working_dir": "/app",
		"architecture": []tftypes.Value{tftypes.NewValue(tftypes.String, "amd64"), tftypes.NewValue(tftypes.String, "arm64")},
	})
	held, warnings := run.create(imageType, config)
	mustSayKept(t, warnings,
		`architecture: sent "amd64, arm64", kept "arm64"`,
		`description: sent "…`+long[40:]+`" (100 characters), kept "…`+long[20:80]+`" (80 characters)`,
		`maintainer: sent "Platform Team", kept "platform team"`,
		`license: sent "MIT", kept nothing`)
	if held.text("maintainer") != "Platform Team" {
		t.Errorf("the state has the maintainer %q, and not what was planned", held.text("maintainer"))
	}

	held = run.refresh(imageType, held)
	if held.text("maintainer") != "platform team" {
		t.Errorf("the refresh brings the maintainer %q, and not what is kept", held.text("maintainer"))
	}
	config = with(config, arguments{"maintainer": "Team", "license": nil, "description": "short", "architecture": nil})
	planned := run.plan(imageType, held, config)
	_, warnings = run.apply(imageType, held, config, planned)
	mustSayKept(t, warnings, `architecture: sent nothing, kept "arm64"`, `maintainer: sent "Team", kept "team"`)
}

func TestKeptOtherwise_saysNothingOfSpelling(t *testing.T) {
	t.Parallel()
	tenant := keeping(t, map[string]func(any) any{
		"dockerfile":  func(value any) any { return strings.TrimSuffix(value.(string), "\n") },
		"description": func(value any) any { return strings.ReplaceAll(value.(string), "\n", "\r\n") + "\r\n" },
		"maintainer":  func(value any) any { return strings.ReplaceAll(value.(string), "é", "e\u0301") },
		"env":         func(any) any { return "{ \"b\": 2.0, \"a\": 1 }" },
		"note":        func(value any) any { return value.(string) + "\n" },
	})
	tenant.EditField(imageCode, "note", map[string]any{"type": "text"})
	run := converse(t, tenant)
	config := api(arguments{
		"dockerfile": "FROM scratch\nCMD [\"x\"]\n", "description": "one\ntwo", "maintainer": "René", "env": `{"a":1,"b":2}`,
		"custom_fields": map[string]tftypes.Value{"note": tftypes.NewValue(tftypes.String, `"one"`)},
	})
	held, warnings := run.create(imageType, config)
	if kept := keptWarnings(warnings); len(kept) > 0 {
		t.Errorf("spelling is said to be another value: %q", kept)
	}
	refreshed := run.refresh(imageType, held)
	for _, attribute := range []string{"dockerfile", "description", "maintainer", "env", "custom_fields"} {
		if got, want := refreshed.attribute(t, attribute), held.attribute(t, attribute); !got.Equal(want) {
			t.Errorf("the refresh brings another spelling of %s: %s, was %s", attribute, got, want)
		}
	}
}

// Secrets are in no warning, even if DemandFlow keeps them otherwise: neither is a tenant's own field that may be one.
func TestKeptOtherwise_showsNoSecret(t *testing.T) {
	t.Parallel()
	tenant := keeping(t, map[string]func(any) any{"password": lowered, "token": lowered, "vaultKey": lowered,
		"signingKey": func(value any) any { return strings.TrimSpace(value.(string)) }})
	tenant.EditField(entity.DockerRegistry.Code, "vaultKey", map[string]any{"type": "password"})
	run := converse(t, tenant)
	_, warnings := run.create(registryType, harbor(arguments{
		"password": "SWORDFISH", "token_wo": "HALIBUT-1", "token_wo_version": 1, "signing_key": "-----KEY-----\n",
		"custom_fields": map[string]tftypes.Value{"vaultKey": tftypes.NewValue(tftypes.String, `"STURGEON"`)},
	}))
	const unshown = ": another value than was sent; neither is shown, because it may be a secret"
	mustSayKept(t, warnings, "password"+unshown, "token"+unshown, "custom_fields.vaultKey"+unshown)
	for _, secret := range []string{"SWORDFISH", "HALIBUT", "STURGEON"} {
		if strings.Contains(strings.ToUpper(strings.Join(warnings, "\n")), secret) {
			t.Errorf("a warning has the secret %s: %q", secret, warnings)
		}
	}
}

// What hides a secret, or answers with the id alone, does not say that it keeps anything otherwise.
func TestKeptOtherwise_isNotSaidOfAnAnswerThatLeavesThingsOut(t *testing.T) {
	t.Parallel()
	run := converse(t, providertest.New(t, emulator.Options{Answers: emulator.Answers{HideSecrets: true}}))
	if _, warnings := run.create(registryType,
		harbor(arguments{"password": "swordfish"})); len(keptWarnings(warnings)) > 0 {
		t.Errorf("a hidden secret is said to be kept otherwise: %q", warnings)
	}
}
