package openshift_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
)

// ofCluster returns a client of a real cluster.
func ofCluster(t *testing.T, cluster *cluster, token string) *openshift.Client {
	t.Helper()
	client, err := openshift.New(openshift.Config{Host: cluster.url, Token: token, CACertificate: cluster.caCertificate})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// One cluster serves all that is tested on it, because starting one takes a while.
func TestServers_kubeAPIServer(t *testing.T) {
	t.Parallel()
	cluster := startCluster(t)
	if _, err := ofCluster(t, cluster, adminToken).Images(t.Context(), openshift.ListOptions{}); err == nil ||
		!strings.Contains(err.Error(), "a Kubernetes cluster without OpenShift") || errors.Is(err, image.ErrNotFound) {
		t.Errorf("a cluster that serves no images: %v", err)
	}
	cluster.serveImages(t)
	cluster.put(t, objects(t)...)
	t.Run("refuses as it should", func(t *testing.T) { refusesOnCluster(t, cluster) })
	t.Run("is logged in to in every way", func(t *testing.T) { logsInToCluster(t, cluster) })
	t.Run("gives the same catalogue as a registry", func(t *testing.T) { sameOnCluster(t, cluster) })
	t.Run("has images of every kind", func(t *testing.T) {
		client := ofCluster(t, cluster, readerToken)
		unit := newClient(t, openshifttest.New(t, objects(t)...))
		for _, name := range []string{ofSchema1, ofList, ofAMD64, ofSigned} {
			// All of it is as from the stand-in, which is what makes the tests on that one worth something.
			options := openshift.Options{Include: []string{openshift.IncludeRaw}}
			if difference := cmp.Diff(read(t, unit, name, options), read(t, client, name, options)); difference != "" {
				t.Errorf("%s from the stand-in (-) and from the cluster (+):\n%s", name, difference)
			}
		}
	})
	t.Run("lists in pages, also when it forgets", func(t *testing.T) { listsOnCluster(t, cluster) })
}

func refusesOnCluster(t *testing.T, cluster *cluster) {
	for _, test := range []struct {
		name, token, image, want string
		gone                     bool
	}{
		{"an image that is not there", readerToken, ofNone, "oc get images", true},
		{"a token that is none", "sha256~wrong", ofSigned, "401 Unauthorized", false},
		{"a user without the right", nobodyToken, ofSigned, `User "nobody" cannot get resource "images"`,
			false},
		{"a user without the right, of nothing", nobodyToken, ofNone, "oc create clusterrole", false},
	} {
		_, err := ofCluster(t, cluster, test.token).Image(t.Context(), test.image, openshift.Options{})
		if err == nil || !strings.Contains(err.Error(), test.want) || errors.Is(err, image.ErrNotFound) != test.gone ||
			strings.Contains(err.Error(), test.token) {
			t.Errorf("%s: %v", test.name, err)
		}
		t.Logf("%s: %v", test.name, err)
	}
	stranger, err := openshift.New(openshift.Config{Host: cluster.url, Token: readerToken})
	if err != nil {
		t.Fatal(err)
	}
	openshift.SetImpatient(t, stranger)
	if _, err := stranger.Image(t.Context(), ofSigned, openshift.Options{}); err == nil || !strings.Contains(err.Error(),
		"Set ca_certificate") {
		t.Errorf("an authority that is not known: %v", err)
	}
	_, err = ofCluster(t, cluster, readerToken).Images(t.Context(),
		openshift.ListOptions{LabelSelector: "a b c"})
	if err == nil || !strings.Contains(err.Error(), "400 Bad Request") || !strings.Contains(err.Error(), "oc get -l") {
		t.Errorf("labels that are none: %v", err)
	}
}

func logsInToCluster(t *testing.T, cluster *cluster) {
	folder := t.TempDir()
	encoded := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	certificate, key := cluster.clientCertificate(t, "reader", time.Now().Add(time.Hour))
	stale, staleKey := cluster.clientCertificate(t, "reader", time.Now().Add(-time.Hour))
	plugin := write(t, filepath.Join(folder, "credential"), fmt.Sprintf(
		`{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "status": {"token": %q}}`,
		readerToken))
	for name, test := range map[string]struct{ user, want string }{
		"a token":        {"{token: " + readerToken + "}", ""},
		"a token's file": {"{tokenFile: " + write(t, filepath.Join(folder, "token"), readerToken+"\n") + "}", ""},
		"a client certificate": {"{client-certificate-data: " + encoded(certificate) + ", client-key-data: " + encoded(key) +
			"}", ""},
		"a plugin": {"{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: " +
			"cat, args: [" + plugin + "]}}", ""},
		"a plugin that is not there": {
			"{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: made-up-plugin}}",
			"made-up-plugin",
		},
		"an expired certificate": {"{client-certificate-data: " + encoded(stale) + ", client-key-data: " + encoded(staleKey) +
			"}", "expired at"},
		"nothing": {"{}", "No credentials were sent"},
	} {
		path := write(t, filepath.Join(folder, name), kubeconfig(cluster.url, cluster.caCertificate, test.user))
		found, err := onMachine(t, openshift.Config{Kubeconfig: path}, "", nil).Image(t.Context(), ofSigned,
			openshift.Options{})
		switch {
		case test.want == "" && (err != nil || *found.Digest != ofSigned):
			t.Errorf("%s: %v", name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}

func sameOnCluster(t *testing.T, cluster *cluster) {
	img := madeUp(t)
	fromRegistry := inRegistry(t, img)
	o := openshifttest.Describe(t, img, fromRegistry.Reference, openshifttest.Whole)
	cluster.put(t, o)
	found := read(t, ofCluster(t, cluster, readerToken), o.Name(), openshift.Options{})
	if difference := cmp.Diff(fromRegistry.Catalogue, found.Catalogue); difference != "" {
		t.Errorf("catalogue of the registry (-) and of the cluster (+):\n%s", difference)
	}
	o = openshifttest.Describe(t, img, fromRegistry.Reference, openshifttest.Metadata10)
	cluster.put(t, o)
	want := *fromRegistry.Catalogue
	want.Healthcheck, want.Shell = nil, nil // OpenShift's own type of the metadata has no such fields
	found = read(t, ofCluster(t, cluster, readerToken), o.Name(), openshift.Options{})
	if difference := cmp.Diff(&want, found.Catalogue); difference != "" {
		t.Errorf("catalogue of the registry (-) and of the cluster's metadata (+):\n%s", difference)
	}
}

func listsOnCluster(t *testing.T, cluster *cluster) {
	all, names := many(23)
	cluster.put(t, all...)
	reader := func(between func(*http.Request)) *openshift.Client {
		client := ofCluster(t, cluster, readerToken)
		openshift.SetPageSize(t, client, 5)
		openshift.SetBetween(t, client, between)
		return client
	}
	chosen := openshift.ListOptions{Reference: "/ship[01]@"}
	requests := 0
	if difference := cmp.Diff(names, list(t, reader(func(*http.Request) { requests++ }), chosen)); difference != "" {
		t.Errorf("want (-) and got (+):\n%s", difference)
	}
	if requests < 5 {
		t.Errorf("23 images in pages of 5 took %d requests", requests)
	}

	// The store forgets what it was a list of, after the second page.
	requests = 0
	forgetting := reader(func(request *http.Request) {
		if requests++; requests == 3 {
			cluster.compact(t, cluster.put(t, all[0]))
		}
	})
	if difference := cmp.Diff(names, list(t, forgetting, chosen)); difference != "" {
		t.Errorf("with a token that has expired, want (-) and got (+):\n%s", difference)
	}
	t.Logf("%d requests with a token that has expired", requests)
	if requests < 6 || requests > 9 {
		t.Errorf("%d requests: the list was to go on where it was", requests)
	}
}
