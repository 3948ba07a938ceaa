package fastpath

import (
	"bytes"
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ValidateResourceConfig validates a configuration. Terraform calls it at least once for each instance.
func (s *Server) ValidateResourceConfig(ctx context.Context,
	req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if answer := s.ValidateFast(req); answer != nil {
		return answer, nil
	}
	return s.Framework.ValidateResourceConfig(ctx, req)
}

// ValidateFast answers if the configuration has no diagnostics.
func (s *Server) ValidateFast(req *tfprotov6.ValidateResourceConfigRequest) *tfprotov6.ValidateResourceConfigResponse {
	resource, ours := s.resources[req.TypeName]
	if !ours {
		return nil
	}
	config, ok := open(req.Config, resource.Type())
	if !ok || !resource.Valid(config, req.ClientCapabilities != nil && req.ClientCapabilities.WriteOnlyAttributesAllowed) {
		return nil
	}
	return &tfprotov6.ValidateResourceConfigResponse{}
}

// UpgradeResourceState upgrades a state. Terraform calls it each time that it reads an instance from the state,
// whatever its version.
func (s *Server) UpgradeResourceState(ctx context.Context,
	req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if answer := s.UpgradeFast(req); answer != nil {
		return answer, nil
	}
	return s.Framework.UpgradeResourceState(ctx, req)
}

// UpgradeFast returns a state of the current version as it is. The framework would decode and encode it, and drop what
// the schema does not have, so the state must have nothing else.
func (s *Server) UpgradeFast(req *tfprotov6.UpgradeResourceStateRequest) *tfprotov6.UpgradeResourceStateResponse {
	resource, ours := s.resources[req.TypeName]
	if !ours || req.Version != resource.Version() || req.RawState == nil || !fits(req.RawState.JSON, resource.Type()) {
		return nil
	}
	return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &tfprotov6.DynamicValue{JSON: req.RawState.JSON}}
}

// ReadResource refreshes an instance. Terraform calls it once for each instance, unless -refresh=false is set.
func (s *Server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse,
	error) {
	ctx = Remembering(ctx)
	if answer := s.ReadFast(ctx, req); answer != nil {
		return answer, nil
	}
	answer, err := s.Framework.ReadResource(ctx, req)
	if resource, ours := s.resources[req.TypeName]; ours && err == nil {
		if state, ok := open(answer.NewState, resource.Type()); ok {
			if encoded, err := asStateFile(state); err == nil {
				answer.NewState = encoded
			}
		}
	}
	return answer, err
}

// ReadFast answers if the object exists and there are no diagnostics. Beyond the resource's own Read, the framework
// keeps the spelling of values with semantic equality, of which there are none, removes write-only values, which no
// state has, and refuses a changed identity.
func (s *Server) ReadFast(ctx context.Context, req *tfprotov6.ReadResourceRequest) *tfprotov6.ReadResourceResponse {
	resource, ours := s.resources[req.TypeName]
	if !ours {
		return nil
	}
	state, isState := open(req.CurrentState, resource.Type())
	identity, isIdentity := openIdentity(req.CurrentIdentity, resource.Identity())
	kept, isPrivate := private(req.Private)
	if !isState || !isIdentity || !isPrivate {
		return nil
	}
	ctx, release := s.interruptible(ctx)
	defer release()
	outcome := resource.Read(ctx, state, identity, kept)
	if outcome == nil || !stays(identity, outcome.Identity) {
		return nil
	}
	now, err := asStateFile(outcome.State)
	answer := &tfprotov6.ReadResourceResponse{NewState: now, Private: req.Private, NewIdentity: wire(outcome.Identity)}
	if outcome.Private != nil && err == nil {
		answer.Private, err = outcome.Private.document()
	}
	if err != nil || answer.NewIdentity == nil {
		return nil
	}
	return answer
}

// PlanResourceChange plans an instance. Terraform calls it once for each instance, and again in the apply for one that
// changes.
func (s *Server) PlanResourceChange(ctx context.Context,
	req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	ctx = Remembering(ctx)
	if answer := s.PlanFast(ctx, req); answer != nil {
		return answer, nil
	}
	return s.Framework.PlanResourceChange(ctx, req)
}

// PlanFast answers if there are no diagnostics. Beyond the resource's own plan, the framework applies defaults and plan
// modifiers of attributes, of which there are none, marks computed values as unknown and removes write-only values; the
// resource's plan replaces all of these. A destroy plans nothing.
func (s *Server) PlanFast(ctx context.Context,
	req *tfprotov6.PlanResourceChangeRequest) *tfprotov6.PlanResourceChangeResponse {
	resource, ours := s.resources[req.TypeName]
	if !ours {
		return nil
	}
	state, isState := openOrNull(req.PriorState, resource.Type())
	_, isIdentity := openIdentity(req.PriorIdentity, resource.Identity())
	kept, isPrivate := private(req.PriorPrivate)
	if !isState || !isIdentity || !isPrivate {
		return nil
	}
	answer := &tfprotov6.PlanResourceChangeResponse{PlannedPrivate: req.PriorPrivate, PlannedIdentity: req.PriorIdentity}
	if answer.PlannedIdentity == nil { // as the framework answers if it knows none
		answer.PlannedIdentity = wire(tftypes.NewValue(resource.Identity(), nil))
	}
	if isNull(req.ProposedNewState) && !state.IsNull() {
		answer.PlannedState = req.ProposedNewState
		return answer
	}
	config, isConfig := open(req.Config, resource.Type())
	if !isConfig || isNull(req.ProposedNewState) {
		return nil
	}
	ctx, release := s.interruptible(ctx)
	defer release()
	outcome := resource.Plan(ctx, config, state, kept)
	if outcome == nil {
		return nil
	}
	if outcome.Unchanged { // a number that is encoded again may get another precision
		answer.PlannedState = req.PriorState
		return answer
	}
	planned, err := tfprotov6.NewDynamicValue(resource.Type(), outcome.State)
	if err != nil {
		return nil
	}
	answer.PlannedState = &planned
	return answer
}

// isNull reports whether Terraform sends null for an object, as it does where there is none.
func isNull(value *tfprotov6.DynamicValue) bool {
	return value == nil || bytes.Equal(value.MsgPack, []byte{msgpackNull})
}

const msgpackNull = 0xc0

// ApplyResourceChange applies a plan. Terraform calls it once for each instance that changes.
func (s *Server) ApplyResourceChange(ctx context.Context,
	req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	ctx, release := s.Applying(ctx)
	defer release()
	if answer := s.ApplyFast(ctx, req); answer != nil {
		return answer, nil
	}
	return s.Framework.ApplyResourceChange(ctx, req)
}

// ApplyFast applies a plan, and answers if there are no diagnostics. Beyond the resource's own Create, Update and
// Delete, the framework does what it does beyond a Read, and drops identity and private state of deleted objects. It
// decodes the whole request before it begins, and so does this, so that nothing is applied that only one of them can
// read.
func (s *Server) ApplyFast(ctx context.Context,
	req *tfprotov6.ApplyResourceChangeRequest) *tfprotov6.ApplyResourceChangeResponse {
	resource, ours := s.resources[req.TypeName]
	if !ours {
		return nil
	}
	var change Change
	var isState, isPlanned, isConfig, isIdentity, isPrivate bool
	change.State, isState = openOrNull(req.PriorState, resource.Type())
	change.Planned, isPlanned = openOrNull(req.PlannedState, resource.Type())
	change.Config, isConfig = openOrNull(req.Config, resource.Type())
	change.Identity, isIdentity = openIdentity(req.PlannedIdentity, resource.Identity())
	change.Private, isPrivate = private(req.PlannedPrivate)
	if !isState || !isPlanned || !isConfig || !isIdentity || !isPrivate {
		return nil
	}
	deletes := change.Planned.IsNull()
	if deletes != change.Config.IsNull() || deletes && change.State.IsNull() {
		return nil
	}
	ctx, release := s.interruptible(ctx)
	defer release()
	outcome := resource.Apply(ctx, change)
	if outcome == nil || !deletes && !stays(change.Identity, outcome.Identity) {
		return nil
	}
	now, err := tfprotov6.NewDynamicValue(resource.Type(), outcome.State)
	answer := &tfprotov6.ApplyResourceChangeResponse{NewState: &now, NewIdentity: wire(outcome.Identity)}
	if err == nil {
		answer.Private, err = outcome.Private.document()
	}
	if err != nil || answer.NewIdentity == nil {
		return nil
	}
	return answer
}

// stays reports whether there is an identity after a call, and it is the one that was known before, if one was.
func stays(before, after tftypes.Value) bool {
	return !after.IsFullyNull() && (before.IsFullyNull() || before.Equal(after))
}

// wire returns an identity as the protocol has it; nil if it cannot be encoded.
func wire(identity tftypes.Value) *tfprotov6.ResourceIdentityData {
	data, err := tfprotov6.NewDynamicValue(identity.Type(), identity)
	if err != nil {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: &data}
}
