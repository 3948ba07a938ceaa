// Command demandflow-emulator serves DemandFlow's objects API from memory, for trying configurations and modules
// without a tenant. It imports the emulator and the standard library.
//
// Its first line on stdout is "DemandFlow emulator listens on http://…", followed by the environment variables to set.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// shutdownGrace is how long answers under way may take to finish after SIGINT or SIGTERM.
const shutdownGrace = 5 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "demandflow-emulator:", err)
		os.Exit(1)
	}
}

// settings are what the flags say.
type settings struct {
	options                                   emulator.Options
	listen, seed, requests, registry, urlFile string
}

func parseFlags(args []string, stderr io.Writer) (settings, error) {
	var set settings
	flags := flag.NewFlagSet("demandflow-emulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&set.listen, "listen", "127.0.0.1:0", "`address` to listen on; port 0 takes a free one")
	flags.StringVar(&set.seed, "seed", "",
		"JSON `file` with an array of objects as POST takes them; comboKey, level and id may be left out.\n"+
			"An object of the entity DEFINITION whose id is an entity's code replaces that entity's definition, or adds the "+
			"entity")
	flags.StringVar(&set.requests, "requests", "",
		"`file` to log requests to, - for stderr: method, path, status and names of fields, never values")
	flags.StringVar(&set.registry, "registry", "",
		"`URL` of an OCI registry that tells digests: under its own, an image's repository begins with the host of the "+
			"image's registry")
	flags.StringVar(&set.urlFile, "url-file", "", "`file` to write the URL to once the emulator listens")
	flags.DurationVar(&set.options.Latency, "latency", 0, "added to each answer")
	flags.StringVar(&set.options.Token, "token", emulator.DefaultToken, "the tenant's `token`")
	flags.StringVar(&set.options.Subscription, "subscription", emulator.DefaultSubscription, "the tenant's `UUID`")
	flags.TextVar(&set.options.Answers.Unset, "unset", emulator.Absent,
		"how unset fields come back: absent, null or empty")
	flags.TextVar(&set.options.Answers.Lists, "lists", emulator.Array, "shape of lists: array or ndjson")
	if err := flags.Parse(args); err != nil {
		return set, err
	}
	if flags.NArg() > 0 {
		return set, fmt.Errorf("unexpected argument %q: everything is a flag", flags.Arg(0))
	}
	return set, nil
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	set, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	if set.requests != "" {
		out, closeLog, err := openLog(set.requests, stderr)
		if err != nil {
			return err
		}
		defer closeLog()
		set.options.Observe = func(request emulator.Request) { logRequest(out, request) }
	}
	if set.registry != "" {
		set.options.Digest = digestsOf(ctx, set.registry, stderr)
	}
	server := emulator.New(set.options)
	if set.seed != "" {
		if err := seedFrom(server, set.seed); err != nil {
			return err
		}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", set.listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s; choose another -listen address: %w", set.listen, err)
	}
	url := "http://" + listener.Addr().String()
	fmt.Fprintf(stdout, "DemandFlow emulator listens on %s\n\nexport DEMANDFLOW_ENDPOINT=%s\nexport DEMANDFLOW_TOKEN=%s\n",
		url, url, set.options.Token)
	if set.urlFile != "" {
		if err := writeURL(set.urlFile, url); err != nil {
			_ = listener.Close()
			return err
		}
	}
	return serve(ctx, listener, server, stderr)
}

func serve(ctx context.Context, listener net.Listener, handler http.Handler, stderr io.Writer) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(stderr, "demandflow-emulator: ", 0),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("the server stopped: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return errors.Join(fmt.Errorf("requests were still under way after %s: %w", shutdownGrace, err), server.Close())
	}
	return nil
}

// writeURL makes the file appear with its whole content: a script that waits for it must not read half a URL.
func writeURL(path, url string) error {
	partial := path + ".partial"
	if err := os.WriteFile(partial, []byte(url+"\n"), 0o644); err != nil {
		return fmt.Errorf("cannot write the -url-file: %w", err)
	}
	if err := os.Rename(partial, path); err != nil {
		return fmt.Errorf("cannot write the -url-file: %w", err)
	}
	return nil
}
