// Package wire is what the HTTP clients of DemandFlow, registries, engines, clusters and clouds share. It decides to
// which host a credential may go (origin.go, transport.go, redirect.go), and takes secrets out of what the other side
// says (redaction.go, secrets.go).
//
// It knows none of the clients and imports nothing but the standard library.
package wire
