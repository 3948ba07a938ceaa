// Command terraform-provider-demandflow serves the provider to Terraform and OpenTofu.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/demandflow/terraform-provider-demandflow/internal/measures"
	"github.com/demandflow/terraform-provider-demandflow/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "run for a debugger: print TF_REATTACH_PROVIDERS and wait")
	flag.Parse()

	quietUnlessAsked()
	// net/http writes into it what a server sends unasked, and Terraform takes that into its own log
	log.SetOutput(io.Discard)
	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	} else {
		outliveTermination()
	}
	server, ended := forBenchmark(provider.Server(version))
	err := tf6server.Serve(provider.Address, server, options...)
	ended()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// outliveTermination has the provider ignore a SIGTERM while Terraform runs. A service manager or a CI system sends it
// to all processes at once. Terraform then waits for what is under way and ends the provider itself; a provider that
// ended at once would forget what it has sent. An interrupt is ignored by the plugin's server already.
func outliveTermination() {
	terraform := os.Getppid()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	go func() {
		for range signals {
			if os.Getppid() != terraform {
				os.Exit(1)
			}
		}
	}()
}

// quietUnlessAsked turns the plugin SDK's logger and the provider's own off when the user has no TF_LOG variable ask
// for lines. They write at TRACE otherwise, and Terraform throws the lines away.
func quietUnlessAsked() {
	if !measures.QuietLog.Taken() {
		return
	}
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		asks := strings.HasPrefix(name, "TF_LOG") && name != "TF_LOG_PATH" // which only says where to
		if asks && value != "" && !strings.EqualFold(value, "off") {
			return
		}
	}
	for _, logger := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_DEMANDFLOW"} {
		_ = os.Setenv(logger, "off") // fails only for a malformed name
	}
}
