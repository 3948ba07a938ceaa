// Package functions has the provider's functions, which parse, format and compare image references, tags and platforms.
// They are pure: no function reads a file, the environment, the network or the provider's configuration. They are built
// on internal/image, the only package of this module that this one may import.
package functions

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// All lists the functions.
func All() []func() function.Function {
	return []func() function.Function{
		parseImageReference, normalizeImageReference, pinImageReference, imageReferenceIsPinned,
		parsePlatform, formatPlatform, imageTagMatches,
	}
}

// A pureFunction is a function whose result depends only on its arguments. Terraform handles null arguments, which are
// errors, and unknown ones, which make the result unknown, before it calls.
type pureFunction struct {
	name       string
	definition function.Definition
	call       func(context.Context, function.ArgumentsData) (any, *function.FuncError)
}

func (p *pureFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = p.name
}

func (p *pureFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = p.definition
}

func (p *pureFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	result, failure := p.call(ctx, req.Arguments)
	if failure == nil {
		failure = resp.Result.Set(ctx, result)
	}
	resp.Error = failure
}

// unary returns the call of a function of one argument.
func unary[A, R any](f func(A) (R, error)) func(context.Context, function.ArgumentsData) (any, *function.FuncError) {
	return func(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
		var argument A
		if failure := arguments.Get(ctx, &argument); failure != nil {
			return nil, failure
		}
		result, err := f(argument)
		return result, argumentError(0, err)
	}
}

// binary returns the call of a function of two texts. Each is parsed by itself, so that an error names one of them.
func binary[A, B, R any](first func(string) (A, error), second func(string) (B, error),
	f func(A, B) R) func(context.Context, function.ArgumentsData) (any, *function.FuncError) {
	return func(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
		var texts [2]string
		if failure := arguments.Get(ctx, &texts[0], &texts[1]); failure != nil {
			return nil, failure
		}
		a, err := first(texts[0])
		if err != nil {
			return nil, argumentError(0, err)
		}
		b, err := second(texts[1])
		if err != nil {
			return nil, argumentError(1, err)
		}
		return f(a, b), nil
	}
}

// argumentError returns an error at an argument. Terraform adds the full stop.
func argumentError(argument int64, err error) *function.FuncError {
	if err == nil {
		return nil
	}
	return function.NewArgumentFuncError(argument, err.Error())
}

// texts returns the types of an object of strings.
func texts(names ...string) map[string]attr.Type {
	object := map[string]attr.Type{}
	for _, name := range names {
		object[name] = types.StringType
	}
	return object
}
