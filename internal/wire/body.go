package wire

import (
	"fmt"
	"io"
)

// A TooLargeError is a body, or a part of one, of more bytes than its client accepts.
type TooLargeError struct{ Limit int64 }

func (e *TooLargeError) Error() string { return fmt.Sprintf("it is larger than %d MiB", e.Limit>>20) }

// ReadAll reads a body of at most limit bytes, and closes it. What came before an error is returned with it, but for a
// *TooLargeError.
func ReadAll(body io.ReadCloser, limit int64) ([]byte, error) {
	defer body.Close()
	read, err := io.ReadAll(io.LimitReader(body, limit+1))
	if int64(len(read)) > limit {
		return nil, &TooLargeError{limit}
	}
	return read, err
}

// Limit returns a body that ends in a *TooLargeError after limit bytes, for what is read while it arrives.
func Limit(body io.ReadCloser, limit int64) io.ReadCloser {
	return &limitedReader{body, limit, limit}
}

type limitedReader struct {
	io.ReadCloser
	left, limit int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left <= 0 { // a body that just fits ends here
		var next [1]byte
		if n, err := l.ReadCloser.Read(next[:]); n == 0 {
			return 0, err
		}
		return 0, &TooLargeError{l.limit}
	}
	n, err := l.ReadCloser.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}
