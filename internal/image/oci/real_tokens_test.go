package oci

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

const (
	tokenService = "registry.test"
	tokenIssuer  = "issuer.test"
)

// An issuer is a token server: a client with the password may do with a repository what is asked for.
type issuer struct {
	realm  string
	issued atomic.Int64
}

func startIssuer(t testing.TB, authority *wiretest.Authority) *issuer {
	t.Helper()
	i := &issuer{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user != realUsername || password != realPassword || r.URL.Query().Get("service") != tokenService {
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
		token, err := signToken(authority, map[string]any{
			"iss": tokenIssuer, "sub": user, "aud": tokenService, "exp": time.Now().Add(5 * time.Minute).Unix(),
			"nbf": time.Now().Add(-time.Minute).Unix(), "iat": time.Now().Unix(), "jti": fmt.Sprint(i.issued.Add(1)),
			"access": access,
		})
		if err != nil {
			t.Error(err)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"token": token})
	}))
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{
		{Certificate: [][]byte{authority.Certificate.Raw}, PrivateKey: authority.Key},
	}}
	server.StartTLS()
	t.Cleanup(server.Close)
	// By name: clients refuse a token server on a private address that is not the registry's own.
	i.realm = strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/token"
	return i
}

// signToken signs claims as a JSON Web Token, with the certificate in it that the registry trusts.
func signToken(authority *wiretest.Authority, claims map[string]any) (string, error) {
	header := map[string]any{"typ": "JWT", "alg": "ES256",
		"x5c": []string{base64.StdEncoding.EncodeToString(authority.Certificate.Raw)}}
	var parts []string
	for _, part := range []any{header, claims} {
		text, err := json.Marshal(part)
		if err != nil {
			return "", err
		}
		parts = append(parts, base64.RawURLEncoding.EncodeToString(text))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, ".")))
	r, s, err := ecdsa.Sign(rand.Reader, authority.Key, sum[:])
	if err != nil {
		return "", err
	}
	signature := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	return strings.Join(append(parts, base64.RawURLEncoding.EncodeToString(signature)), "."), nil
}
