package engine

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// sampleImage returns an image of two layers with every field of a configuration. No two are the same.
func sampleImage(t testing.TB, platform v1.Platform) v1.Image {
	t.Helper()
	base, err := random.Image(1024, 2)
	if err != nil {
		t.Fatal(err)
	}
	file, err := base.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	file = file.DeepCopy()
	built := v1.Time{Time: time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC)}
	file.OS, file.Architecture, file.Variant, file.OSVersion = platform.OS, platform.Architecture, platform.Variant,
		platform.OSVersion
	file.Author, file.Created = "Ada <ada@example.com>", built
	file.History = []v1.History{
		{Created: built, CreatedBy: "COPY tool /bin/tool # buildkit", Comment: "buildkit.dockerfile.v0"},
		{Created: built, CreatedBy: "ENV GREETING=hello", EmptyLayer: true},
		{Created: built, CreatedBy: "RUN /bin/tool", Author: "Ada"},
	}
	file.Config = v1.Config{
		User: "65532:65532", WorkingDir: "/srv", StopSignal: "SIGQUIT",
		Entrypoint: []string{"/bin/tool", "-v"}, Cmd: []string{"serve", "--greeting", "a <b> & c"},
		Shell:        []string{"/bin/bash", "-c"},
		Env:          []string{"PATH=/bin", "GREETING=hello=world", "EMPTY="},
		ExposedPorts: map[string]struct{}{"8080/tcp": {}, "53/udp": {}},
		Volumes:      map[string]struct{}{"/data": {}, "/cache": {}},
		Labels: map[string]string{
			"org.opencontainers.image.description": "A tool for trying things", "org.opencontainers.image.version": "1.0.3",
			"org.opencontainers.image.licenses": "Apache-2.0", "org.opencontainers.image.source": "https://git.example.com/tool",
			"org.opencontainers.image.base.name": "docker.io/library/debian:12", "team": "platform",
			"variant": platform.Architecture,
		},
		Healthcheck: &v1.HealthConfig{
			Test: []string{"CMD", "/bin/tool", "check"}, Interval: 30 * time.Second, Timeout: 3 * time.Second,
			StartPeriod: time.Minute, Retries: 4,
		},
	}
	sample, err := mutate.ConfigFile(base, file)
	if err != nil {
		t.Fatal(err)
	}
	return sample
}

// Load loads an image into an engine under a tag, as docker load does.
func (e *realEngine) Load(t testing.TB, tag string, sample v1.Image) {
	t.Helper()
	reference, err := name.NewTag(tag)
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	if err := tarball.Write(reference, sample, &archive); err != nil {
		t.Fatal(err)
	}
	e.Post(t, "/images/load?quiet=1", "application/x-tar", &archive)
}

// Pull has an engine pull an image from a registry on this machine, for a platform or, without one, for its own.
func (e *realEngine) Pull(t testing.TB, reference, platform string) {
	t.Helper()
	if !e.Podman {
		e.Post(t, "/images/create?"+url.Values{"fromImage": {reference}, "platform": {platform}}.Encode(), "", nil)
		return
	}
	// Docker allows a registry on 127.0.0.1 without TLS; for Podman it is an option of its own API.
	parts := append(strings.Split(platform, "/"), "", "")
	query := url.Values{"reference": {reference}, "tlsVerify": {"false"}, "OS": {parts[0]}, "Arch": {parts[1]},
		"Variant": {parts[2]}}
	e.Post(t, "/libpod/images/pull?"+query.Encode(), "", nil)
}

// Tag adds a name to an image of an engine.
func (e *realEngine) Tag(t testing.TB, image, repository, tag string) {
	t.Helper()
	e.Post(t, "/images/"+image+"/tag?"+url.Values{"repo": {repository}, "tag": {tag}}.Encode(), "", nil)
}

// Post sends a POST to an engine, and fails the test if it does not succeed.
func (e *realEngine) Post(t testing.TB, path, contentType string, body io.Reader) string {
	t.Helper()
	socket := strings.TrimPrefix(e.Host, "unix://")
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://engine/"+e.version+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	// Errors during the work come with status 200.
	if err == nil && (response.StatusCode >= http.StatusBadRequest || strings.Contains(string(text), `"error":"`)) {
		err = fmt.Errorf("%s: %s", response.Status, text)
	}
	if err != nil {
		t.Fatalf("%s refuses POST %s: %v", e.Name, path, err)
	}
	return string(text)
}

// labelledImage returns a sampleImage with a build time and labels.
func labelledImage(t testing.TB, built time.Time, labels map[string]string) v1.Image {
	t.Helper()
	sample := sampleImage(t, platformAMD64)
	file, err := sample.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	file = file.DeepCopy()
	file.Created, file.Config.Labels = v1.Time{Time: built}, labels
	if sample, err = mutate.ConfigFile(sample, file); err != nil {
		t.Fatal(err)
	}
	return sample
}

// Use has a container of an engine use an image. It is created, and never started.
func (e *realEngine) Use(t testing.TB, image string) {
	t.Helper()
	e.Post(t, "/containers/create", "application/json", strings.NewReader(`{"Image":"`+image+
		`","Cmd":["/bin/tool"],"HostConfig":{"NetworkMode":"none"}}`))
}

// Build has an engine build an image step by step, each step an image of its own, as builders before BuildKit do.
func (e *realEngine) Build(t testing.TB, tag, dockerfile string) {
	t.Helper()
	var context bytes.Buffer
	archive := tar.NewWriter(&context)
	header := &tar.Header{Name: "Dockerfile", Mode: 0o600, Size: int64(len(dockerfile))}
	if err := errors.Join(archive.WriteHeader(header), secondOf(archive.Write([]byte(dockerfile))),
		archive.Close()); err != nil {
		t.Fatal(err)
	}
	query := url.Values{"t": {tag}, "version": {"1"}, "layers": {"true"}, "networkmode": {"none"}}
	e.Post(t, "/build?"+query.Encode(), "application/x-tar", &context)
}

func secondOf(_ int, err error) error { return err }
