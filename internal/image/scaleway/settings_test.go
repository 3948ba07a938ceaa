package scaleway

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

// alone takes away what the machine's own environment and files say of Scaleway, and writes a configuration file of its
// own unless its text is empty.
func alone(t *testing.T, file string) string {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "SCW_") || strings.HasPrefix(name, "SCALEWAY_") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	path := filepath.Join(home, "scw", "config.yaml")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if file != "" {
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

const (
	otherAccess = "SCWOTHEROTHEROTHERXX"
	otherSecret = "0d5ea5e0-5ec2-4e7b-8a1e-c0ffee000009"
)

func TestSettings_comeFromConfigurationThenEnvironmentThenFile(t *testing.T) {
	server, web := newShop(t)
	good := "access_key: " + scalewaytest.AccessKey + "\nsecret_key: " + scalewaytest.SecretKey + "\n"
	bad := "access_key: " + otherAccess + "\nsecret_key: " + otherSecret + "\n"
	indented := func(text string) string {
		return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ") + "\n"
	}
	region, address := "default_region: fr-par\n", "api_url: "+server.URL+"/\n"
	for name, test := range map[string]struct {
		file        string
		environment map[string]string
		config      Config
	}{
		"the file":           {file: good + region + address},
		"its active profile": {file: bad + region + address + "active_profile: work\nprofiles:\n  work:\n" + indented(good)},
		"a named profile": {file: bad + region + address + "profiles:\n  work:\n" + indented(good),
			config: Config{Profile: "work"}, environment: map[string]string{"SCW_SECRET_KEY": otherSecret}},
		"SCW_PROFILE": {file: bad + region + address + "profiles:\n  work:\n" + indented(good),
			environment: map[string]string{"SCW_PROFILE": "work"}},
		"the environment": {file: bad + "default_region: nl-ams\n", environment: map[string]string{
			"SCW_ACCESS_KEY": scalewaytest.AccessKey, "SCW_SECRET_KEY": scalewaytest.SecretKey, "SCW_DEFAULT_REGION": "fr-par",
			"SCW_API_URL": server.URL}},
		"no file": {environment: map[string]string{
			"SCW_ACCESS_KEY": scalewaytest.AccessKey, "SCW_SECRET_KEY": scalewaytest.SecretKey, "SCW_DEFAULT_REGION": "fr-par",
			"SCW_API_URL": server.URL}},
		"the configuration": {file: "not: [yaml", environment: map[string]string{"SCW_SECRET_KEY": otherSecret,
			"SCW_DEFAULT_REGION": "nl-ams", "SCW_API_URL": "http://nowhere.invalid"},
			config: Config{AccessKey: scalewaytest.AccessKey, SecretKey: scalewaytest.SecretKey, Region: "fr-par",
				APIURL: server.URL}},
		"keys here and the region there": {environment: map[string]string{"SCW_DEFAULT_REGION": "fr-par"},
			config: Config{AccessKey: scalewaytest.AccessKey, SecretKey: scalewaytest.SecretKey, APIURL: server.URL}},
		"another project by default": {file: good + region + address + "default_project_id: " + scalewaytest.ID(3) +
			"\ndefault_organization_id: " + scalewaytest.ID(4) + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			alone(t, test.file)
			for name, value := range test.environment {
				t.Setenv(name, value)
			}
			client, err := New(test.config)
			if err != nil {
				t.Fatal(err)
			}
			got, err := client.ImageByName(t.Context(), "", "", "web", Options{})
			if err != nil || got.Scaleway.ID != web.ID {
				t.Error(got, err)
			}
		})
	}
}

func TestSettings_thatMakeNoSenseAreExplained(t *testing.T) {
	keys := "access_key: " + scalewaytest.AccessKey + "\nsecret_key: " + scalewaytest.SecretKey + "\n"
	for name, test := range map[string]struct {
		file        string
		environment map[string]string
		config      Config
		want        string
		never       string // what the error must not repeat
	}{
		"nothing": {want: "there is no key. Make one in Scaleway's console (IAM, API keys), and set " +
			"SCW_ACCESS_KEY and SCW_SECRET_KEY"},
		"a key without a key": {environment: map[string]string{"SCW_ACCESS_KEY": otherAccess}, want: "there is no key"},
		"no region": {file: keys,
			want: "there is no region: give one (fr-par, nl-ams, pl-waw, it-mil), or set SCW_DEFAULT_REGION"},
		"an unknown region": {file: keys + "default_region: mars\n", want: `"mars" is no region of Scaleway`},
		"a bad secret": {environment: map[string]string{"SCW_ACCESS_KEY": otherAccess, "SCW_SECRET_KEY": "hunter2 "},
			want: "the secret key does not have the form of one", never: "hunter2"},
		"a bad access key": {environment: map[string]string{"SCW_ACCESS_KEY": "hunter2", "SCW_SECRET_KEY": otherSecret},
			want: "the access key does not have the form of one", never: "hunter2"},
		"a bad address": {file: keys + "api_url: https://me:hunter2@api.scaleway.com\n",
			want: "the address of the API is not an http or https URL without user", never: "hunter2"},
		"no such profile": {file: keys + "profiles:\n  work: {}\n", config: Config{Profile: "play"},
			want: `has no profile "play", but default, work`},
		"no active profile": {file: keys + "active_profile: gone\n",
			want: "does not have the profile that SCW_PROFILE or its active_profile names, but default"},
		"no file for it": {config: Config{Profile: "work"}, want: "there is no file "},
		"no file where said": {environment: map[string]string{"SCW_CONFIG_PATH": "missing.yaml"},
			want: "there is no file missing.yaml, which SCW_CONFIG_PATH and profiles are about"},
		"a directory": {environment: map[string]string{"SCW_CONFIG_PATH": "."},
			want: ". cannot be read: is a directory"},
		"no YAML": {file: keys + "insecure: hunter2\n",
			want: "is not what a configuration of Scaleway's looks like (line 3)", never: "hunter2"},
		"no YAML either": {file: "secret_key: hunter2: x\n",
			want: "is not what a configuration of Scaleway's looks like", never: "hunter2"},
	} {
		t.Run(name, func(t *testing.T) {
			alone(t, test.file)
			for name, value := range test.environment {
				t.Setenv(name, value)
			}
			client, err := New(test.config)
			if err != nil {
				t.Fatalf("New: %v: what is not in the configuration is not looked at yet", err)
			}
			_, err = client.Images(t.Context(), ListOptions{})
			if err == nil || !strings.Contains(err.Error(), test.want) || test.never != "" && strings.Contains(err.Error(),
				test.never) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestNew_refusesWhatItCanSee(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config Config
		want   string
	}{
		"half a pair":       {Config{SecretKey: otherSecret}, "a secret key without its access key"},
		"the other half":    {Config{AccessKey: otherAccess}, "an access key without its secret key"},
		"a bad secret":      {Config{AccessKey: otherAccess, SecretKey: "hunter2"}, "the secret key does not have the form"},
		"a bad access key":  {Config{AccessKey: "hunter2", SecretKey: otherSecret}, "the access key does not have the form"},
		"a bad region":      {Config{Region: "hunter"}, `"hunter" is no region`},
		"a bad project":     {Config{ProjectID: "12"}, `"12" is no id`},
		"a bad address":     {Config{APIURL: "https://me:hunter2@api.scaleway.com"}, "the address of the API"},
		"no address at all": {Config{APIURL: "api.scaleway.com"}, "the address of the API"},
	} {
		if _, err := New(test.config); err == nil || !strings.Contains(err.Error(), test.want) ||
			strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), otherSecret) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestNew_sendsNoKeyInTheClear(t *testing.T) {
	t.Parallel()
	for address, allowed := range map[string]bool{
		"http://api.scaleway.com": false, "http://10.0.0.1:8080": false, "http://127.0.0.1:8080": true,
		"http://localhost:8080": true, "http://[::1]:1": true, "https://api.scaleway.com": true,
	} {
		if _, err := New(Config{APIURL: address}); (err == nil) != allowed {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestRegistryLogin_showsTheKeyToScalewayAlone(t *testing.T) {
	t.Parallel()
	server, _ := newShop(t)
	client := newClient(t, server, nil)
	api := strings.TrimPrefix(server.URL, "http://")
	for reference, shown := range map[string]bool{
		"rg.fr-par.scw.cloud/shop/web:v1": true, "RG.nl-ams.scw.cloud/shop/web": true,
		"rg.fr-par.scw.cloud:443/shop/web": true, api + "/shop/web": true,
		"docker.io/shop/web": false, "scw.cloud.example.com/shop/web": false, "example.com/rg.fr-par.scw.cloud/web": false,
		"evilscw.cloud/shop/web":                false,
		"evil.pub.instances.scw.cloud/shop/web": false, "bucket.s3.fr-par.scw.cloud:8080/shop/web": false,
		"mine.functions.fnc.fr-par.scw.cloud/web": false,
		"127.0.0.1:5000/shop/web":                 false, "127.0.0.1/shop/web": false,
		"rg.fr-par.scw.cloud:8443/shop/web": false,
		"rg.fr-par.scw.cloud:80/shop/web":   false,
		"example.com#.scw.cloud/shop/web":   false, "example.com:1@rg.scw.cloud/shop": false,
		"127.0.0.1.example.com/shop": false, "": false,
	} {
		username, password, insecure, err := client.RegistryLogin(reference)
		if shown != (err == nil && username == "nologin" && password == scalewaytest.SecretKey) || !shown && password != "" ||
			insecure {
			t.Errorf("%s: %q, %v", reference, username, err)
		}
	}
}
