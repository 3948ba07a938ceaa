package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// These are the calls whose diagnostics Terraform shows with a line of the configuration. An action that runs and a
// list that is read stream theirs; neither has a secret among its arguments.

func ofProvider(schemas *tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema {
	return schemas.Provider
}

func ofResource(name string) func(*tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema {
	return func(schemas *tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema {
		return schemas.ResourceSchemas[name]
	}
}

func ofDataSource(name string) func(*tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema {
	return func(schemas *tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema {
		return schemas.DataSourceSchemas[name]
	}
}

func ofEphemeralResource(name string) func(*tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema {
	return func(schemas *tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema {
		return schemas.EphemeralResourceSchemas[name]
	}
}

func (s secretLines) ValidateProviderConfig(ctx context.Context,
	req *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	resp, err := s.Framework.ValidateProviderConfig(ctx, req)
	if resp != nil {
		s.block(ctx, resp.Diagnostics, ofProvider)
	}
	return resp, err
}

func (s secretLines) ConfigureProvider(ctx context.Context,
	req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	resp, err := s.Framework.ConfigureProvider(ctx, req)
	if resp != nil {
		s.block(ctx, resp.Diagnostics, ofProvider)
	}
	return resp, err
}

func (s secretLines) ValidateResourceConfig(ctx context.Context,
	req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	resp, err := s.Framework.ValidateResourceConfig(ctx, req)
	if resp != nil {
		s.block(ctx, resp.Diagnostics, ofResource(req.TypeName))
	}
	return resp, err
}

func (s secretLines) ReadResource(ctx context.Context,
	req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := s.Framework.ReadResource(ctx, req)
	if resp != nil {
		s.block(ctx, resp.Diagnostics, ofResource(req.TypeName))
	}
	return resp, err
}

func (s secretLines) PlanResourceChange(ctx context.Context,
	req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := s.Framework.PlanResourceChange(ctx, req)
	if resp != nil {
		s.block(ctx, resp.Diagnostics, ofResource(req.TypeName))
	}
	return resp, err
}

func (s secretLines) ApplyResourceChange(ctx context.Context,
	req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := s.Framework.ApplyResourceChange(ctx, req)
	if resp != nil {
		s.block(ctx, resp.Diagnostics, ofResource(req.TypeName))
	}
	return resp, err
}

func (s secretLines) ValidateDataResourceConfig(ctx context.Context,
	req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	resp, err := s.Framework.ValidateDataResourceConfig(ctx, req)
	if resp != nil {
		s.block(ctx, resp.Diagnostics, ofDataSource(req.TypeName))
	}
	return resp, err
}

func (s secretLines) ReadDataSource(ctx context.Context,
	req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	resp, err := s.Framework.ReadDataSource(ctx, req)
	if resp != nil {
		s.block(ctx, resp.Diagnostics, ofDataSource(req.TypeName))
	}
	return resp, err
}

func (s secretLines) ValidateEphemeralResourceConfig(ctx context.Context,
	req *tfprotov6.ValidateEphemeralResourceConfigRequest) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	resp, err := s.Framework.ValidateEphemeralResourceConfig(ctx, req)
	if resp != nil {
		s.block(ctx, resp.Diagnostics, ofEphemeralResource(req.TypeName))
	}
	return resp, err
}

func (s secretLines) OpenEphemeralResource(ctx context.Context,
	req *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	resp, err := s.Framework.OpenEphemeralResource(ctx, req)
	if resp != nil {
		s.block(ctx, resp.Diagnostics, ofEphemeralResource(req.TypeName))
	}
	return resp, err
}
