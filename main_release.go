//go:build !bench || !unix

package main

import "github.com/hashicorp/terraform-plugin-go/tfprotov6"

// forBenchmark leaves the server as it is: only a build with the tag "bench" is measured, where the system tells what a
// process took.
func forBenchmark(server func() tfprotov6.ProviderServer) (served func() tfprotov6.ProviderServer, ended func()) {
	return server, func() {}
}
