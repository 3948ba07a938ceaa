package image

import "time"

// Instant writes a time in the one notation that all sources use: RFC 3339 in UTC, with the fraction that there is. The
// zero time, which older engines write for "not known", is nil.
func Instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC().Format(time.RFC3339Nano))
}

// InstantOf is Instant of a time that may be nil.
func InstantOf(t *time.Time) *string {
	if t == nil {
		return nil
	}
	return Instant(*t)
}
