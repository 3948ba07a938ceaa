package oci

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A host is one however it is spelled.
func TestRegistry_isMeantHoweverItsHostIsSpelled(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:1", imageFor(t, "linux/amd64"))
	_, port, _ := net.SplitHostPort(registry.host)
	client := newClient(t, map[string]Registry{"localhost:" + port: {Insecure: true}})
	for _, host := range []string{"localhost:" + port, "LOCALHOST:" + port, "LocalHost:" + port} {
		if _, err := client.Image(t.Context(), host+"/app:1", Options{}); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestRegistry_mayHaveAnIPv6Address(t *testing.T) {
	t.Parallel()
	behind := serve(t)
	behind.push(t, "app:1", imageFor(t, "linux/amd64"))
	listener, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("there is no IPv6 here: ", err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !locked(w, r) {
			behind.forward(t)(w, r)
		}
	}))
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "http://")
	client := newClient(t, map[string]Registry{host: {Insecure: true, Username: "me", Password: "hunter2"}})
	image, err := client.Image(t.Context(), host+"/app:1", Options{Include: []string{IncludeConfig}})
	if err != nil || !strings.HasPrefix(text(image.PinnedReference), host+"/app@sha256:") {
		t.Errorf("%+v, %v", image, err)
	}
}

// A Location may be relative, and lead on.
func TestRedirect_mayBeRelative(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:1", imageFor(t, "linux/amd64"))
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		hop := len(r.URL.Query().Get("hop"))
		if !strings.Contains(r.URL.Path, "/blobs/") || hop == maxRedirects {
			return false
		}
		w.Header().Set("Location", "?hop="+strings.Repeat("x", hop+1))
		w.WriteHeader(http.StatusPermanentRedirect)
		return true
	})
	if _, err := registry.client(t).Image(t.Context(), registry.host+"/app:1",
		Options{Include: []string{IncludeConfig}}); err != nil {
		t.Error(err)
	}
}

// The metadata of a cloud's machine are not asked for, however their address is spelled: not from a redirect, and not
// from a challenge.
func TestRedirect_toTheMetadataOfTheMachineIsNotFollowed(t *testing.T) {
	t.Parallel()
	images := images(t)
	for _, host := range []string{"169.254.169.254", "2852039166", "0xa9fea9fe", "[fe80::1]"} {
		s := newFakeNetwork(t, images, "http", "")
		s.diverts = func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "http://"+host+"/latest/meta-data/", http.StatusTemporaryRedirect)
			return true
		}
		s.Serve(t, "http://"+host, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			t.Errorf("%s is asked", host)
		}))
		mention(t, s.read(t, credentialsGiven["name and password"]), "an address of this very machine")
	}
}

// The address of storage is good for a short time. What it says when that is over is the storage's error, without the
// signature.
func TestErrors_ofStorageNameItAndNoSignature(t *testing.T) {
	t.Parallel()
	images := images(t)
	s := newFakeNetwork(t, images, "https", "")
	s.diverts = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/blobs/") {
			http.Redirect(w, r, "https://"+foreignHost+"/s3/x?X-Amz-Signature=s3cr3t", http.StatusTemporaryRedirect)
		}
		return strings.Contains(r.URL.Path, "/blobs/")
	}
	s.Serve(t, "https://"+foreignHost, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
	}))
	for _, from := range []string{"name and password", "docker login"} {
		mention(t, s.read(t, credentialsGiven[from]), "where it redirects to, "+foreignHost+" answered 403", "try again",
			"not:s3cr3t", "not:no credentials were given")
	}
}

// ECR has passwords of thousands of characters, lists that say they are text, and links that name its host.
func TestRegistry_ofAmazonIsRead(t *testing.T) {
	t.Parallel()
	password := strings.Repeat("pa55", 625)
	registry := serve(t)
	registry.push(t, "team/app:1", imageFor(t, "linux/amd64"))
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		if user, given, _ := r.BasicAuth(); user != "AWS" || given != password {
			w.Header().Set("WWW-Authenticate", `Basic realm="https://x.dkr.ecr.invalid/",service="ecr.amazonaws.com"`)
			http.Error(w, "Not Authorized", http.StatusUnauthorized)
			return true
		}
		if !strings.HasSuffix(r.URL.Path, "/tags/list") {
			return false
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if r.URL.Query().Get("last") == "" {
			w.Header().Set("Link", "<http://"+r.Host+r.URL.Path+`?last=bmV4dA%3D%3D>; rel="next"`)
			fmt.Fprint(w, `{"name":"team/app","tags":["a"]}`)
			return true
		}
		fmt.Fprintf(w, `{"name":"team/app","tags":[%q]}`, r.URL.Query().Get("last"))
		return true
	})
	client := newClient(t, map[string]Registry{registry.host: {Username: "AWS", Password: password, Insecure: true}})
	if _, err := client.Image(t.Context(), registry.host+"/team/app:1", Options{}); err != nil {
		t.Error(err)
	}
	if got, err := client.Tags(t.Context(), registry.host+"/team/app", TagOptions{}); err != nil ||
		fmt.Sprint(got) != "[bmV4dA== a]" {
		t.Errorf("%v, %v", got, err)
	}
}

// A Retry-After that makes no sense is none, and one that is past asks for nothing.
func TestRateLimit_waitsWhateverRetryAfterSays(t *testing.T) {
	t.Parallel()
	for _, after := range []string{"Mon, 01 Jan 2024 00:00:00 GMT", "0.5", "-5", "soon", "880.092µs", "", "0"} {
		registry := serve(t)
		registry.push(t, "app:1", imageFor(t, "linux/amd64"))
		asked := 0
		registry.behave(func(w http.ResponseWriter, _ *http.Request) bool {
			if asked++; asked > 2 {
				return false
			}
			w.Header().Set("Retry-After", after)
			return refuse(w, http.StatusTooManyRequests, "TOOMANYREQUESTS", "slow down")
		})
		if _, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{}); err != nil {
			t.Errorf("%q: %v", after, err)
		}
	}
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	for after, want := range map[string]string{
		"3600": "3600 seconds", "Fri, 27 Nov 2026 13:00:00 GMT": "until Fri, 27 Nov 2026 13:00:00 GMT",
		"Fri, 27 Nov 2026 11:00:00 GMT": "", "0": "", "": "", "soon": "soon",
	} {
		if got := waitAsked(after, now); got != want {
			t.Errorf("%q asks for %q, want %q", after, got, want)
		}
	}
}
