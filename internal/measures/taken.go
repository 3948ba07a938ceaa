//go:build !bench

package measures

// Taken says whether the measure is in force, which it is.
func (Measure) Taken() bool { return true }
