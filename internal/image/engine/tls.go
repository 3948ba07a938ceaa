package engine

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/moby/moby/client"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// newTLS returns the settings for PEM texts, nil for none. The engine's certificate is always verified: with the given
// authorities, or without any with those of the machine.
func newTLS(authority, certificate, key string) (*tls.Config, error) {
	if authority == "" && certificate == "" && key == "" {
		return nil, nil
	}
	if authority != "" {
		if err := wire.CheckCACertificate(authority); err != nil {
			return nil, fmt.Errorf("the CA certificate: %w", err)
		}
	}
	return wire.TLS{CACertificate: authority, Exclusive: true, Certificate: certificate, Key: key}.Config()
}

// The names of certificates in Docker's directories.
const (
	fileOfAuthority   = "ca.pem"
	fileOfCertificate = "cert.pem"
	fileOfKey         = "key.pem"
)

// newTLSFrom reads the existing ones of the three files of a directory.
func newTLSFrom(directory string) (*tls.Config, error) {
	var texts [3]string
	for index, name := range []string{fileOfAuthority, fileOfCertificate, fileOfKey} {
		text, err := readFile(filepath.Join(directory, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		texts[index] = string(text)
	}
	settings, err := newTLS(texts[0], texts[1], texts[2])
	if err != nil {
		return nil, fmt.Errorf("in %s: %w", directory, err)
	}
	return settings, nil
}

// tlsFromEnvironment returns the settings for DOCKER_CERT_PATH and DOCKER_TLS_VERIFY, nil for neither. Unlike Docker's
// library it verifies the engine's certificate with either of them: a certificate path alone must not turn that off.
func (c *Client) tlsFromEnvironment() (*tls.Config, error) {
	directory := c.getenv(client.EnvOverrideCertPath)
	if directory == "" && c.getenv(client.EnvTLSVerify) == "" {
		return nil, nil
	}
	if directory == "" {
		directory = c.configDirectory()
	}
	settings, err := newTLSFrom(directory)
	if err != nil {
		return nil, err
	}
	if settings == nil {
		if c.getenv(client.EnvOverrideCertPath) != "" {
			return nil, fmt.Errorf("%s has none of %s, %s and %s", directory, fileOfAuthority, fileOfCertificate, fileOfKey)
		}
		settings = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return settings, nil
}

// largestFile is the limit for configuration files.
const largestFile = 1 << 20

// readFile reads a file of Docker's configuration.
func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > largestFile {
		return nil, fmt.Errorf("%s is no file of at most %d bytes", name, largestFile)
	}
	return os.ReadFile(name)
}
