package oci

import (
	"net/url"
	"sync"
	"sync/atomic"

	"github.com/distribution/reference"
	"github.com/google/go-containerregistry/pkg/name"
	"golang.org/x/sync/semaphore"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A reader is one call that reads one repository.
type reader struct {
	*connection
	repository name.Repository
	auth       *repositoryAuth

	mutex    sync.Mutex
	limit    *rateLimit
	warnings []image.Warning
	// The registry has no referrers API: it is not tried again.
	absent *noReferrers
	// for contents that may be large, in bytes
	memory *semaphore.Weighted
	read   atomic.Int64 // bytes of such contents
}

func (c *Client) read(named reference.Named, own *Registry) (*reader, error) {
	connection, err := c.connect(hostOf(named), own)
	if err != nil {
		return nil, err
	}
	path := reference.Path(named)
	return &reader{connection: connection, repository: connection.registry.Repo(path), auth: connection.authFor(path),
		memory: semaphore.NewWeighted(2 * maxEnvelope)}, nil
}

func (r *reader) host() string { return r.registry.RegistryStr() }

// at returns the address of a manifest, a blob or a list of the repository.
func (r *reader) at(kind, identifier string) *url.URL {
	return &url.URL{Path: "/v2/" + r.repository.RepositoryStr() + "/" + kind + "/" + identifier}
}

// hide adds secrets that must not be shown in an error of any reader: a server may repeat to one what another has sent.
func (r *reader) hide(secrets ...string) {
	for _, secret := range secrets {
		r.secrets.AddSeen(wire.Secret{Text: secret, Instead: wire.Instead})
	}
}

// line returns a foreign text as one line of limited length, without secrets.
func (r *reader) line(text string) string { return r.secrets.Line(text, maxSaid) }

// maxAlike is how many warnings of one kind are noted: each of thousands of statements may give reasons for ten.
const maxAlike = 100

// remark notes a warning, once, and of those that the registry itself makes the first maxWarned.
func (r *reader) remark(warning image.Warning) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	alike, most := 0, maxAlike
	if warning.Summary == registryWarns {
		most = maxWarned
	}
	for _, noted := range r.warnings {
		if noted == warning {
			return
		}
		if noted.Summary == warning.Summary {
			alike++
		}
	}
	if alike < most {
		r.warnings = append(r.warnings, warning)
	}
}

// warn passes the warnings on.
func (r *reader) warn(to func(image.Warning)) {
	if to == nil {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.limit != nil && r.limit.nearlyUsed() {
		r.warnings = append(r.warnings, r.limit.warning(r.host(), r.auth.anonymous()))
	}
	for _, warning := range r.warnings {
		to(warning)
	}
	r.warnings = nil
}
