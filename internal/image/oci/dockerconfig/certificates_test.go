package dockerconfig_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/dockerconfig"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

func TestCertificates_areFoundByHost(t *testing.T) {
	authority := wiretest.NewAuthority(t)
	certificate, key := authority.Issue(t, "me", time.Now().Add(time.Hour))
	for folder, host := range map[string]string{
		".docker/certs.d/registry.example.com:5000":           "registry.example.com:5000",
		".config/containers/certs.d/registry.example.com":     "registry.example.com",
		".config/docker/certs.d/registry.example.com":         "registry.example.com:443",
		".config/containers/certs.d/registry.example.com:443": "registry.example.com",
		".docker/certs.d/docker.io":                           "index.docker.io",
		".docker/certs.d/[::1]:5000":                          "[::1]:5000",
	} {
		h := newHome(t)
		h.write(t, folder+"/ca.crt", authority.PEM())
		h.write(t, folder+"/client.cert", certificate)
		h.write(t, folder+"/client.key", key)
		found, err := dockerconfig.FindCertificates(host)
		if err != nil || len(found.Own) != 1 || !strings.Contains(found.Authorities, authority.PEM()) {
			t.Errorf("%s for %s: %+v, %v", folder, host, found, err)
		}
		if found, err := dockerconfig.FindCertificates("other.example.com"); err != nil || found.Folder != "" {
			t.Errorf("another host has %+v, %v", found, err)
		}
	}
}

// What cannot be used is said, and what can be is used.
func TestCertificates_thatCannotBeUsedAreNamed(t *testing.T) {
	authority := wiretest.NewAuthority(t)
	certificate, key := authority.Issue(t, "me", time.Now().Add(time.Hour))
	const folder = ".docker/certs.d/registry.example.com/"
	for name, test := range map[string]struct {
		files map[string]string
		words string
	}{
		"no key":         {map[string]string{"client.cert": certificate}, "client.key cannot be read"},
		"another's key":  {map[string]string{"client.cert": certificate, "client.key": authority.KeyPEM(t)}, "client.cert and its key"},
		"no certificate": {map[string]string{"client.cert": "x", "client.key": key}, "client.cert and its key"},
	} {
		h := newHome(t)
		for file, text := range test.files {
			h.write(t, folder+file, text)
		}
		h.write(t, folder+"second.cert", certificate)
		h.write(t, folder+"second.key", key)
		found, err := dockerconfig.FindCertificates("registry.example.com")
		if err == nil || !strings.Contains(err.Error(), test.words) || strings.Contains(err.Error(), key[30:60]) {
			t.Errorf("%s: %v", name, err)
		}
		if len(found.Own) != 1 {
			t.Errorf("%s: the other certificate is not used", name)
		}
	}
	if os.Geteuid() == 0 {
		return // root reads everything
	}
	h := newHome(t)
	if err := os.Chmod(h.write(t, folder+"ca.crt", authority.PEM()), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := dockerconfig.FindCertificates("registry.example.com"); err == nil || !strings.Contains(err.Error(),
		"ca.crt cannot be read") {
		t.Errorf("%v", err)
	}
}
