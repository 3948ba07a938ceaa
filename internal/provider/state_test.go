package provider_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// States that were written once must be readable for ever. testdata/state has one of each version of each resource's
// schema, as Terraform wrote it, with all arguments set. They are never written anew: who adds a version adds a state,
//
//	go test ./internal/provider -run TestState -write-states
//
// and an upgrade to it (internal/catalogue/upgrade.go).
var writeStates = flag.Bool("write-states", false, "write the states of versions that have none yet")

// A writtenState is a resource as it was once: the configuration, the object in DemandFlow, and the state of both.
type writtenState struct {
	resource string
	version  int64
}

func (s writtenState) file(name string) string {
	return filepath.Join("testdata", "state", s.resource, name)
}
func (s writtenState) stateFile() string  { return s.file(fmt.Sprintf("v%d.tfstate", s.version)) }
func (s writtenState) objectFile() string { return s.file(fmt.Sprintf("v%d.json", s.version)) }

// writtenStates are those that there should be: of every version up to the one that is written now.
func writtenStates(t *testing.T) []writtenState {
	t.Helper()
	var states []writtenState
	for _, construct := range catalogue.Resources() {
		var name resource.MetadataResponse
		var schema resource.SchemaResponse
		r := construct()
		r.Metadata(t.Context(), resource.MetadataRequest{}, &name)
		r.Schema(t.Context(), resource.SchemaRequest{}, &schema)
		for version := range schema.Schema.Version + 1 {
			states = append(states, writtenState{strings.TrimPrefix(name.TypeName, "_"), version})
		}
	}
	return states
}

// attributes are the resource's, and the version of its schema, in the state.
func (s writtenState) attributes(t *testing.T) (map[string]any, int64) {
	t.Helper()
	var state struct {
		Resources []struct {
			Instances []struct {
				Version    int64 `json:"schema_version"`
				Attributes map[string]any
			}
		}
	}
	if err := json.Unmarshal([]byte(exampleText(t, s.stateFile())), &state); err != nil {
		t.Fatal(err)
	}
	instance := state.Resources[0].Instances[0]
	return instance.Attributes, instance.Version
}

func TestState_ofEveryVersionIsReadWithoutALoss(t *testing.T) {
	if *writeStates {
		t.Skip("the states are being written")
	}
	for _, written := range writtenStates(t) {
		t.Run(written.stateFile(), func(t *testing.T) {
			before, version := written.attributes(t)
			if version != written.version {
				t.Fatalf("it is a state of version %d", version)
			}
			document, err := json.Marshal(before)
			if err != nil {
				t.Fatal(err)
			}
			server, err := providertest.Factories()["demandflow"]()
			if err != nil {
				t.Fatal(err)
			}
			answer, err := server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
				TypeName: "demandflow_" + written.resource, Version: version, RawState: &tfprotov6.RawState{JSON: document},
			})
			if err != nil || len(answer.Diagnostics) > 0 {
				t.Fatal(err, answer.Diagnostics)
			}
			checkNothingLost(t, server, written, before, answer.UpgradedState)
		})
	}
}

// checkNothingLost compares a state of the current version with what was read of it. An attribute that is no longer
// there, or not as it was, is a new version of the schema. (What an upgrade makes of an older version is for its own
// test to say.)
func checkNothingLost(t *testing.T, server tfprotov6.ProviderServer, written writtenState, before map[string]any,
	upgraded *tfprotov6.DynamicValue) {
	t.Helper()
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	schema := schemas.ResourceSchemas["demandflow_"+written.resource]
	raw, err := upgraded.Unmarshal(schema.ValueType())
	if err != nil {
		t.Fatal(err)
	}
	var after map[string]tftypes.Value
	if err := raw.As(&after); err != nil {
		t.Fatal(err)
	}
	if written.version != schema.Version {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		value, ok := after[name]
		if !ok || value.IsNull() != (before[name] == nil) {
			t.Errorf("the attribute %s is lost: a state of version %d has %v. Append an upgrade, which makes a new version",
				name, written.version, before[name])
		}
	}
}

// The state, its private part included, is all that Terraform knows of the time before: with it, nothing is to be done,
// and an argument that is taken away is cleared.
func TestState_ofEveryVersionPlansAsItDid(t *testing.T) {
	for _, written := range writtenStates(t) {
		t.Run(written.stateFile(), func(t *testing.T) {
			hcl := exampleText(t, written.file("main.tf"))
			if *writeStates {
				written.write(t, hcl)
				return
			}
			var object map[string]any
			if err := json.Unmarshal([]byte(exampleText(t, written.objectFile())), &object); err != nil {
				t.Fatal(err)
			}
			tenant := providertest.New(t, emulator.Options{})
			if _, err := tenant.Seed(object); err != nil {
				t.Fatal(err)
			}
			state := exampleText(t, written.stateFile())
			if onOpenTofu() {
				state = strings.ReplaceAll(state, "registry.terraform.io", "registry.opentofu.org")
			}
			run := newEngineRun(t, tenant, map[string]string{"main.tf": hcl, "terraform.tfstate": state}, nil)
			if err := run.engine.Init(t.Context(), run.reattach); err != nil {
				t.Fatal(err)
			}
			if changes, err := run.engine.Plan(t.Context(), run.reattach); err != nil || changes {
				t.Fatalf("the plan has changes: %t, error: %v", changes, err)
			}
			without := regexp.MustCompile(`(?m)^  description .*\n`).ReplaceAllString(hcl, "")
			if err := os.WriteFile(filepath.Join(run.directory, "main.tf"), []byte(without), 0o600); err != nil {
				t.Fatal(err)
			}
			run.applyAndPlanNothing(t)
			writes := tenant.Writes()
			if len(writes) != 1 || fmt.Sprint(writes[0].Body) != "map[description:<nil>]" {
				t.Errorf("without its description there are %d writes: %v", len(writes), writes)
			}
		})
	}
}

func onOpenTofu() bool { return os.Getenv("TF_ACC_PROVIDER_HOST") == "registry.opentofu.org" }

// write applies the configuration in an empty tenant and keeps what comes of it, if the version has no state yet.
func (s writtenState) write(t *testing.T, hcl string) {
	t.Helper()
	if _, err := os.Stat(s.stateFile()); err == nil {
		return
	}
	tenant := providertest.New(t, emulator.Options{})
	run := newEngineRun(t, tenant, map[string]string{"main.tf": hcl}, nil)
	if err := run.engine.Init(t.Context(), run.reattach); err != nil {
		t.Fatal(err)
	}
	run.applyAndPlanNothing(t)
	object, err := json.MarshalIndent(s.seed(tenant), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	state := exampleText(t, filepath.Join(run.directory, "terraform.tfstate"))
	for file, text := range map[string]string{s.objectFile(): string(object) + "\n", s.stateFile(): state} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil { //nolint:gosec // it is made up, and goes into git
			t.Fatal(err)
		}
	}
}

// seed is the tenant's object as a seed takes it: without what DemandFlow says of it.
func (s writtenState) seed(tenant *providertest.Tenant) map[string]any {
	seed := map[string]any{}
	for _, e := range entity.All() {
		if e.TypeName() != s.resource {
			continue
		}
		object := tenant.Objects(e.Code)[0]
		for _, field := range e.Fields() {
			if field.Writable() {
				seed[field.Name] = object[field.Name]
			}
		}
		parents, _, _ := strings.Cut(object["comboKey"].(string), "|ENT:")
		seed["id"], seed["entity"], seed["comboKey"] = object["id"], e.Code, parents+"|ENT:"
	}
	return seed
}
