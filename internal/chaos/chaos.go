// Package chaos tests the provider by random walks. A walk is a sequence of steps: a person writes the configuration,
// edits objects in DemandFlow's form, plans, applies, and things go wrong on the way. After each step a judge compares
// what the provider did with what it promises. Everything is in one process and on a clock of its own, so that a step
// takes milliseconds and a time-out none.
//
// The parts: things.go and config.go are what configurations and people write; core*.go is as much of Terraform as runs
// need; network.go and world.go are DemandFlow with its faults; steps.go has the steps, judge*.go what must hold after
// each.
//
// It may import internal/provider (what is tested), internal/demandflow (to give it a connection) and
// internal/emulator. Nothing imports it: it is for tests alone. The judge uses no code of the provider's, because that
// would make the same mistake on both sides.
package chaos
