package openshift_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// kubeconfig returns the text of a kubeconfig with one context, demo. The user is YAML.
func kubeconfig(host, authority, user string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: demo
clusters:
- name: demo
  cluster: {server: %q, certificate-authority-data: %s}
contexts:
- name: demo
  context: {cluster: demo, user: me}
- name: broken
  context: {cluster: none, user: me}
users:
- name: me
  user: %s
`, host, base64.StdEncoding.EncodeToString([]byte(authority)), user)
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// onMachine returns a client on a machine of its own, with an empty home unless it is given.
func onMachine(t *testing.T, config openshift.Config, home string, environment map[string]string) *openshift.Client {
	t.Helper()
	client, err := openshift.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if home == "" {
		home = t.TempDir()
	}
	return openshift.OnMachine(client, home, environment)
}

func TestClient_findsItsCluster(t *testing.T) {
	t.Parallel()
	api := openshifttest.New(t, object(t, "signed"))
	good := kubeconfig(api.URL, api.CACertificate, "{token: "+openshifttest.Token+"}")
	otherUser := kubeconfig(api.URL, api.CACertificate, "{username: me, password: wrong}")
	folder := t.TempDir()
	path := write(t, filepath.Join(folder, "good"), good)
	elsewhere := write(t, filepath.Join(folder, "elsewhere"), strings.NewReplacer("demo", "elsewhere", "user: me",
		"user: you", "name: me", "name: you").Replace(kubeconfig("https://127.0.0.1:1", "", "{}")))
	home := t.TempDir()
	write(t, filepath.Join(home, ".kube", "config"), good)
	inPod := t.TempDir()
	write(t, filepath.Join(inPod, "serviceaccount", "token"), openshifttest.Token)
	write(t, filepath.Join(inPod, "serviceaccount", "ca.crt"), api.CACertificate)
	address, err := url.Parse(api.URL)
	if err != nil {
		t.Fatal(err)
	}
	pod := map[string]string{"KUBERNETES_SERVICE_HOST": address.Hostname(), "KUBERNETES_SERVICE_PORT": address.Port()}
	for name, test := range map[string]struct {
		config      openshift.Config
		home        string
		environment map[string]string
	}{
		"by a host and a token": {config: openshift.Config{Host: api.URL, Token: openshifttest.Token,
			CACertificate: api.CACertificate}},
		"by a host without a scheme, insecurely": {config: openshift.Config{Host: address.Host,
			Token: openshifttest.Token, Insecure: true}},
		"by a kubeconfig":         {config: openshift.Config{Kubeconfig: path}},
		"by a kubeconfig at home": {config: openshift.Config{Kubeconfig: "~/.kube/config"}, home: home},
		"by KUBECONFIG":           {environment: map[string]string{"KUBECONFIG": path}},
		"by KUBECONFIG, of which one is missing": {environment: map[string]string{"KUBECONFIG": filepath.Join(folder,
			"none") + ":" + path}},
		"by a context of the second kubeconfig": {config: openshift.Config{Context: "demo"},
			environment: map[string]string{"KUBECONFIG": elsewhere + ":" + path}},
		"by the kubeconfig of the home": {home: home},
		"by the kubeconfig of the home, in a pod": {home: home,
			environment: map[string]string{"KUBERNETES_SERVICE_HOST": "192.0.2.1", "KUBERNETES_SERVICE_PORT": "443"}},
		"by the service account of a pod": {home: inPod, environment: pod},
		"by a token in place of the kubeconfig's user": {config: openshift.Config{Kubeconfig: write(t,
			filepath.Join(folder, "other"), otherUser), Token: openshifttest.Token}},
		"by an authority in place of the kubeconfig's": {config: openshift.Config{
			Kubeconfig: write(t, filepath.Join(folder, "authority"), kubeconfig(api.URL, wiretest.NewAuthority(t).PEM(),
				"{token: "+openshifttest.Token+"}")),
			CACertificate: api.CACertificate,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read(t, onMachine(t, test.config, test.home, test.environment), ofSigned, openshift.Options{})
		})
	}
}

func TestClient_saysWhyItCannotFindItsCluster(t *testing.T) {
	t.Parallel()
	authority := wiretest.NewAuthority(t)
	certificate, key := authority.Issue(t, "system:made-up", time.Now().Add(-time.Hour))
	encoded := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	expired := kubeconfig("https://127.0.0.1:1", authority.PEM(), "{client-certificate-data: "+encoded(certificate)+
		", client-key-data: "+encoded(key)+"}")
	folder := t.TempDir()
	good := write(t, filepath.Join(folder, "good"), kubeconfig("https://127.0.0.1:1", authority.PEM(), "{token: made-up}"))
	none := filepath.Join(folder, "none")
	for name, test := range map[string]struct {
		config      openshift.Config
		environment map[string]string
		wants       []string
	}{
		"nothing is said": {wants: []string{"there is no OpenShift cluster to read", "oc login"}},
		"a kubeconfig that is missing": {config: openshift.Config{Kubeconfig: none},
			wants: []string{none + " cannot be read: no such file", "oc login wrote"}},
		"a kubeconfig that is a directory": {config: openshift.Config{Kubeconfig: folder},
			wants: []string{folder + " is a directory"}},
		"a kubeconfig below a file": {config: openshift.Config{Kubeconfig: good + "/config"},
			wants: []string{good + "/config cannot be read: not a directory"}},
		"a KUBECONFIG that is missing": {environment: map[string]string{"KUBECONFIG": none},
			wants: []string{"KUBECONFIG names no kubeconfig that is there", none}},
		"a kubeconfig that is none": {config: openshift.Config{Kubeconfig: write(t, filepath.Join(folder, "garbage"),
			"\tgarbage: [")}, wants: []string{"garbage cannot be read"}},
		"an empty kubeconfig": {config: openshift.Config{Kubeconfig: write(t, filepath.Join(folder, "empty"),
			"")}, wants: []string{"has no current context", "there is none"}},
		"a context that is not there": {config: openshift.Config{Kubeconfig: good, Context: "other"},
			wants: []string{`no context "other"`, "broken, demo"}},
		"a context without its cluster": {config: openshift.Config{Kubeconfig: good, Context: "broken"},
			wants: []string{`the context "broken"`, `the cluster "none"`}},
		"a context without a kubeconfig": {config: openshift.Config{Context: "demo"},
			wants: []string{`the context "demo", but no kubeconfig`}},
		"a client certificate that expired": {config: openshift.Config{Kubeconfig: write(t, filepath.Join(folder, "expired"),
			expired)}, wants: []string{"(system:made-up) expired at", "log in again"}},
		"a client certificate without its file": {
			config: openshift.Config{Kubeconfig: write(t, filepath.Join(folder, "file"), kubeconfig("https://127.0.0.1:1", "",
				"{client-certificate: "+none+", client-key: "+none+"}"))},
			wants: []string{none},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := onMachine(t, test.config, "", test.environment).Image(t.Context(), ofNone, openshift.Options{})
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range append(test.wants, "cannot connect to the OpenShift cluster: ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nlacks %q", err, want)
				}
			}
		})
	}
}

// Root can read every file.
func TestClient_saysThatAKubeconfigMayNotBeRead(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may read every file")
	}
	path := write(t, filepath.Join(t.TempDir(), "config"), "")
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	_, err := onMachine(t, openshift.Config{Kubeconfig: path}, "", nil).Image(t.Context(), ofNone, openshift.Options{})
	if err == nil || !strings.Contains(err.Error(), path+" cannot be read: permission denied") {
		t.Errorf("error: %v", err)
	}
}

func TestNew_refusesSettingsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for want, config := range map[string]openshift.Config{
		"leave out one of them, because both say which cluster": {Host: "https://api.example.com", Kubeconfig: "config"},
		"which checks no certificate": {CACertificate: wiretest.NewAuthority(t).PEM(),
			Insecure: true},
		"holds no certificate in PEM":      {CACertificate: "made up"},
		"the token has white space in it":  {Token: "made-up-secret\n"},
		"is no address of an API":          {Host: "https://made-up-secret@api.example.com"},
		"the token can be read on the way": {Host: "http://api.example.com"},
		"the host has the scheme ftp":      {Host: "ftp://api.example.com"},
	} {
		_, err := openshift.New(config)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "made-up-secret") {
			t.Errorf("%v\nlacks %q", err, want)
		}
	}
}

func TestClient_repeatsNoPasswordOfAKubeconfig(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a proxy": strings.Replace(kubeconfig("https://127.0.0.1:1", "", "{}"), "cluster: {",
			"cluster: {proxy-url: \"ftp://user:made-up-secret@proxy:3128\", ", 1),
		"no proxy": strings.Replace(kubeconfig("https://127.0.0.1:1", "", "{}"), "cluster: {",
			"cluster: {proxy-url: \"http://user:made-up-secret@%zz\", ", 1),
		"a cluster": kubeconfig("https://user:made-up-secret@%zz", "", "{}"),
	} {
		path := write(t, filepath.Join(t.TempDir(), "config"), text)
		_, err := onMachine(t, openshift.Config{Kubeconfig: path}, "", nil).Image(t.Context(), ofNone, openshift.Options{})
		for cause := err; ; cause = errors.Unwrap(cause) {
			if cause == nil {
				break
			}
			if strings.Contains(cause.Error(), "made-up-secret") {
				t.Errorf("%s: %v", name, cause)
			}
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestNew_readsNothing(t *testing.T) {
	t.Parallel()
	if _, err := openshift.New(openshift.Config{Kubeconfig: filepath.Join(t.TempDir(), "none")}); err != nil {
		t.Errorf("a source that is not used costs something: %v", err)
	}
}
