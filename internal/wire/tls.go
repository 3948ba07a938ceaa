package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
)

// TLS are the settings of a client's connections. The zero value verifies certificates against the system's.
type TLS struct {
	CACertificate    string // PEM; trusted beside the system's certificates, unless Exclusive
	Exclusive        bool   // CACertificate is trusted instead of the system's certificates
	Certificate, Key string // PEM, both or none: the client's own
	Insecure         bool   // certificates are not verified
}

// Config returns the settings for crypto/tls. Its errors quote nothing of the key.
func (t TLS) Config() (*tls.Config, error) {
	//nolint:gosec // Insecure is asked for
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: t.Insecure}
	if t.CACertificate != "" {
		config.RootCAs = x509.NewCertPool()
		// A machine without certificates of its own still can trust the one that it is given.
		if system, err := x509.SystemCertPool(); err == nil && !t.Exclusive {
			config.RootCAs = system
		}
		if !config.RootCAs.AppendCertsFromPEM([]byte(t.CACertificate)) {
			return nil, errNoCertificate
		}
	}
	if t.Certificate == "" && t.Key == "" {
		return config, nil
	}
	if t.Certificate == "" || t.Key == "" {
		return nil, errors.New("a client certificate and its key belong together: set both or none")
	}
	pair, err := tls.X509KeyPair([]byte(t.Certificate), []byte(t.Key))
	if err != nil {
		return nil, fmt.Errorf("the client certificate and its key cannot be used: %w", err)
	}
	config.Certificates = []tls.Certificate{pair}
	return config, nil
}

var errNoCertificate = errors.New("it holds no PEM-encoded certificate. Give the text of the file, which begins with " +
	"-----BEGIN CERTIFICATE-----")

// CheckCACertificate returns an error where a text holds no PEM-encoded certificate.
func CheckCACertificate(pem string) error {
	if !x509.NewCertPool().AppendCertsFromPEM([]byte(pem)) {
		return errNoCertificate
	}
	return nil
}
