package fastpath

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A DataSource is one type of data source without the framework. Its values have Type, which is the schema's. It
// computes what it reads through Once, so that nothing is requested twice.
type DataSource interface {
	Type() tftypes.Object

	// Valid reports whether a configuration certainly has no diagnostics, by the schema's own rules too.
	Valid(config tftypes.Value) bool

	// Read returns what a configuration reads; false if there are diagnostics, so that the framework has to answer.
	Read(ctx context.Context, config tftypes.Value) (state tftypes.Value, silent bool)
}

// ValidateDataResourceConfig validates a configuration. Terraform calls it at least once for each instance.
func (s *Server) ValidateDataResourceConfig(ctx context.Context,
	req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	if answer := s.ValidateDataFast(req); answer != nil {
		return answer, nil
	}
	return s.Framework.ValidateDataResourceConfig(ctx, req)
}

// ValidateDataFast answers if the configuration has no diagnostics.
func (s *Server) ValidateDataFast(
	req *tfprotov6.ValidateDataResourceConfigRequest) *tfprotov6.ValidateDataResourceConfigResponse {
	source, ours := s.dataSources[req.TypeName]
	if !ours {
		return nil
	}
	if config, ok := open(req.Config, source.Type()); !ok || !source.Valid(config) {
		return nil
	}
	return &tfprotov6.ValidateDataResourceConfigResponse{}
}

// ReadDataSource reads what a configuration names.
func (s *Server) ReadDataSource(ctx context.Context,
	req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	ctx = Remembering(ctx)
	if answer := s.ReadDataFast(ctx, req); answer != nil {
		return answer, nil
	}
	return s.Framework.ReadDataSource(ctx, req)
}

// ReadDataFast answers if there are no diagnostics. Beyond the data source's own Read, the framework only keeps the
// spelling of values with semantic equality, of which there are none.
func (s *Server) ReadDataFast(ctx context.Context,
	req *tfprotov6.ReadDataSourceRequest) *tfprotov6.ReadDataSourceResponse {
	source, ours := s.dataSources[req.TypeName]
	if !ours {
		return nil
	}
	config, ok := open(req.Config, source.Type())
	if !ok || !config.IsFullyKnown() {
		return nil
	}
	ctx, release := s.interruptible(ctx)
	defer release()
	state, silent := source.Read(ctx, config)
	if !silent {
		return nil
	}
	encoded, err := tfprotov6.NewDynamicValue(source.Type(), state)
	if err != nil {
		return nil
	}
	return &tfprotov6.ReadDataSourceResponse{State: &encoded}
}
