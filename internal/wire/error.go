package wire

// An Error is a request that failed.
type Error struct {
	Failed string // what failed: "GET /v1/objects/1 got no answer", "cannot read the image nginx"
	Said   string // what the other side, or the way to it, said, without secrets; may be empty
	Advice string // what to do next; may be empty
	Cause  error  // nil where its text may hold a secret
}

// Error returns what failed and why and, on a second line, what to do.
func (e *Error) Error() string {
	text := e.Failed
	if e.Said != "" {
		text += ": " + e.Said
	}
	if e.Advice != "" {
		text += "\n" + e.Advice
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }
