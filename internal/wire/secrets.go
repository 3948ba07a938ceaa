package wire

import (
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// maxRemembered bounds the secrets that are remembered, in bytes. Beyond it the half that was not seen for longest is
// forgotten: an error is most likely to repeat what was sent or read just before.
const maxRemembered = 64 << 10

// Secrets are what a client must not show: what it was given, what it has sent, and what answers have carried. The zero
// value has none, and so has nil.
type Secrets struct {
	mutex sync.Mutex
	kept  []Secret         // never forgotten
	seen  map[Secret]int64 // when it was last seen, counted in sightings
	clock int64
	size  int        // of the texts of what was seen
	ready *Redaction // nil where a secret came or went since
}

// Add adds secrets that are never forgotten: those of a configuration.
func (s *Secrets) Add(secrets ...Secret) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, secret := range secrets {
		if secret.Text != "" && !slices.Contains(s.kept, secret) {
			s.kept, s.ready = append(s.kept, secret), nil
		}
	}
}

// AddSeen adds secrets that come and go: those of answers, and tokens.
func (s *Secrets) AddSeen(secrets ...Secret) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, secret := range secrets {
		if secret.Text == "" {
			continue
		}
		s.clock++
		if s.seen == nil {
			s.seen = map[Secret]int64{}
		}
		if s.seen[secret] == 0 {
			s.size += len(secret.Text)
			s.ready = nil
		}
		s.seen[secret] = s.clock
	}
	if s.size > maxRemembered {
		s.forget()
	}
}

// AddHeaders adds the credentials of a request's headers, as they are sent and as they are decoded: whatever has sent
// them (a plugin, a helper, a file that was read again), an answer may repeat them.
func (s *Secrets) AddHeaders(header http.Header) {
	if s == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if !carriesCredential(name) {
			continue
		}
		for _, value := range header[name] {
			credential := value
			if scheme, rest, found := strings.Cut(value, " "); found && !strings.ContainsAny(scheme, "=:") {
				credential = strings.TrimSpace(rest)
			}
			s.AddSeen(Secret{Text: credential, Instead: Instead})
			if decoded, err := base64.StdEncoding.DecodeString(credential); err == nil && utf8.Valid(decoded) {
				if _, password, found := strings.Cut(string(decoded), ":"); found {
					s.AddSeen(Secret{Text: password, Instead: Instead})
				}
			}
		}
	}
}

// Instead is what is shown in the place of a secret that has no name.
const Instead = "[secret]"

// carriesCredential reports whether a header is of the kind that holds a credential.
func carriesCredential(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"authorization", "auth", "token", "cookie", "secret", "password", "key"},
		func(word string) bool {
			return strings.Contains(name, word)
		})
}

// forget leaves the secrets that were seen last, at least one.
func (s *Secrets) forget() {
	secrets := s.inOrder()
	for len(secrets) > 1 && s.size > maxRemembered/2 {
		s.size -= len(secrets[0].Text)
		delete(s.seen, secrets[0])
		secrets = secrets[1:]
	}
	s.ready = nil
}

// inOrder returns the secrets that were seen, the last one at the end.
func (s *Secrets) inOrder() []Secret {
	return slices.SortedFunc(maps.Keys(s.seen), func(a, b Secret) int { return int(s.seen[a] - s.seen[b]) })
}

// redaction is made when an error needs it, which is seldom.
func (s *Secrets) redaction() *Redaction {
	if s == nil {
		return nil
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.ready == nil {
		s.ready = NewRedaction(slices.Concat(s.kept, s.inOrder())...)
	}
	return s.ready
}

// Replace replaces the secrets in a text, as far as they are long enough.
func (s *Secrets) Replace(text string) string { return s.redaction().Replace(text) }

// ContainsEncoded reports whether a text has a secret that is encoded so that Replace cannot take it out.
func (s *Secrets) ContainsEncoded(text string) bool { return s.redaction().ContainsEncoded(text) }

// Redact takes the secrets out of a text of the other side. Where one cannot be taken out, nothing of the text is
// shown.
func (s *Secrets) Redact(text string) string {
	redaction := s.redaction()
	if redaction.ContainsShort(text) || redaction.ContainsEncoded(text) {
		return Withheld
	}
	return redaction.Replace(text)
}

// Line makes a text of the other side fit for one line of an error: printable, without secrets, not long. The
// order counts: what is cut or interspersed with invisible characters would not be recognised as a secret.
func (s *Secrets) Line(text string, limit int) string { return Cut(s.Redact(OneLine(text)), limit) }
