package oci

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
)

// An issuing registry wants a token, and issues tokens itself. A field that is not set is as usual.
type issuing struct {
	challenge string // in WWW-Authenticate; HOST is the registry's host
	answer    string // of the token server
	scope     string // that a token must be asked for with
	password  string // that a token must be asked for with; empty: anyone gets one
	status    int    // with the challenge
	realm     func(w http.ResponseWriter, r *http.Request) bool

	mutex  sync.Mutex
	scopes [][]string
}

func (i *issuing) behave(w http.ResponseWriter, r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/token") {
		i.mutex.Lock()
		i.scopes = append(i.scopes, r.URL.Query()["scope"])
		i.mutex.Unlock()
		if i.realm != nil && i.realm(w, r) {
			return true
		}
		_, password, _ := r.BasicAuth()
		if i.password != "" && password != i.password {
			return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "who are you?")
		}
		token, answer := anIssuedToken, i.answer
		if i.scope != "" && !slices.Contains(r.URL.Query()["scope"], i.scope) {
			token = "for nothing"
		}
		if answer == "" {
			answer = `{"token":"TOKEN"}`
		}
		fmt.Fprint(w, strings.ReplaceAll(answer, "TOKEN", token))
		return true
	}
	if r.Header.Get("Authorization") == "Bearer "+anIssuedToken {
		return false
	}
	challenge := i.challenge
	if challenge == "" {
		challenge = `Bearer realm="http://HOST/token",service="s"`
	}
	for line := range strings.Lines(challenge) {
		w.Header().Add("WWW-Authenticate", strings.ReplaceAll(strings.TrimSpace(line), "HOST", r.Host))
	}
	return refuse(w, cmp.Or(i.status, http.StatusUnauthorized), "UNAUTHORIZED", "authentication required")
}

// reading serves an image in a registry that issues tokens, and returns the error of reading it.
func (i *issuing) reading(t *testing.T, settings Registry, keychain authn.Keychain) error {
	t.Helper()
	registry := serve(t)
	registry.push(t, "team/app:1", imageFor(t, "linux/amd64"))
	registry.behave(i.behave)
	settings.Insecure = true
	client := newClient(t, map[string]Registry{registry.host: settings})
	if keychain != nil {
		client.keychain = keychain
	}
	_, err := client.Image(t.Context(), registry.host+"/team/app:1", Options{Include: []string{IncludeConfig}})
	return err
}

func TestToken_isHadHoweverTheChallengeIsMade(t *testing.T) {
	t.Parallel()
	const bearer = `Bearer realm="http://HOST/token",service="s"`
	for name, i := range map[string]*issuing{
		"Basic before Bearer, in one field":     {challenge: `Basic realm="registry", ` + bearer},
		"Basic before Bearer, in two":           {challenge: "Basic realm=\"registry\"\n" + bearer},
		"Bearer before Basic":                   {challenge: bearer + "\n" + `Basic realm="registry"`},
		"Negotiate before Bearer":               {challenge: "Negotiate, " + bearer},
		"bearer":                                {challenge: `bearer realm="http://HOST/token",service="s"`},
		"BEARER, with a blank":                  {challenge: `BEARER realm="http://HOST/token", service="s"`},
		"a blank before a comma, and no quotes": {challenge: `Bearer Realm="http://HOST/token" , Service=s`},
		"quotes in quotes":                      {challenge: `Bearer service="a \"b\"", realm="http://HOST/token"`},
		"two blanks, and an error":              {challenge: `Bearer  realm="http://HOST/token",error="invalid_token",error_description="a, b"`},
		"neither scope nor service":             {challenge: `Bearer realm="http://HOST/token"`, scope: "repository:team/app:pull"},
		"a scope in the registry's own words":   {challenge: bearer + `,scope="repository:inner/app:pull"`, scope: "repository:inner/app:pull"},
		"an opaque scope":                       {challenge: bearer + `,scope="aws"`, scope: "aws"},
		"two scopes":                            {challenge: bearer + `,scope="repository:a:pull repository:b:pull"`, scope: "repository:a:pull repository:b:pull"},
		"a scope that does not do":              {challenge: bearer + `,scope="registry:catalog:*"`, scope: "repository:team/app:pull"},
		"a realm with a query of its own": {challenge: `Bearer realm="http://HOST/token?project=7",service="s:443"`,
			realm: func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Query().Get("project") == "7" && r.URL.Query().Get("service") == "s:443" {
					return false
				}
				return refuse(w, http.StatusBadRequest, "BAD", r.URL.RawQuery)
			}},
		"a realm that redirects to its own path": {realm: func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/token" {
				http.Redirect(w, r, "/token/?"+r.URL.RawQuery, http.StatusTemporaryRedirect)
			}
			return r.URL.Path == "/token"
		}, password: "hunter2"},
		"a challenge with 403":          {status: http.StatusForbidden},
		"access_token alone":            {answer: `{"access_token":"TOKEN"}`},
		"expires_in as a text":          {answer: `{"token":"TOKEN","expires_in":"3600","issued_at":"1457510670"}`},
		"expires_in as a fraction":      {answer: `{"token":"TOKEN","expires_in":299.5}`},
		"expires_in as null":            {answer: `{"token":"TOKEN","expires_in":null,"issued_at":5}`},
		"a list in the place of a text": {answer: `{"token":"TOKEN","refresh_token":[]}`},
		"a token with a line end":       {answer: `{"token":"TOKEN\n"}`},
		"a token beside null":           {answer: `{"token":"TOKEN","access_token":null}`},
	} {
		settings := Registry{}
		if i.password != "" {
			settings = Registry{Username: "me", Password: i.password}
		}
		if err := i.reading(t, settings, nil); err != nil {
			t.Errorf("%s: %v, asked with the scopes %q", name, err, i.scopes)
		}
	}
}

// The scope of a challenge is right for the registry, also where a proxy has another name for the repository: nothing
// else is asked for with it.
func TestToken_isAskedForWithTheScopeOfTheChallengeAlone(t *testing.T) {
	t.Parallel()
	i := &issuing{challenge: `Bearer realm="http://HOST/token",scope="repository:inner/app:pull"`}
	if err := i.reading(t, Registry{}, nil); err != nil || len(i.scopes) != 1 ||
		!slices.Equal(i.scopes[0], []string{"repository:inner/app:pull"}) {
		t.Errorf("%q, %v", i.scopes, err)
	}
}

func TestToken_isNotHadFromWhatIsNoTokenServer(t *testing.T) {
	t.Parallel()
	for challenge, words := range map[string][]string{
		`Bearer realm="/token"`:                                {`"/token"`, "no address of a token server"},
		`Bearer service="s"`:                                   {"realm", "no address of a token server"},
		`Bearer realm="://"`:                                   {"realm", "no address of a token server"},
		`Bearer realm="ftp://HOST/token"`:                      {"without TLS"},
		`Bearer realm="http://169.254.169.254/latest"`:         {"169.254.169.254", "inside a network"},
		`Bearer realm="http://10.0.0.7/token"`:                 {"10.0.0.7", "inside a network", "host name"},
		`Bearer realm="http://0xa9fea9fe/latest"`:              {"inside a network"},
		`Bearer realm="http://[fd00:ec2::254]/latest"`:         {"inside a network"},
		`Bearer realm="http://HOST/token/gone",service="gone"`: {"its token server", "404", "names an address that is not there"},
		`Negotiate`:          {`"negotiate"`, "only Basic and Bearer"},
		"Negotiate\nNTLM":    {`"negotiate", "ntlm"`, "only Basic and Bearer"},
		`Negotiate abcd`:     {`"negotiate"`, "only Basic and Bearer"},
		"NTLM\nDigest qop=a": {`"ntlm", "digest"`, "only Basic and Bearer"},
	} {
		i := &issuing{challenge: challenge, realm: func(w http.ResponseWriter, r *http.Request) bool {
			http.NotFound(w, r)
			return true
		}}
		mention(t, i.reading(t, Registry{Username: "me", Password: "hunter2"}, nil), append(words, "not:hunter2")...)
	}
}

// A hostile registry makes a password be sent a few times, and not thousands of times.
func TestToken_isAskedForAFewTimesHoweverManyChallengesThereAre(t *testing.T) {
	t.Parallel()
	var challenges []string
	for number := range 1000 {
		challenges = append(challenges, fmt.Sprintf(`Bearer realm="http://HOST/token",scope="s%d"`, number))
	}
	for _, separator := range []string{", ", "\n"} {
		i := &issuing{challenge: strings.Join(challenges, separator), scope: "none of these"}
		mention(t, i.reading(t, Registry{Username: "me", Password: "hunter2"}, nil), "401")
		if len(i.scopes) > 16 {
			t.Errorf("a token was asked for %d times", len(i.scopes))
		}
	}
}

// On premises a registry and its token server are at one address, on two ports.
func TestToken_serverMayBeOnAnotherPortOfTheSameHost(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"127.0.0.1", "localhost"} {
		i := &issuing{password: "hunter2"}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { i.behave(w, r) }))
		t.Cleanup(server.Close)
		i.challenge = `Bearer realm="` + strings.Replace(server.URL, "127.0.0.1", host, 1) + `/token",service="s"`
		if err := i.reading(t, Registry{Username: "me", Password: "hunter2"}, nil); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// An identity token is exchanged by POST. Some token servers know GET alone.
func TestToken_isHadForAnIdentityToken(t *testing.T) {
	t.Parallel()
	for _, status := range []int{0, http.StatusNotFound, http.StatusMethodNotAllowed} {
		i := &issuing{realm: func(w http.ResponseWriter, r *http.Request) bool {
			switch {
			case r.Method == http.MethodGet:
				return false
			case status != 0:
				w.WriteHeader(status)
			case r.PostFormValue("refresh_token") != anIdentity || r.PostFormValue("grant_type") != "refresh_token" ||
				r.PostFormValue("scope") != "repository:team/app:pull" || r.PostFormValue("service") != "s":
				return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "")
			default:
				fmt.Fprintf(w, `{"access_token":%q}`, anIssuedToken)
			}
			return true
		}}
		if err := i.reading(t, Registry{}, loginOf{IdentityToken: anIdentity}); err != nil {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// Where a registry takes a password itself, a token server that does not is no obstacle, and the other way round.
func TestToken_orPasswordWhicheverIsAccepted(t *testing.T) {
	t.Parallel()
	for _, challenge := range []string{
		`Basic realm="registry", Bearer realm="http://HOST/token"`, `Bearer realm="http://HOST/token", Basic realm="registry"`,
	} {
		i := &issuing{challenge: challenge, password: "hunter2"}
		if err := i.reading(t, Registry{Username: "me", Password: "hunter2"}, nil); err != nil {
			t.Errorf("%s, tokens: %v", challenge, err)
		}
		registry := serve(t)
		registry.push(t, "app:1", imageFor(t, "linux/amd64"))
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/token" {
				return refuse(w, http.StatusServiceUnavailable, "UNAVAILABLE", "down")
			}
			w.Header().Set("WWW-Authenticate", strings.ReplaceAll(challenge, "HOST", r.Host))
			if _, password, _ := r.BasicAuth(); password == "hunter2" {
				w.Header().Del("WWW-Authenticate")
				return false
			}
			return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "")
		})
		client := newClient(t, map[string]Registry{registry.host: {Username: "me", Password: "hunter2", Insecure: true}})
		if _, err := client.Image(t.Context(), registry.host+"/app:1", Options{}); err != nil {
			t.Errorf("%s, passwords: %v", challenge, err)
		}
	}
}
