package wire_test

import (
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

func TestTLS_trustsTheGivenAuthorityBesideTheSystemsOrInsteadOfThem(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	authority := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	alone := x509.NewCertPool()
	alone.AddCert(server.Certificate())
	beside, err := x509.SystemCertPool()
	if err != nil {
		t.Fatal(err)
	}
	beside.AddCert(server.Certificate())
	for exclusive, want := range map[bool]*x509.CertPool{true: alone, false: beside} {
		config, err := wire.TLS{CACertificate: authority, Exclusive: exclusive}.Config()
		if err != nil || !config.RootCAs.Equal(want) || config.InsecureSkipVerify {
			t.Errorf("exclusive %t: %v", exclusive, err)
		}
	}
	if config, err := (wire.TLS{}).Config(); err != nil || config.RootCAs != nil || config.InsecureSkipVerify {
		t.Errorf("without settings: %v", err)
	}
}

func TestTLS_refusesWhatCannotBeUsedWithoutShowingTheKey(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		settings wire.TLS
		want     string
	}{
		{wire.TLS{CACertificate: "canary"}, "no PEM-encoded certificate"},
		{wire.TLS{Certificate: "canary"}, "belong together"},
		{wire.TLS{Key: "canary"}, "belong together"},
		{wire.TLS{Certificate: "canary", Key: "canary"}, "cannot be used"},
	} {
		if _, err := test.settings.Config(); err == nil || !strings.Contains(err.Error(), test.want) ||
			strings.Contains(err.Error(), "canary") {
			t.Errorf("%v, want %q", err, test.want)
		}
	}
}
