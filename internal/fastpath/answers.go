package fastpath

import (
	"bytes"
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ValidateResourceConfig is asked at least once for each instance.
func (s *Server) ValidateResourceConfig(ctx context.Context,
	req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if answer := s.ValidateFast(req); answer != nil {
		return answer, nil
	}
	return s.Framework.ValidateResourceConfig(ctx, req)
}

// ValidateFast answers where there is nothing to say.
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

// UpgradeResourceState is asked each time that Terraform takes an instance out of the state, whatever its version.
func (s *Server) UpgradeResourceState(ctx context.Context,
	req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if answer := s.UpgradeFast(req); answer != nil {
		return answer, nil
	}
	return s.Framework.UpgradeResourceState(ctx, req)
}

// UpgradeFast gives back a state that is of this version. The framework would decode and encode it, and drop what the
// schema does not have; of that there must be nothing.
func (s *Server) UpgradeFast(req *tfprotov6.UpgradeResourceStateRequest) *tfprotov6.UpgradeResourceStateResponse {
	resource, ours := s.resources[req.TypeName]
	if !ours || req.Version != resource.Version() || req.RawState == nil || !fits(req.RawState.JSON, resource.Type()) {
		return nil
	}
	return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &tfprotov6.DynamicValue{JSON: req.RawState.JSON}}
}

// ReadResource is asked once for each instance, unless people leave the refresh out.
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

// ReadFast answers where the resource is there and there is nothing to say to people. What the framework does beyond
// the resource's own Read: it keeps the spelling of values whose types know spellings, of which there are none, leaves
// write-only values out, which no state has, and sees to it that an identity never changes.
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

// PlanResourceChange is asked once for each instance, and of one that changes again in the apply.
func (s *Server) PlanResourceChange(ctx context.Context,
	req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	ctx = Remembering(ctx)
	if answer := s.PlanFast(ctx, req); answer != nil {
		return answer, nil
	}
	return s.Framework.PlanResourceChange(ctx, req)
}

// PlanFast answers where there is nothing to say to people. What the framework does beyond the resource's own plan:
// defaults, and plan modifiers of attributes, of which there are none; it marks what is computed as unknown, and leaves
// write-only values out, which the resource's plan then replaces as a whole. A destroy plans nothing.
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
	if answer.PlannedIdentity == nil { // as the framework says that it knows none
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
	if outcome.Unchanged { // a number that is written anew may get another precision
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

// ApplyResourceChange is asked once for each instance that changes.
func (s *Server) ApplyResourceChange(ctx context.Context,
	req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	ctx, release := s.Applying(ctx)
	defer release()
	if answer := s.ApplyFast(ctx, req); answer != nil {
		return answer, nil
	}
	return s.Framework.ApplyResourceChange(ctx, req)
}

// ApplyFast carries a plan out, and answers where there is nothing to say to people. What the framework does beyond the
// resource's own Create, Update and Delete is what it does beyond a Read; and it forgets everything of what is deleted.
// It decodes all that it was sent before it begins, and so does this: what only one of them can read is not carried out
// by the other.
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

// wire is an identity as Terraform reads it; nil where it cannot be written.
func wire(identity tftypes.Value) *tfprotov6.ResourceIdentityData {
	data, err := tfprotov6.NewDynamicValue(identity.Type(), identity)
	if err != nil {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: &data}
}
