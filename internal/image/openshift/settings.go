package openshift

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/client-go/rest"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// check returns an error for settings that cannot be used. It repeats no secret.
func (c Config) check() error {
	switch {
	case c.Host != "" && (c.Kubeconfig != "" || c.Context != ""):
		return errors.New("there are a host and a kubeconfig or context: leave out one of them, because both say which " +
			"cluster is meant")
	case strings.ContainsAny(c.Token, " \r\n\t"):
		return errors.New("the token has white space in it, perhaps the end of a file's last line: it cannot be sent " +
			"(trimspace() takes it off)")
	case c.CACertificate != "" && c.Insecure:
		return errors.New("there is a CA certificate, and insecure, which checks no certificate: leave out one of them")
	case c.CACertificate != "" && wire.CheckCACertificate(c.CACertificate) != nil:
		return errors.New("the CA certificate holds no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----")
	case c.Host == "":
		return nil
	}
	host, err := url.Parse(c.address())
	if err != nil || host.Host == "" || host.User != nil || host.RawQuery != "" || host.Fragment != "" {
		return errors.New("the host is no address of an API: write it as https://host:port, such as " +
			"https://api.cluster.example.com:6443 (oc whoami --show-server)")
	}
	switch {
	case host.Scheme == "https":
	case host.Scheme != "http":
		return fmt.Errorf("the host has the scheme %s: the API is at https://", host.Scheme)
	case !c.Insecure:
		return errors.New("the host is at http://, without TLS, so that the token can be read on the way: write https://, " +
			"or set insecure = true if that is meant")
	}
	return nil
}

// address returns the host with its scheme.
func (c Config) address() string {
	if strings.Contains(c.Host, "://") {
		return c.Host
	}
	return "https://" + c.Host
}

// A machine is where the settings are that the configuration leaves out.
type machine struct {
	getenv         func(string) string
	home           func() string // may be empty
	serviceAccount string        // directory of a pod's token
	now            func() time.Time
}

func thisMachine() machine {
	return machine{
		getenv: os.Getenv, now: time.Now, serviceAccount: "/var/run/secrets/kubernetes.io/serviceaccount",
		home: func() string {
			home, err := os.UserHomeDir()
			if err != nil {
				return "" // some containers have none
			}
			return home
		},
	}
}

// settings returns client-go's settings, and where they come from.
func (c *Client) settings() (*rest.Config, string, error) {
	settings, origin, err := c.cluster()
	if err != nil {
		return nil, "", err
	}
	if c.config.Token != "" {
		// A token names the user; a certificate of the kubeconfig must not name another one.
		settings = rest.AnonymousClientConfig(settings)
		settings.BearerToken = c.config.Token
	}
	if c.config.CACertificate != "" {
		settings.CAFile, settings.CAData, settings.Insecure = "", []byte(c.config.CACertificate), false
	}
	if c.config.Insecure {
		settings.CAFile, settings.CAData, settings.Insecure = "", nil, true
	}
	if c.config.UserAgent != "" {
		settings.UserAgent = c.config.UserAgent
	}
	if err := c.checkClientCertificate(settings, origin); err != nil {
		return nil, "", err
	}
	return settings, origin, nil
}

// cluster returns the settings of the configured host, the kubeconfig or the pod.
func (c *Client) cluster() (*rest.Config, string, error) {
	if c.config.Host != "" {
		return &rest.Config{Host: c.config.address()}, "the host of the configuration", nil
	}
	paths, explicit, err := c.kubeconfigs()
	if err != nil {
		return nil, "", err
	}
	if len(paths) > 0 {
		return c.fromKubeconfig(paths, explicit)
	}
	if c.config.Context != "" {
		return nil, "", fmt.Errorf("there is the context %q, but no kubeconfig that could have it: set kubeconfig or "+
			"KUBECONFIG", c.config.Context)
	}
	return c.inCluster()
}

// inCluster returns the settings of a pod. Its token is read from the file for each request, because it is renewed.
func (c *Client) inCluster() (*rest.Config, string, error) {
	host, port := c.machine.getenv("KUBERNETES_SERVICE_HOST"), c.machine.getenv("KUBERNETES_SERVICE_PORT")
	token, authority := filepath.Join(c.machine.serviceAccount, "token"), filepath.Join(c.machine.serviceAccount, "ca.crt")
	if _, err := os.Stat(token); host == "" || port == "" || err != nil {
		return nil, "", errors.New("there is no OpenShift cluster to read: no host, no kubeconfig, no " +
			"KUBECONFIG, no ~/.kube/config, and this is no pod with a service account. Log in with oc login, or set host and " +
			"token, or kubeconfig")
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	settings := &rest.Config{Host: "https://" + host + ":" + port, BearerTokenFile: token}
	if _, err := os.Stat(authority); err == nil {
		settings.CAFile = authority
	}
	return settings, "the pod's service account", nil
}

// checkClientCertificate returns an error for an expired client certificate. The error of a server is less clear.
func (c *Client) checkClientCertificate(settings *rest.Config, origin string) error {
	text := settings.CertData
	if len(text) == 0 && settings.CertFile != "" {
		var err error
		if text, err = os.ReadFile(settings.CertFile); err != nil {
			return fmt.Errorf("the client certificate of %s cannot be read: %w", origin, err)
		}
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil // there is none, or crypto/tls returns the error
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return fmt.Errorf("the client certificate of %s cannot be read: %w", origin, err)
	}
	if now := c.machine.now(); now.After(certificate.NotAfter) {
		return fmt.Errorf("the client certificate of %s (%s) expired at %s: log in again, or set a token (oc whoami -t)",
			origin, certificate.Subject.CommonName, certificate.NotAfter.UTC().Format(time.RFC3339))
	}
	return nil
}
