package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/fastpath"
)

// secretLines keeps Terraform from printing secrets with diagnostics. Terraform quotes the source line of the attribute
// that a diagnostic points at, with a secret that stands there as text. So a diagnostic at a sensitive attribute is
// moved to the block, whose first line Terraform quotes then; its text names the attribute.
//
// This is a layer of its own because the framework and its validators make diagnostics too.
type secretLines struct{ fastpath.Framework }

// schemas returns the framework's schemas. Diagnostics are rare, so they are not cached.
func (s secretLines) schemas(ctx context.Context) *tfprotov6.GetProviderSchemaResponse {
	schemas, err := s.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || schemas == nil {
		return &tfprotov6.GetProviderSchemaResponse{}
	}
	return schemas
}

// block turns diagnostics that point at a secret to the block that has it. schema picks the block's schema.
func (s secretLines) block(ctx context.Context, diagnostics []*tfprotov6.Diagnostic,
	schema func(*tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema) {
	var arguments []*tfprotov6.SchemaAttribute
	for _, diagnostic := range diagnostics {
		if len(diagnostic.Attribute.Steps()) == 0 {
			continue
		}
		if arguments == nil {
			of := schema(s.schemas(ctx))
			if of == nil || of.Block == nil {
				return
			}
			arguments = of.Block.Attributes
		}
		if quotesSecret(diagnostic.Attribute.Steps(), arguments) {
			diagnostic.Attribute = nil
		}
	}
}

// quotesSecret reports whether Terraform quotes a secret for a path: that of the secret itself, of something in it, or
// of an object that has it. Terraform does not look into objects for the last name of a path, but for an argument of
// the block that has the same name, so that may not be a secret either.
func quotesSecret(path []tftypes.AttributePathStep, arguments []*tfprotov6.SchemaAttribute) bool {
	var last *tfprotov6.SchemaAttribute
	within := arguments
	for _, step := range path {
		name, isName := step.(tftypes.AttributeName)
		if !isName {
			continue // an element of a collection
		}
		if last = named(within, string(name)); last == nil || isSecret(last) {
			return last != nil
		}
		within = nil
		if last.NestedType != nil {
			within = last.NestedType.Attributes
		}
	}
	if last == nil {
		return false
	}
	sameName := named(arguments, last.Name)
	return hasSecret(last) || sameName != nil && hasSecret(sameName)
}

func named(attributes []*tfprotov6.SchemaAttribute, name string) *tfprotov6.SchemaAttribute {
	if i := slices.IndexFunc(attributes, func(a *tfprotov6.SchemaAttribute) bool { return a.Name == name }); i >= 0 {
		return attributes[i]
	}
	return nil
}

func isSecret(a *tfprotov6.SchemaAttribute) bool { return a.Sensitive || a.WriteOnly }

func hasSecret(a *tfprotov6.SchemaAttribute) bool {
	return isSecret(a) || a.NestedType != nil && slices.ContainsFunc(a.NestedType.Attributes, hasSecret)
}
