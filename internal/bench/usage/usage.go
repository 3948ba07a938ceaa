// Package usage is what the benchmark and the provider that it measures tell each other: the environment that the one
// sets, and the lines that the other writes. It imports nothing of ours.
package usage

// What the benchmark tells a provider that is built with the tag "bench".
const (
	FileVariable    = "DEMANDFLOW_BENCH_USAGE"   // the file that each process appends its Process to
	FloorVariable   = "DEMANDFLOW_BENCH_FLOOR"   // not empty: answer every request by what it brought
	ProfileVariable = "DEMANDFLOW_BENCH_PROFILE" // the directory that each process writes its CPU profile to
	WithoutVariable = "DEMANDFLOW_BENCH_WITHOUT" // names of measures to leave out, between commas
)

// A Process is what one process of the provider took.
type Process struct {
	User int64 // CPU time in user mode, in nanoseconds
	Peak int64 // the most memory at a time, in bytes; 0 where it is not known
}
