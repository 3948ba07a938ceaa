package fastpath

import "context"

type memoKey struct{}

// A memo has what came of things that were done in one call of Terraform's, which one goroutine answers.
type memo map[any]any

// Remembering is the context of a call that the framework may have to answer after all.
func Remembering(ctx context.Context) context.Context {
	return context.WithValue(ctx, memoKey{}, memo{})
}

// Once does something dear, such as a request, once in a call of Terraform's: where it was done on the fast path and
// the framework has to answer after all, what came of it then comes of it now, an error too.
func Once[T any](ctx context.Context, what any, do func() T) T {
	kept, _ := ctx.Value(memoKey{}).(memo)
	if kept == nil {
		return do()
	}
	result, done := kept[what].(T)
	if !done {
		result = do()
		kept[what] = result
	}
	return result
}
