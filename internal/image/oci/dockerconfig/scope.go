package dockerconfig

import (
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
)

// dockerHub are the hosts of Docker Hub. Its credentials are one login. The first one stands for all.
var dockerHub = []string{name.DefaultRegistry, "docker.io", "registry-1.docker.io", "registry.hub.docker.com"}

// scopeOf returns what a key of a configuration means: a host, with its port, or a host and a path. Keys are written in
// many ways: with a scheme, with the API's version at the end, with the default port.
func scopeOf(key string) string {
	_, rest, isURL := strings.Cut(key, "://")
	if !isURL {
		rest = key
	}
	host, path, _ := strings.Cut(rest, "/")
	if version := strings.TrimSuffix(path, "/"); (version == "v1" || version == "v2") && (isURL || version != path) {
		path = ""
	}
	return strings.TrimSuffix(hostScope(host)+"/"+strings.Trim(path, "/"), "/")
}

// hostScope returns one spelling of a host.
func hostScope(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ":443")
	if slices.Contains(dockerHub, host) {
		return dockerHub[0]
	}
	return host
}

// repositoryOf returns the scope that is a repository alone.
func repositoryOf(target authn.Resource) string {
	host := target.RegistryStr()
	return hostScope(host) + strings.TrimPrefix(target.String(), host)
}

// scopes returns the scopes of which a repository is a part, the longest first, the host last.
func scopes(target authn.Resource) []string {
	scope := repositoryOf(target)
	all := []string{scope}
	for i := strings.LastIndexByte(scope, '/'); i > 0; i = strings.LastIndexByte(scope, '/') {
		scope = scope[:i]
		all = append(all, scope)
	}
	return all
}
