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
	if !ok || !resource.Valid(config) {
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
	state, ok := open(req.CurrentState, resource.Type())
	if !ok {
		return nil
	}
	kept, ok := private(req.Private)
	if !ok {
		return nil
	}
	var identity *tftypes.Value
	if req.CurrentIdentity != nil {
		known, ok := open(req.CurrentIdentity.IdentityData, resource.Identity())
		if !ok {
			return nil
		}
		identity = &known
	}
	ctx, release := s.interruptible(ctx)
	defer release()
	reading := resource.Read(ctx, state, identity, kept)
	if reading == nil || identity != nil && !reading.Identity.Equal(*identity) {
		return nil
	}
	now, err := asStateFile(reading.State)
	answer := &tfprotov6.ReadResourceResponse{NewState: now, Private: req.Private, NewIdentity: wire(reading.Identity)}
	if err != nil || answer.NewIdentity == nil {
		return nil
	}
	return answer
}

// PlanResourceChange is asked once for each instance.
func (s *Server) PlanResourceChange(ctx context.Context,
	req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	ctx = Remembering(ctx)
	if answer := s.PlanFast(ctx, req); answer != nil {
		return answer, nil
	}
	return s.Framework.PlanResourceChange(ctx, req)
}

// PlanFast answers where nothing is planned. Equal states alone do not say so: an argument that the configuration has
// given up keeps its value in what Terraform proposes, and a tenant may refuse what it used to take; the resource
// knows. What the framework does beyond the resource's own plan: defaults, and plan modifiers of attributes, of which
// there are none, and it marks what is computed as unknown, which it leaves where the proposal is the state.
func (s *Server) PlanFast(ctx context.Context,
	req *tfprotov6.PlanResourceChangeRequest) *tfprotov6.PlanResourceChangeResponse {
	resource, ours := s.resources[req.TypeName]
	if !ours || req.PriorState == nil || req.ProposedNewState == nil || !bytes.Equal(req.PriorState.MsgPack,
		req.ProposedNewState.MsgPack) {
		return nil
	}
	state, ok := open(req.PriorState, resource.Type())
	if !ok {
		return nil
	}
	config, ok := open(req.Config, resource.Type())
	if !ok {
		return nil
	}
	kept, ok := private(req.PriorPrivate)
	if !ok {
		return nil
	}
	identity := wire(tftypes.NewValue(resource.Identity(), nil)) // as the framework says that it knows none
	if req.PriorIdentity != nil {
		if _, ok := open(req.PriorIdentity.IdentityData, resource.Identity()); !ok {
			return nil
		}
		identity = req.PriorIdentity
	}
	ctx, release := s.interruptible(ctx)
	defer release()
	if !resource.Unchanged(ctx, config, state, kept) {
		return nil
	}
	return &tfprotov6.PlanResourceChangeResponse{PlannedState: req.PriorState, PlannedPrivate: req.PriorPrivate,
		PlannedIdentity: identity}
}

// wire is an identity as Terraform reads it; nil where it cannot be written.
func wire(identity tftypes.Value) *tfprotov6.ResourceIdentityData {
	data, err := tfprotov6.NewDynamicValue(identity.Type(), identity)
	if err != nil {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: &data}
}
