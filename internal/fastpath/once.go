package fastpath

import "context"

type memoKey struct{}

// A memo has the results of Once in one call of Terraform, which one goroutine answers.
type memo map[any]any

// Remembering returns the context of a call that the framework may have to answer after the fast path.
func Remembering(ctx context.Context) context.Context {
	return context.WithValue(ctx, memoKey{}, memo{})
}

// Once does something, such as a request, once in a call of Terraform. If it was done on the fast path and the
// framework answers the call, Once returns the same result again, also an error.
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
