package openshift

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// kubeconfigs returns the files to read, and where they are set. Some files of KUBECONFIG may be missing, as for
// kubectl, but not all.
func (c *Client) kubeconfigs() (paths []string, said string, err error) {
	if path := c.config.Kubeconfig; path != "" {
		if path, err = c.expanded(path); err != nil {
			return nil, "", err
		}
		if err := readable(path); err != nil {
			return nil, "", fmt.Errorf("the kubeconfig %w: set kubeconfig to the file that oc login wrote", err)
		}
		return []string{path}, "the kubeconfig " + path, nil
	}
	if list := c.machine.getenv("KUBECONFIG"); list != "" {
		var missing error
		for _, path := range filepath.SplitList(list) {
			err := readable(path)
			switch {
			case path == "" || errors.Is(err, fs.ErrNotExist):
				missing = err
			case err != nil:
				return nil, "", fmt.Errorf("KUBECONFIG names a kubeconfig that cannot be used: %w", err)
			default:
				paths = append(paths, path)
			}
		}
		if len(paths) == 0 {
			return nil, "", fmt.Errorf("KUBECONFIG names no kubeconfig that is there: %w. Correct it, or unset it for "+
				"~/.kube/config", missing)
		}
		return paths, "the kubeconfig " + strings.Join(paths, string(filepath.ListSeparator)), nil
	}
	home := c.machine.home()
	if home == "" {
		return nil, "", nil
	}
	path := filepath.Join(home, ".kube", "config")
	switch err := readable(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "", nil
	case err != nil:
		return nil, "", fmt.Errorf("the kubeconfig %w", err)
	}
	return []string{path}, "the kubeconfig " + path, nil
}

// expanded replaces ~ with the home directory.
func (c *Client) expanded(path string) (string, error) {
	rest, found := strings.CutPrefix(path, "~/")
	if !found {
		return path, nil
	}
	home := c.machine.home()
	if home == "" {
		return "", fmt.Errorf("the kubeconfig %s is in a home directory, and there is none", path)
	}
	return filepath.Join(home, rest), nil
}

// readable returns an error for a file that cannot be read.
func readable(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return fmt.Errorf("%s is a directory", path)
	}
	if err == nil && info.Mode().IsRegular() { // a pipe can be opened only once
		var file *os.File
		if file, err = os.Open(path); err == nil {
			return file.Close()
		}
	}
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s cannot be read: %w", failed.Path, failed.Err)
	}
	return err
}

func (c *Client) fromKubeconfig(paths []string, origin string) (*rest.Config, string, error) {
	rules := &clientcmd.ClientConfigLoadingRules{Precedence: paths, WarnIfAllMissing: false}
	kubeconfig, err := rules.Load()
	if err != nil {
		return nil, "", fmt.Errorf("%s cannot be read: %w", origin, err)
	}
	name := c.config.Context
	if name == "" {
		name = kubeconfig.CurrentContext
	}
	context := kubeconfig.Contexts[name]
	switch {
	case name == "":
		return nil, "", fmt.Errorf("%s has no current context: set context to one of those that it has: %s", origin,
			contextsOf(kubeconfig))
	case context == nil:
		return nil, "", fmt.Errorf("%s has no context %q: set context to one of those that it has: %s", origin, name,
			contextsOf(kubeconfig))
	case kubeconfig.Clusters[context.Cluster] == nil:
		return nil, "", fmt.Errorf("the context %q of %s is for the cluster %q, which is not in it: log in again with oc "+
			"login", name, origin, context.Cluster)
	}
	settings, err := clientcmd.NewNonInteractiveClientConfig(*kubeconfig, name, &clientcmd.ConfigOverrides{},
		rules).ClientConfig()
	if err != nil {
		return nil, "", fmt.Errorf("the context %q of %s cannot be used: %s", name, origin, withoutUser(err))
	}
	return settings, fmt.Sprintf("the context %q of %s", name, origin), nil
}

// userinfo is a user, and perhaps a password, in an address.
var userinfo = regexp.MustCompile(`//[^/\s"]*@`)

// withoutUser returns the text of an error of client-go, which may repeat an address with a password. The error itself
// is not wrapped.
func withoutUser(err error) string { return userinfo.ReplaceAllString(err.Error(), "//[user]@") }

func contextsOf(kubeconfig *clientcmdapi.Config) string {
	if len(kubeconfig.Contexts) == 0 {
		return "there is none, so log in with oc login first"
	}
	return strings.Join(slices.Sorted(maps.Keys(kubeconfig.Contexts)), ", ")
}
