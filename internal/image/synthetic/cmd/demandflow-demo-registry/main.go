// Command demandflow-demo-registry serves an OCI registry in memory with the images of a YAML file such as
// examples/demo/images.yaml. Names, platforms and configurations are real, the content is not. An image is below the
// host of its registry, as in a mirror: localhost:5000/docker.io/library/nginx:1.27.3.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
	"sigs.k8s.io/yaml"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/synthetic"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "demandflow-demo-registry:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	hosts := map[string]string{}
	flags := flag.NewFlagSet("demandflow-demo-registry", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "localhost:0", "`address` to listen on; port 0 takes a free one")
	file := flags.String("images", "", "YAML `file` with the images")
	hostFile := flags.String("host-file", "", "`file` to write host and port to once all images are there")
	flags.Func("host", "`KEY=HOST` for each registry that the file names, with the namespace that all its images are "+
		"in, if any", func(given string) error {
		key, host, found := strings.Cut(given, "=")
		if hosts[key] = host; !found || host == "" {
			return errors.New("write it as hub=docker.io")
		}
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	text, err := os.ReadFile(*file)
	if err != nil {
		return fmt.Errorf("cannot read the -images: %w", err)
	}
	var entries map[string]entry
	if err := yaml.Unmarshal(text, &entries); err != nil {
		return fmt.Errorf("%s: %w", *file, err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s; choose another -listen address: %w", *listen, err)
	}
	server := &http.Server{
		Handler:           registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0))),
		ReadHeaderTimeout: 10 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	defer server.Close()
	address := listener.Addr().(*net.TCPAddr) //nolint:forcetypeassert // it was asked for as TCP
	host := fmt.Sprintf("localhost:%d", address.Port)
	if err := push(host, entries, hosts); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "Registry with %d images listens on %s\n", len(entries), host)
	if *hostFile != "" {
		if err := writeHost(*hostFile, host); err != nil {
			return fmt.Errorf("cannot write the -host-file: %w", err)
		}
	}
	select {
	case err := <-failed:
		return fmt.Errorf("the server stopped: %w", err)
	case <-ctx.Done():
		return nil
	}
}

// push builds the images and pushes them to the registry.
func push(host string, entries map[string]entry, hosts map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		image := entries[key]
		below, known := hosts[image.Registry]
		if !known {
			return fmt.Errorf("image %s is in registry %q: say with -host %s=HOST which that is", key, image.Registry,
				image.Registry)
		}
		reference := fmt.Sprintf("%s/%s/%s:%s", host, below, image.Name, image.Tag)
		if _, err := synthetic.Push(reference, image.description(), nil); err != nil {
			return fmt.Errorf("image %s: %w", key, err)
		}
	}
	return nil
}

// writeHost renames a complete file into place: a script that waits for it must not read half of it.
func writeHost(path, host string) error {
	partial := path + ".partial"
	if err := os.WriteFile(partial, []byte(host+"\n"), 0o644); err != nil { //nolint:gosec // public
		return err
	}
	return os.Rename(partial, path)
}
