// Package floor serves a provider that does nothing: every request about a resource is answered by what it brought.
// What a plan of it costs is what Terraform, the protocol and the schemas cost by themselves; no provider of these
// schemas can be cheaper. It is for the benchmark alone, and imports nothing of ours.
package floor

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Server is the provider with its schemas, and no more.
type Server struct{ tfprotov6.ProviderServer }

// ValidateProviderConfig finds nothing wrong.
func (Server) ValidateProviderConfig(_ context.Context,
	req *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{PreparedConfig: req.Config}, nil
}

// ConfigureProvider connects to nothing.
func (Server) ConfigureProvider(context.Context,
	*tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

// ValidateResourceConfig finds nothing wrong.
func (Server) ValidateResourceConfig(context.Context,
	*tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return &tfprotov6.ValidateResourceConfigResponse{}, nil
}

// UpgradeResourceState gives the state as it is stored.
func (Server) UpgradeResourceState(_ context.Context,
	req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &tfprotov6.DynamicValue{JSON: req.RawState.JSON}}, nil
}

// ReadResource gives the state as it was.
func (Server) ReadResource(_ context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse,
	error) {
	return &tfprotov6.ReadResourceResponse{NewState: req.CurrentState, Private: req.Private,
		NewIdentity: req.CurrentIdentity}, nil
}

// PlanResourceChange plans what Terraform proposes.
func (Server) PlanResourceChange(_ context.Context,
	req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return &tfprotov6.PlanResourceChangeResponse{
		PlannedState: req.ProposedNewState, PlannedPrivate: req.PriorPrivate, PlannedIdentity: req.PriorIdentity,
	}, nil
}

// ApplyResourceChange makes what was planned.
func (Server) ApplyResourceChange(_ context.Context,
	req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return &tfprotov6.ApplyResourceChangeResponse{
		NewState: req.PlannedState, Private: req.PlannedPrivate, NewIdentity: req.PlannedIdentity,
	}, nil
}
