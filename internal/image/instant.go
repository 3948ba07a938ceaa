package image

import "time"

// Instant formats a time for all sources: RFC 3339 in UTC, with its fraction. The zero time, which older engines use
// for "unknown", is nil.
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
