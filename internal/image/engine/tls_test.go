package engine

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// selfSigned makes a certificate for 127.0.0.1 that is its own authority, for servers and clients alike.
func selfSigned(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "engine"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}))
}

// encrypted starts an engine that wants TLS, and a certificate of each client.
func encrypted(t *testing.T, certificate, key string) (host string) {
	t.Helper()
	server := httptest.NewUnstartedServer(&recording{api: "1.41",
		routes: map[string]string{routeList: "docker-20.10.24-images-list.json"}})
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM([]byte(certificate))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert,
		ClientCAs: clients, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	return "tcp://" + server.Listener.Addr().String()
}

func TestTLS_certificatesFromEverywhere(t *testing.T) {
	t.Parallel()
	certificate, key := selfSigned(t)
	host := encrypted(t, certificate, key)
	directory := t.TempDir()
	for name, text := range map[string]string{fileOfAuthority: certificate, fileOfCertificate: certificate,
		fileOfKey: key} {
		write(t, filepath.Join(directory, name), text)
	}
	config := dockerConfig(t, "lab", map[string]string{"lab": `{"Endpoints":{"docker":{"Host":"` + host + `"}}}`,
		"skip": `{"Endpoints":{"docker":{"Host":"` + host + `","SkipTLSVerify":true}}}`})
	for _, name := range []string{"lab", "skip"} {
		for file, text := range map[string]string{fileOfCertificate: certificate, fileOfKey: key} {
			write(t, filepath.Join(config, "contexts", "tls", hashed(name), "docker", file), text)
		}
	}
	write(t, filepath.Join(config, "contexts", "tls", hashed("lab"), "docker", fileOfAuthority), certificate)

	for name, c := range map[string]*Client{
		"the configuration": inEnvironment(t, Config{Host: host, CACertificate: certificate,
			ClientCertificate: certificate, ClientKey: key}, nil),
		"https": inEnvironment(t, Config{Host: strings.Replace(host, "tcp", "https", 1),
			CACertificate: certificate, ClientCertificate: certificate, ClientKey: key}, nil),
		"DOCKER_CERT_PATH": inEnvironment(t, Config{}, map[string]string{"DOCKER_HOST": host,
			"DOCKER_CERT_PATH": directory, "DOCKER_TLS_VERIFY": "1"}),
		"DOCKER_TLS_VERIFY": inEnvironment(t, Config{}, map[string]string{"DOCKER_HOST": host,
			"DOCKER_CONFIG": directory, "DOCKER_TLS_VERIFY": "1"}),
		"the context":             inEnvironment(t, Config{}, map[string]string{"DOCKER_CONFIG": config}),
		"a context without check": inEnvironment(t, Config{Context: "skip"}, map[string]string{"DOCKER_CONFIG": config}),
	} {
		if images, err := c.Images(t.Context(), ListOptions{}); err != nil || len(images) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTLS_errorsSayWhatToSet(t *testing.T) {
	t.Parallel()
	certificate, key := selfSigned(t)
	other, otherKey := selfSigned(t)
	host := encrypted(t, certificate, key)
	plain := httptest.NewServer(&recording{api: "1.41"})
	t.Cleanup(plain.Close)
	for name, config := range map[string]Config{
		"no CA":                      {Host: strings.Replace(host, "tcp", "https", 1)},
		"another CA":                 {Host: host, CACertificate: other},
		"no client certificate":      {Host: host, CACertificate: certificate},
		"another client certificate": {Host: host, CACertificate: certificate, ClientCertificate: other, ClientKey: otherKey},
		"no TLS":                     {Host: host},
		"TLS where there is none":    {Host: "tcp://" + plain.Listener.Addr().String(), CACertificate: certificate},
	} {
		_, err := inEnvironment(t, config, nil).Images(t.Context(), ListOptions{})
		if err == nil || !strings.Contains(err.Error(), "Set the CA that signed the engine's certificate") {
			t.Errorf("%s: %v", name, err)
		}
		t.Logf("%s: %v", name, err)
	}
}

func TestTLS_aCertificatePathAloneDoesNotTurnTheCheckOff(t *testing.T) {
	t.Parallel()
	certificate, key := selfSigned(t)
	directory := t.TempDir()
	for name, text := range map[string]string{fileOfCertificate: certificate, fileOfKey: key} {
		write(t, filepath.Join(directory, name), text)
	}
	c := inEnvironment(t, Config{}, map[string]string{"DOCKER_HOST": encrypted(t, certificate, key),
		"DOCKER_CERT_PATH": directory})
	if _, err := c.Images(t.Context(), ListOptions{}); err == nil || !strings.Contains(err.Error(), "unknown authority") {
		t.Error(err)
	}
}
