package wire

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestSecrets_areBoundedAndForgetWhatWasNotSeenForLongest(t *testing.T) {
	t.Parallel()
	secrets := &Secrets{}
	name := func(i int) string { return fmt.Sprintf("secret-%06d-%s", i, strings.Repeat("x", 100)) }
	see := func(i int) { secrets.AddSeen(Secret{Text: name(i), Instead: "[password]"}) }
	secrets.Add(Secret{Text: name(-1), Instead: "[password]"})
	last := maxRemembered / len(name(0))
	for i := range last {
		see(i)
	}
	see(0) // seen again, just before there is one too many
	see(last)
	size := 0
	for known := range secrets.seen {
		size += len(known.Text)
	}
	if size > maxRemembered || size != secrets.size || size < maxRemembered/4 {
		t.Errorf("it keeps %d bytes and counts %d, want at most %d", size, secrets.size, maxRemembered)
	}
	for i, known := range map[int]bool{-1: true, 0: true, 1: false, last: true} {
		if got := secrets.Line(name(i), 500); (got == "[password]") != known {
			t.Errorf("secret %d becomes %q", i, got)
		}
	}
}

// What was sent is known as a whole, without its scheme, and as it is decoded.
func TestSecrets_knowTheCredentialsOfARequest(t *testing.T) {
	t.Parallel()
	const password = "p@ss: wörd/1"
	for name, test := range map[string]struct {
		header http.Header
		echo   string
		want   string
	}{
		"a bearer token": {http.Header{"Authorization": {"Bearer sha256~abc-def"}}, "Bearer sha256~abc-def is unknown",
			"Bearer [secret] is unknown"},
		"a Basic password": {http.Header{"Authorization": {"Basic " +
			base64.StdEncoding.EncodeToString([]byte("ann:"+password))}}, "ann may not use " + password,
			"ann may not use [secret]"},
		"the Basic header": {http.Header{"Authorization": {"Basic YW5uOmh1bnRlcjI="}}, "bad Basic YW5uOmh1bnRlcjI=",
			"bad Basic [secret]"},
		"a header of its own": {http.Header{"X-Auth-Token": {"0b1c-2d3e"}}, "key 0b1c-2d3e", "key [secret]"},
		"a registry's header": {http.Header{"X-Registry-Auth": {"eyJ1IjoicCJ9"}}, "auth=eyJ1IjoicCJ9", "auth=[secret]"},
		"what is no secret": {http.Header{"Accept": {"application/json"}, "User-Agent": {"agent"}},
			"application/json agent", "application/json agent"},
		"one that is escaped": {http.Header{"Authorization": {"Bearer a+b/c==d"}}, "?token=a%2bb%2fc%3d%3dd",
			"?token=[secret]"},
		"one on several lines": {http.Header{"Authorization": {"Bearer abcd-efgh"}}, "abcd\u200b-efgh\x1b\r\nand more",
			"[secret] and more"},
		"one that is short": {http.Header{"Authorization": {"Bearer the"}}, "they are wrong", Withheld},
	} {
		secrets := &Secrets{}
		secrets.AddHeaders(test.header)
		if got := secrets.Line(test.echo, 500); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestSecrets_ofNobodyAreNone(t *testing.T) {
	t.Parallel()
	var none *Secrets
	none.AddHeaders(http.Header{"Authorization": {"Bearer abcdefgh"}})
	if got := none.Line("Bearer abcdefgh", 6); got != "Bearer…" {
		t.Errorf("got %q", got)
	}
}
