package demandflow

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// mostRemembered bounds the secrets that a client remembers, in bytes. Beyond it the half that was not seen for longest is
// forgotten: an error is most likely to repeat what was written or read just before.
const mostRemembered = 64 << 10

// A memory holds the secrets that requests and answers have carried: DemandFlow may name a stored one in a message, although
// the request that failed has nothing of it. Those too short to be replaced are not kept; they would silence every message.
type memory struct {
	mutex sync.Mutex
	seen  map[secret]int64 // when it was last seen, counted in sightings
	clock int64
	size  int        // of the texts
	ready *redaction // nil where a secret came or went since
}

// Conceal keeps secrets out of errors and logs that the client has not come across itself: those of a state.
func (c *Client) Conceal(entityCode string, fields Object) {
	c.memory.add(c.secretsIn(entityCode, fields))
}

// Hide takes the secrets that the client has come across out of a text for people.
func (c *Client) Hide(text string) string { return c.hide(text, nil) }

func (m *memory) add(secrets []secret) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, s := range secrets {
		if utf8.RuneCountInString(s.text) < shortestPiece || strings.Trim(s.text, mask) == "" {
			continue
		}
		m.clock++
		if m.seen == nil {
			m.seen = map[secret]int64{}
		}
		if m.seen[s] == 0 {
			m.size += len(s.text)
			m.ready = nil
		}
		m.seen[s] = m.clock
	}
	if m.size > mostRemembered {
		m.forget()
	}
}

// forget leaves the secrets that were seen last, at least one.
func (m *memory) forget() {
	secrets := m.inOrder()
	for len(secrets) > 1 && m.size > mostRemembered/2 {
		m.size -= len(secrets[0].text)
		delete(m.seen, secrets[0])
		secrets = secrets[1:]
	}
	m.ready = nil
}

// inOrder are the secrets, the one that was seen last at the end.
func (m *memory) inOrder() []secret {
	return slices.SortedFunc(maps.Keys(m.seen), func(a, b secret) int { return int(m.seen[a] - m.seen[b]) })
}

// redaction is made when an error needs it, which is seldom.
func (m *memory) redaction() *redaction {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.ready == nil {
		m.ready = newRedaction(m.inOrder()...)
	}
	return m.ready
}
