package scaleway

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	registry "github.com/scaleway/scaleway-sdk-go/api/registry/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"
	"github.com/scaleway/scaleway-sdk-go/validation"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// Regions returns Scaleway's regions. Others are refused before a request: a typing error is likelier than a new
// region, and its 404 would look like a deleted image.
func Regions() []string {
	var names []string
	for _, region := range scw.AllRegions {
		names = append(names, region.String())
	}
	return names
}

// CheckRegion returns an error for what is not a region.
func CheckRegion(region string) error {
	if !slices.Contains(Regions(), region) {
		return fmt.Errorf("%q is no region of Scaleway: they are %s", region, strings.Join(Regions(), ", "))
	}
	return nil
}

// check returns an error for settings that cannot be used. It does not repeat keys.
func (c Config) check() error {
	switch {
	case c.AccessKey == "" && c.SecretKey != "":
		return errors.New("there is a secret key without its access key: give both, as Scaleway's console shows them")
	case c.AccessKey != "" && c.SecretKey == "":
		return errors.New("there is an access key without its secret key: give both, as Scaleway's console shows them")
	}
	for _, id := range []string{c.OrganizationID, c.ProjectID} {
		if id != "" {
			if err := CheckID(id); err != nil {
				return err
			}
		}
	}
	if c.Region != "" {
		if err := CheckRegion(c.Region); err != nil {
			return err
		}
	}
	return errors.Join(checkKeys(c.AccessKey, c.SecretKey), checkAPIURL(c.APIURL))
}

// checkKeys checks the form of keys before the SDK does, which repeats a malformed one: it may be another secret, or a
// valid key with a space.
func checkKeys(access, secret string) error {
	switch {
	case access != "" && !validation.IsAccessKey(access):
		return errors.New("the access key does not have the form of one, SCW and 17 capital letters or digits: copy it " +
			"again from Scaleway's console")
	case secret != "" && !validation.IsSecretKey(secret):
		return errors.New("the secret key does not have the form of one, a UUID: copy it again, or make a new key in " +
			"Scaleway's console, which shows it only once")
	}
	return nil
}

func checkAPIURL(address string) error {
	if address == "" {
		return nil
	}
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" ||
		parsed.User != nil || parsed.RawQuery != "" || parsed.Fragment != "" {
		// The address is not repeated: it may hold a password.
		return errors.New("the address of the API is not an http or https URL without user, query and fragment, such as " +
			"https://api.scaleway.com")
	}
	if address := net.ParseIP(parsed.Hostname()); parsed.Scheme == "http" && parsed.Hostname() != "localhost" &&
		(address == nil || !address.IsLoopback()) {
		return errors.New("the address of the API is http://, without TLS, so that the key can be read on the way: write " +
			"https://")
	}
	return nil
}

// open merges the settings and makes the SDK's client. It is the first to read the environment and the configuration
// file.
func (c *Client) open() (*connection, error) {
	profile, err := c.config.resolve()
	if err != nil {
		return nil, image.Cannot("set up access to Scaleway", err.Error(), "", nil)
	}
	secret := image.ValueOf(profile.SecretKey)
	address := cmp.Or(strings.TrimRight(image.ValueOf(profile.APIURL), "/"), ownAPI)
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, image.Cannot("set up access to Scaleway", "the address of the API cannot be read", "", nil)
	}
	conn := &connection{
		region: scw.Region(image.ValueOf(profile.DefaultRegion)), address: parsed, secret: secret, secrets: secretsOf(secret),
		insecure: image.ValueOf(profile.Insecure),
	}
	options := []scw.ClientOption{
		scw.WithHTTPClient(newHTTPClient(parsed, conn.secrets, c.retryWait, conn.insecure)),
		scw.WithAuth(image.ValueOf(profile.AccessKey), secret),
		scw.WithAPIURL(address),
	}
	if c.config.UserAgent != "" {
		options = append(options, scw.WithUserAgent(c.config.UserAgent))
	}
	client, err := scw.NewClient(options...)
	if err != nil {
		return nil, image.Cannot("set up access to Scaleway", conn.clean(err.Error()), "", nil)
	}
	conn.api = registry.NewAPI(client)
	return conn, nil
}

// secretsOf returns the secrets of a connection with a secret key.
func secretsOf(secret string) *wire.Secrets {
	secrets := &wire.Secrets{}
	secrets.Add(wire.Secret{Text: secret, Instead: "[secret_key]"})
	return secrets
}

// resolve merges the configuration, the profile that it names, the environment, and the active profile of the file, in
// this precedence. With keys and no profile in the configuration, the file is for other keys, and is not read.
func (c Config) resolve() (*scw.Profile, error) {
	resolved := scw.LoadEnvProfile()
	if c.SecretKey == "" || c.Profile != "" {
		file, err := loadFile(c.Profile != "")
		if err != nil {
			return nil, err
		}
		switch {
		case c.Profile != "":
			named, err := file.GetProfile(c.Profile)
			if err != nil {
				return nil, fmt.Errorf("%s has no profile %q%s", scw.GetConfigPath(), c.Profile, among(file))
			}
			resolved = scw.MergeProfiles(resolved, named)
		case file != nil:
			active, err := file.GetActiveProfile()
			if err != nil {
				return nil, fmt.Errorf("%s does not have the profile that %s or its active_profile names%s", scw.GetConfigPath(),
					scw.ScwActiveProfileEnv, among(file))
			}
			resolved = scw.MergeProfiles(active, resolved)
		}
	}
	resolved = scw.MergeProfiles(resolved, &scw.Profile{
		AccessKey: image.Known(c.AccessKey), SecretKey: image.Known(c.SecretKey), DefaultRegion: image.Known(c.Region),
		APIURL: image.Known(c.APIURL),
	})
	if image.ValueOf(resolved.SecretKey) == "" || image.ValueOf(resolved.AccessKey) == "" {
		return nil, fmt.Errorf("there is no key. Make one in Scaleway's console (IAM, API keys), and set %s and %s, or a "+
			"profile in %s, or access_key and secret_key of the provider's \"scaleway\"",
			scw.ScwAccessKeyEnv, scw.ScwSecretKeyEnv, scw.GetConfigPath())
	}
	if err := checkKeys(image.ValueOf(resolved.AccessKey), image.ValueOf(resolved.SecretKey)); err != nil {
		return nil, err
	}
	if err := checkAPIURL(image.ValueOf(resolved.APIURL)); err != nil {
		return nil, err
	}
	if region := image.ValueOf(resolved.DefaultRegion); region != "" {
		if err := CheckRegion(region); err != nil {
			return nil, err
		}
	}
	return resolved, nil
}

// yamlLine is the only part of a YAML error that is shown: the rest repeats values of the file.
var yamlLine = regexp.MustCompile(`\bline \d+\b`)

// loadFile reads Scaleway's configuration file. It returns nil if there is none and none is required.
func loadFile(required bool) (*scw.Config, error) {
	file, err := scw.LoadConfig()
	if err == nil {
		return file, nil
	}
	place := scw.GetConfigPath()
	if _, absent := errors.AsType[*scw.ConfigFileNotFoundError](err); absent {
		if required || os.Getenv(scw.ScwConfigPathEnv) != "" || os.Getenv(scw.ScwActiveProfileEnv) != "" {
			return nil, fmt.Errorf("there is no file %s, which %s and profiles are about. Write it with scw init, or set "+
				"access_key and secret_key instead", place, scw.ScwConfigPathEnv)
		}
		return nil, nil
	}
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, fmt.Errorf("%s cannot be read: %w", place, failed.Err)
	}
	where := ""
	if line := yamlLine.FindString(err.Error()); line != "" {
		where = " (" + line + ")"
	}
	return nil, fmt.Errorf("%s is not what a configuration of Scaleway's looks like%s. Compare it with that of scw "+
		"config dump", place, where)
}

// among lists the profiles of a file.
func among(file *scw.Config) string {
	names := []string{scw.DefaultProfileName}
	for name := range file.Profiles {
		names = append(names, name)
	}
	slices.Sort(names)
	return ", but " + strings.Join(names, ", ")
}

// ownAPI is the address of Scaleway's API.
const ownAPI = "https://api.scaleway.com"

// hostname matches hosts that all programs read alike.
var hostname = regexp.MustCompile(`^[a-z0-9.-]+(?::\d+)?$`)

// ownRegistry matches the hosts of Scaleway's registry. Other hosts below scw.cloud belong to its customers.
var ownRegistry = regexp.MustCompile(`^rg\.[a-z]{2}-[a-z]{3}\.scw\.cloud(?::443)?$`)

// RegistryLogin returns the login for the registry of a reference. The secret key is only for Scaleway's registry
// (rg.REGION.scw.cloud), and for the address of the API that is set, with its port: the reference comes from an answer,
// which must not decide to whom the key is sent.
func (c *Client) RegistryLogin(reference string) (username, password string, insecure bool, err error) {
	conn, err := c.connect()
	if err != nil {
		return "", "", false, err
	}
	host, _, _ := strings.Cut(reference, "/")
	host = strings.ToLower(host)
	atAPI := hostname.MatchString(host) &&
		wire.Origins{wire.OriginOf(conn.address)}.MayReceive(&url.URL{Scheme: conn.address.Scheme, Host: host})
	if !atAPI && !ownRegistry.MatchString(host) {
		return "", "", false, image.Cannot("log in to the registry "+host,
			"it does not belong to Scaleway, so the secret key is not sent there",
			"Read the image with demandflow_oci_image, and give it credentials of its own", nil)
	}
	// insecure is only for the API's host: Scaleway's registry always has TLS.
	return "nologin", conn.secret, conn.insecure && atAPI, nil
}
