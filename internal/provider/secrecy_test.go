package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A secrecy is a tenant full of canaries, and the engine at work with it, at its most talkative.
type secrecy struct {
	*workspace
	demandflow *gossip
	token      canary
	first      []canary // what the configuration gives the four secrets,
	second     []canary // and what they change to
	stranger   []canary // secrets that only people set, in the UI
	custom     []canary // in a field that the tenant added, which is no secret
}

// secretFields are the registry's, in the order of the form.
func secretFields() []*entity.Field {
	return slices.DeleteFunc(entity.DockerRegistry.Fields(), func(f *entity.Field) bool { return !f.Secret })
}

// secretForms are what secrets look like, with characters that are spelt differently in JSON, addresses and pages.
var secretForms = []string{`%s`, `p"<ä>&\ %s 100%`, "-----BEGIN KEY-----\n%s\n-----END KEY-----\n", `whsec_%s+/=`}

func canariesOf(whose string) []canary {
	var canaries []canary
	for i, field := range secretFields() {
		canaries = append(canaries, newCanary(whose+" "+field.Name, secretForms[i%len(secretForms)]))
	}
	return canaries
}

// fieldsOf are the canaries as fields of an object.
func fieldsOf(canaries []canary) map[string]any {
	fields := map[string]any{}
	for i, field := range secretFields() {
		fields[field.Name] = canaries[i].value
	}
	return fields
}

// newSecrecy starts a tenant in which there is one registry already, "Stranger", whose secrets people set.
func newSecrecy(t *testing.T) *secrecy {
	t.Helper()
	s := &secrecy{
		token: newCanary("provider's token", `df_pat_%s"&<+/=\~`),
		first: canariesOf("first"), second: canariesOf("second"),
		custom: []canary{newCanary("first custom", "%s"), newCanary("second custom", "%s")},
	}
	s.demandflow = &gossip{
		Server: emulator.New(emulator.Options{Token: s.token.value}), answers: map[string]int{},
		stored: []string{http.MethodPatch}, // before it, the object is read, so that its secrets are known
	}
	listener := httptest.NewServer(s.demandflow)
	t.Cleanup(listener.Close)
	code := entity.DockerRegistry.Code
	s.demandflow.EditField(code, "rotation", map[string]any{"type": "text"})
	s.demandflow.EditField(code, "vaultKey", map[string]any{"type": "password"})

	strangers, vault := canariesOf("stranger's"), newCanary("stranger's vaultKey", "%s")
	object := fieldsOf(strangers)
	maps.Copy(object, map[string]any{
		"entity": code, "name": "Stranger", "url": "https://stranger.example.com", "registryType": "2", "status": "1",
		"username": "robot", "vaultKey": vault.value,
	})
	if _, err := s.demandflow.Seed(object); err != nil {
		t.Fatal(err)
	}
	s.stranger = append(strangers, vault)

	s.workspace = newWorkspace(t, listener.URL, map[string]string{
		"DEMANDFLOW_TOKEN": s.token.value, "DEMANDFLOW_SUBSCRIPTION_ID": emulator.DefaultSubscription,
		"DEMANDFLOW_MAX_RETRIES": "1", "TF_LOG": "TRACE",
	})
	s.environment["TF_LOG_PATH"] = s.trace()
	s.give(s.first, s.custom[0], 1)
	s.registries("")
	return s
}

func (s *secrecy) trace() string { return filepath.Join(s.root, "trace.log") }

// give sets the variables. They come from the environment, because the engine logs its command line.
func (s *secrecy) give(secrets []canary, custom canary, version int) {
	for i, field := range secretFields() {
		s.environment["TF_VAR_"+field.AttributeName()] = secrets[i].value
	}
	s.environment["TF_VAR_custom"] = custom.value
	s.environment["TF_VAR_secrets_version"] = strconv.Itoa(version)
}

// registries has the configuration have one for each manner of the gossip, and a new one each if there is a prefix.
func (s *secrecy) registries(prefix string) {
	names := slices.Sorted(maps.Keys(manners))
	if prefix != "" {
		for name := range maps.Keys(manners) {
			names = append(names, prefix+name)
		}
	}
	s.environment["TF_VAR_registries"] = asJSON(names)
}

// tell has the registries created, updated, imported, read and deleted, and each of it fail in every manner. What it
// leaves in the workspace is what people may come across.
func (s *secrecy) tell(t *testing.T, configuration string) {
	t.Helper()
	s.write(t, "main.tf", configuration)
	s.mustRun(t, "plan", "-no-color", "-out=first.tfplan")
	s.shown(t, "first.tfplan")
	s.mustRun(t, "apply", "-no-color", "first.tfplan")
	s.wantStored(t, s.first)

	s.give(s.second, s.custom[1], 2)
	s.edit(t, "bare", fieldsOf(canariesOf("edited")))
	s.mustRun(t, "plan", "-no-color", "-out=second.tfplan")
	s.shown(t, "second.tfplan")
	s.demandflow.gossips(http.MethodPatch)
	s.wantErrors(t, http.MethodPatch, s.mustFail(t, "apply", "-no-color", "second.tfplan"))
	s.demandflow.gossips()
	s.mustRun(t, "apply", "-no-color", "-auto-approve")
	s.wantStored(t, s.second)

	s.demandflow.gossips(http.MethodGet, methodQuery)
	s.write(t, "imports.tf", importsOf(s.registry(t, "bare")["id"]))
	s.wantErrors(t, http.MethodGet, s.mustFail(t, "plan", "-no-color"))
	s.write(t, "imports.tf", "")
	s.registries("new-")
	s.demandflow.gossips()
	s.mustRun(t, "plan", "-no-color", "-out=third.tfplan")
	s.demandflow.gossips(http.MethodPost)
	s.wantErrors(t, http.MethodPost, s.mustFail(t, "apply", "-no-color", "third.tfplan"))
	s.demandflow.gossips(http.MethodDelete)
	s.mustFail(t, "destroy", "-no-color", "-auto-approve", "-refresh=false")
	s.demandflow.wantGossip(t, http.MethodDelete)
	s.shown(t)
}

// shown has the engine show the state, or a plan, to people and as JSON, which shows what is sensitive.
func (s *secrecy) shown(t *testing.T, plan ...string) {
	t.Helper()
	s.mustRun(t, append([]string{"show", "-no-color"}, plan...)...)
	s.mustRun(t, append([]string{"show", "-json"}, plan...)...)
}

func (s *secrecy) edit(t *testing.T, name string, changes map[string]any) {
	t.Helper()
	s.demandflow.Edit(s.registry(t, name)["id"].(string), changes)
}

func (s *secrecy) registry(t *testing.T, name string) map[string]any {
	t.Helper()
	for _, object := range s.demandflow.Objects(entity.DockerRegistry.Code) {
		if object["name"] == name {
			return object
		}
	}
	t.Fatalf("DemandFlow has no registry %q", name)
	return nil
}

// wantStored says that the secrets arrived, so that there was something to find: those of the configuration in each
// registry, and the stranger's, by way of the ephemeral resource, in the copy.
func (s *secrecy) wantStored(t *testing.T, secrets []canary) {
	t.Helper()
	s.keep(t)
	for _, manner := range slices.Sorted(maps.Keys(manners)) {
		object := s.registry(t, manner)
		for name, want := range fieldsOf(secrets) {
			if object[name] != want {
				t.Errorf("the %s of %q is %q, want %q", name, manner, object[name], want)
			}
		}
	}
	var config struct{ Auths map[string]map[string]string }
	if err := json.Unmarshal([]byte(fmt.Sprint(s.registry(t, "copy")["token"])), &config); err != nil {
		t.Fatalf("the copy has no Docker configuration: %v", err)
	}
	if got, want := config.Auths["stranger.example.com"]["password"], s.registry(t, "Stranger")["password"]; got != want {
		t.Errorf("the copy has the password %q, want %q", got, want)
	}
}

// wantErrors says that every manner that is no success failed and that secrets were repeated, or there would have been
// nothing to hide.
func (s *secrecy) wantErrors(t *testing.T, method, printed string) {
	t.Helper()
	s.keep(t)
	s.demandflow.wantGossip(t, method)
	want := len(manners)
	if method == http.MethodPatch {
		want -= len(successes)
	}
	if errors := strings.Count(printed, "Error: "); errors < want {
		t.Errorf("%d errors of %s, want one for each of %d manners:\n%s", errors, method, want, printed)
	}
	for _, finding := range tracesIn("the errors of "+method, []byte(printed), s.custom) {
		t.Error(finding)
	}
	hidden := []string{"[token]"}
	if method != http.MethodGet {
		for _, field := range secretFields() {
			hidden = append(hidden, "["+field.Name+"]")
		}
		hidden = append(hidden, "[rotation]")
	}
	for _, mark := range hidden {
		if !strings.Contains(printed, mark) {
			t.Errorf("no error of %s has %s in a secret's place:\n%s", method, mark, printed)
		}
	}
}

// keep saves the state as it is now: the next apply overwrites it.
func (s *secrecy) keep(t *testing.T) {
	t.Helper()
	name := filepath.Join(s.root, fmt.Sprintf("%02d.tfstate", s.calls))
	if err := os.WriteFile(name, []byte(s.read(t, "terraform.tfstate")), 0o600); err != nil {
		t.Fatal(err)
	}
}
