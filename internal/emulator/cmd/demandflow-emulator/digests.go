package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// digestPatience is how long a registry may take. All else waits meanwhile, so it had better be near.
const digestPatience = 5 * time.Second

// digestsOf asks a registry for an image's digest, as DemandFlow does where it knows the registry.
// docker.io/library/nginx:1 is its repository docker.io/library/nginx, tag 1. What it does not have is not known.
func digestsOf(ctx context.Context, registry string, stderr io.Writer) func(string) string {
	return func(fullName string) string {
		colon := strings.LastIndex(fullName, ":")
		if colon < strings.LastIndex(fullName, "/") || colon < 0 {
			return ""
		}
		ctx, cancel := context.WithTimeout(ctx, digestPatience)
		defer cancel()
		address := strings.TrimRight(registry, "/") + "/v2/" + fullName[:colon] + "/manifests/" + fullName[colon+1:]
		request, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
		if err != nil {
			fmt.Fprintln(stderr, "demandflow-emulator:", err)
			return ""
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			fmt.Fprintln(stderr, "demandflow-emulator:", err)
			return ""
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return ""
		}
		return response.Header.Get("Docker-Content-Digest")
	}
}
