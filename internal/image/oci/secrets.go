package oci

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// shortSecret is the length from which a secret can be taken out of a text. What is shorter is in any text by chance, and
// each gap in a known sentence would tell a part of it.
const shortSecret = 4

// secrets are what must not be seen in an error: what was sent, and what that was made of. They are kept as long as the
// header is, because a server may repeat to a second reader what the first one has sent.
type secrets struct {
	mutex sync.Mutex
	known []string // in every spelling
}

// hide notes secrets that must not be seen in an error.
func (s *secrets) hide(secrets ...string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		quoted := strconv.Quote(secret)
		for _, spelling := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), quoted[1 : len(quoted)-1]} {
			if !slices.Contains(s.known, spelling) {
				s.known = append(s.known, spelling)
			}
		}
	}
	// The longest first: a secret may begin like another one.
	slices.SortFunc(s.known, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
}

// redact takes the secrets out of what somebody else has written, all of them at once: what takes the place of one is not
// searched for the next.
func (s *secrets) redact(text string) string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var pairs []string
	for _, secret := range s.known {
		if len(secret) < shortSecret && strings.Contains(text, secret) {
			return "what it says has a secret in it, and is left out"
		}
		pairs = append(pairs, secret, "[secret]")
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
