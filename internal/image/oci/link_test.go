package oci

import (
	"net/url"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/header"
)

// The forms of RFC 8288, and those of servers that never read it.
func TestLinks_areReadInEverySpelling(t *testing.T) {
	t.Parallel()
	const next = "/v2/app/tags/list?last=b"
	for _, header := range []string{
		`<` + next + `>; rel="next"`,
		`<` + next + `>; rel=next`,
		`<` + next + `>;rel="next"`,
		`<` + next + `> ; rel = "next"`,
		"<" + next + ">\t;\trel=\"next\"",
		`< ` + next + ` >; rel="next"`,
		`<` + next + `>; REL="Next"`,
		`<` + next + `>; Rel=NEXT`,
		`<` + next + `>; rel='next'`,
		`<` + next + `>; rel="prev next"`,
		`<` + next + `>; rel="next last"`,
		`<` + next + `>; rel="  next  "`,
		`<` + next + `>; rel="next"; rel="prev"`, // the first one counts
		`<` + next + `>; title="a, b; c"; rel="next"`,
		`<` + next + `>; title="a \"b\", <c>; rel=prev"; rel="next"`,
		`<` + next + `>; rel="next"; title=x`,
		`<` + next + `>; hreflang; rel="next"`,
		`<` + next + `>;; rel="next";`,
		`<` + next + `>; rel="next"; anchor=""`,
		`<` + next + `>; rel="next"; anchor="#tags"`,
		`<` + next + `>; rel="ne\xt"`,
		`</first>; rel="first", <` + next + `>; rel="next"`,
		`</first>; rel="first",<` + next + `>; rel="next",</last>; rel="last"`,
		`, ,</first>; rel="prev" ,<` + next + `>; rel="next" ,`,
		`</first>; rel="prev"; title="x, y",  <` + next + `>; rel="next"`,
		`<https://cdn.example.com/a,b;c>; rel="preload", <` + next + `>; rel="next"`,
		`</other>; rel="next"; anchor="/v2/other/tags/list", <` + next + `>; rel="next"`,
		next + `; rel="next"`,
		next + `;rel=next`,
		`/first; rel="prev", ` + next + `; rel="next"`,
		next + `&of=1,2; rel="next"`,
		`/first, ` + next + `; rel="next"`,
		`<` + next + `; rel="next"`,
		next + `>; rel="next"`,
		`</first>; rel="prev"` + "\n" + `<` + next + `>; rel="next"`,
		`<` + next + `>; rel="next"` + "\n" + `</style.css>; rel=preload`,
		`<` + next + `>`,
		next,
		`<` + next + `>; title="more"`,
		`<` + next + `> rel="next"`,
		`<?last=b>; rel="next"`, `<list?last=b>; rel="next"`,
		`<https://registry.example.com` + next + `>; rel="next"`,
		`<https://REGISTRY.example.com:443` + next + `>; rel="next"`,
		`<http://registry.example.com` + next + `>; rel="next"`,
		`<http://registry.example.com:80` + next + `>; rel="next"`,
		`<//registry.example.com` + next + `>; rel="next"`,
	} {
		at, err := nextOf(t, strings.Split(header, "\n"))
		if err != nil || at == nil || at.Path != "/v2/app/tags/list" || at.Query().Get("last") != "b" {
			t.Errorf("%s: %v, %v", header, at, err)
		}
	}
}

func TestLinks_ofOtherKindsLeadNowhere(t *testing.T) {
	t.Parallel()
	for _, header := range []string{
		"", ",", `</v2/app/tags/list?last=b>; rel="prev"`, `</v2/app/tags/list?last=b>; rel="nextish"`,
		`</v2/app/tags/list?last=b>; rel="https://example.com/next"`,
		`</v2/app/tags/list?last=b>; rev="next"`, `</v2/app/tags/list?last=b>; rel="prev"; title="next"`,
		`</v2/app/tags/list?last=b>; rel="prev"; rel="next"`, // the first one counts
		`</v2/app/tags/list?last=b>; rel="next"; anchor="/elsewhere"`,
		`<https://next.example.com/style.css>; rel=preload; as=style`, `<https://docs.example.com/>`,
		`</v2/app/tags/list?n=1000>`, `</v2/>`,
	} {
		if at, err := nextOf(t, []string{header}); at != nil || err != nil {
			t.Errorf("%s: %v, %v", header, at, err)
		}
	}
}

// A list that goes on in a way that cannot be read must not pass for a whole one.
func TestLinks_thatCannotBeReadAreAnError(t *testing.T) {
	t.Parallel()
	for header, words := range map[string]string{
		`<https://elsewhere.example.com/v2/app/tags/list?last=b>; rel="next"`:     "another host, elsewhere.example.com",
		`<https://registry.example.com:5000/v2/app/tags/list?last=b>; rel="next"`: "another host",
		`<http://registry.example.com:443/v2/app/tags/list?last=b>; rel="next"`:   "another host",
		`<http://[>; rel="next"`:                 "no address",
		`<>; rel="next"`:                         "as the one after itself",
		`<?n=1000>; rel="next"`:                  "as the one after itself",
		`</v2/app/tags/list?last=b>; rel=; next`: "cannot be read",
		`</v2/app/tags> rel="next"`:              "cannot be read",
	} {
		if at, err := nextOf(t, []string{header}); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v, %v", header, at, err)
		}
	}
}

// nextOf follows a Link header of a page of tags.
func nextOf(t *testing.T, header []string) (*url.URL, error) {
	t.Helper()
	client := newClient(t, nil)
	named, _, err := parseTagOptions("registry.example.com/app", TagOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := client.read(named, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := r.at("tags", "list")
	at.RawQuery = "n=1000"
	return newPages(at).next(r, answerOf(t, r, at, header), at)
}

// A megabyte of links is not read, and no end of the list either.
func TestLinks_ofAMegabyteAreAnError(t *testing.T) {
	t.Parallel()
	for _, one := range []string{"<,", "a,", `</a>; rel="x",`} {
		text := strings.Repeat(one, 1<<20/len(one)) + `</v2/app/tags/list?last=b>; rel="next"`
		if at, err := nextOf(t, []string{text}); err == nil || !strings.Contains(err.Error(), "cannot be read") ||
			len(err.Error()) > 1000 {
			t.Errorf("%s…: %v, %v", one, at, err)
		}
	}
}

func FuzzLinks(f *testing.F) {
	for _, seed := range []string{`</v2/app/tags/list?last=b>; rel="next"`, `a, b; rel="x`, `<`, `<>;`, `;=,"\`,
		`<a>; rel='n' <b>`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 32<<10 {
			return // more than is read, with another link
		}
		links, _ := header.ParseLinks([]string{text})
		if len(links) > len(text) {
			t.Errorf("%q has %d links", text, len(links))
		}
		// What is written by the standard is read as it was meant.
		again, _ := header.ParseLinks([]string{text, `</next>; rel="next"`})
		if len(again) != len(links)+1 || !again[len(links)].IsNext() {
			t.Errorf("%q hides a link: %v", text, again)
		}
		at, err := nextOf(t, []string{text})
		if err == nil && at != nil && (at.Host != "" || at.Scheme != "") {
			t.Errorf("%q leads to %s", text, at)
		}
	})
}
