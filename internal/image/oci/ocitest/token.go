package ocitest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	service    = "registry.test"
	issuerName = "issuer.test"
)

// An identity is a self-signed certificate for this machine.
type identity struct {
	key                      *ecdsa.PrivateKey
	der                      []byte
	certificate              string // PEM
	certificateFile, keyFile string
	transport                *http.Transport
}

func newIdentity(t testing.TB, directory string) *identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "registry for tests"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	i := &identity{key: key, der: der, certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE",
		Bytes: der}))}
	i.certificateFile = write(t, filepath.Join(directory, "registry.crt"), i.certificate)
	i.keyFile = write(t, filepath.Join(directory, "registry.key"),
		string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private})))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(i.certificate))
	i.transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	t.Cleanup(i.transport.CloseIdleConnections)
	return i
}

// An issuer is a token server: a client with the password may do with a repository what is asked for.
type issuer struct {
	realm  string
	issued atomic.Int64
}

func startIssuer(t testing.TB, of *identity) *issuer {
	t.Helper()
	i := &issuer{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user != Username || password != Password || r.URL.Query().Get("service") != service {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"errors":[{"code":"UNAUTHORIZED","message":"incorrect username or password"}]}`)
			return
		}
		access := []map[string]any{}
		for _, scope := range r.URL.Query()["scope"] {
			if parts := strings.Split(scope, ":"); len(parts) == 3 {
				access = append(access, map[string]any{"type": parts[0], "name": parts[1], "actions": strings.Split(parts[2], ",")})
			}
		}
		token, err := of.token(map[string]any{
			"iss": issuerName, "sub": user, "aud": service, "exp": time.Now().Add(5 * time.Minute).Unix(),
			"nbf": time.Now().Add(-time.Minute).Unix(), "iat": time.Now().Unix(), "jti": fmt.Sprint(i.issued.Add(1)),
			"access": access,
		})
		if err != nil {
			t.Error(err)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"token": token})
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{of.der}, PrivateKey: of.key}},
		MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	// By name: clients refuse a token server on a private address that is not the registry's own.
	i.realm = strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/token"
	return i
}

// token signs claims as a JSON Web Token, with the certificate in it that the registry trusts.
func (i *identity) token(claims map[string]any) (string, error) {
	header := map[string]any{"typ": "JWT", "alg": "ES256", "x5c": []string{base64.StdEncoding.EncodeToString(i.der)}}
	var parts []string
	for _, part := range []any{header, claims} {
		text, err := json.Marshal(part)
		if err != nil {
			return "", err
		}
		parts = append(parts, base64.RawURLEncoding.EncodeToString(text))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, ".")))
	r, s, err := ecdsa.Sign(rand.Reader, i.key, sum[:])
	if err != nil {
		return "", err
	}
	signature := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	return strings.Join(append(parts, base64.RawURLEncoding.EncodeToString(signature)), "."), nil
}
