package oci

import (
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// An oddRegistry keeps what it is told to, and answers as a test wants it to.
type oddRegistry struct {
	host    string
	content map[string]oddAnswer // by path, without /v2/
	change  func(r *http.Request, a *oddAnswer)
}

// An oddAnswer is what a registry says.
type oddAnswer struct {
	status int
	header map[string]string
	body   string
}

// startOdd starts a registry that has one image under the name app: as the tag 1 and by its digest.
func startOdd(t *testing.T, config string, change func(r *http.Request, a *oddAnswer)) *oddRegistry {
	t.Helper()
	o := &oddRegistry{content: map[string]oddAnswer{}, change: change}
	server := httptest.NewServer(http.HandlerFunc(o.serve))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(server.Close)
	o.host = strings.TrimPrefix(server.URL, "http://")
	o.manifest("1", "application/vnd.oci.image.manifest.v1+json", o.image(config))
	return o
}

func sum(text string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(text))) }

func (o *oddRegistry) blob(content string) string {
	o.content["app/blobs/"+sum(content)] = oddAnswer{body: content}
	return fmt.Sprintf(`"digest":%q,"size":%d`, sum(content), len(content))
}

func (o *oddRegistry) image(config string) string {
	return fmt.Sprintf(`{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json",%s},`+
		`"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":%q,"size":7}]}`,
		o.blob(config), sum("layer"))
}

func (o *oddRegistry) manifest(tag, mediaType, content string) {
	answer := oddAnswer{body: content, header: map[string]string{"Content-Type": mediaType,
		"Docker-Content-Digest": sum(content)}}
	o.content["app/manifests/"+tag], o.content["app/manifests/"+sum(content)] = answer, answer
}

func (o *oddRegistry) serve(w http.ResponseWriter, r *http.Request) {
	a, there := o.content[strings.TrimPrefix(r.URL.Path, "/v2/")]
	a.status = http.StatusOK
	if !there && r.URL.Path != "/v2/" {
		a = oddAnswer{status: http.StatusNotFound, body: `{"errors":[{"code":"MANIFEST_UNKNOWN"}]}`}
	}
	a.header = maps.Clone(a.header)
	if a.header == nil {
		a.header = map[string]string{}
	}
	if o.change != nil {
		o.change(r, &a)
	}
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, a.body)
	}
}

func (o *oddRegistry) client(t *testing.T) *Client {
	t.Helper()
	return newClient(t, map[string]Registry{o.host: {Insecure: true}})
}

const plainConfig = `{"os":"linux","architecture":"amd64","config":{"Cmd":["run"]},"rootfs":{"type":"layers","diff_ids":["sha256:` +
	`0000000000000000000000000000000000000000000000000000000000000001"]}}`

func isManifest(r *http.Request) bool { return strings.Contains(r.URL.Path, "/manifests/") }

func TestImage_isReadHoweverTheRegistryAnswers(t *testing.T) {
	t.Parallel()
	header := func(name, value string) func(*http.Request, *oddAnswer) {
		return func(r *http.Request, a *oddAnswer) {
			if isManifest(r) {
				if value == "" {
					delete(a.header, name)
					if name == "Content-Type" {
						a.header[name] = ""
					}
					return
				}
				a.header[name] = strings.ReplaceAll(value, "%", a.header[name])
			}
		}
	}
	status := func(method string, status int, body string) func(*http.Request, *oddAnswer) {
		return func(r *http.Request, a *oddAnswer) {
			if isManifest(r) && r.Method == method {
				a.status = status
				if status >= 300 {
					a.body = body
				}
			}
		}
	}
	for name, change := range map[string]func(*http.Request, *oddAnswer){
		"as it should":                       nil,
		"HEAD is not allowed":                status(http.MethodHead, http.StatusMethodNotAllowed, ""),
		"HEAD is not implemented":            status(http.MethodHead, http.StatusNotImplemented, ""),
		"HEAD finds nothing and GET does":    status(http.MethodHead, http.StatusNotFound, ""),
		"HEAD is a bad request":              status(http.MethodHead, http.StatusBadRequest, ""),
		"203 of a proxy":                     status(http.MethodGet, http.StatusNonAuthoritativeInfo, ""),
		"a media type with a character set":  header("Content-Type", "%; charset=utf-8"),
		"a media type in capitals":           header("Content-Type", "Application/VND.OCI.Image.Manifest.v1+JSON"),
		"a media type of files":              header("Content-Type", "application/octet-stream"),
		"a media type of text":               header("Content-Type", "text/plain"),
		"a media type of JSON":               header("Content-Type", "application/json"),
		"no media type":                      header("Content-Type", ""),
		"no digest":                          header("Docker-Content-Digest", ""),
		"a digest in quotation marks":        header("Docker-Content-Digest", `"%"`),
		"a digest that is none":              header("Docker-Content-Digest", "W/1"),
		"an empty digest":                    header("Docker-Content-Digest", " "),
		"an API version of another registry": header("Docker-Distribution-Api-Version", "registry/3.0"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := startOdd(t, plainConfig, change)
			want := sum(o.content["app/manifests/1"].body)
			for _, include := range [][]string{{}, {IncludeConfig}} {
				for _, reference := range []string{"app:1", "app@" + want} {
					got, err := o.client(t).Image(t.Context(), o.host+"/"+reference, Options{Include: include})
					if err != nil || text(got.Digest) != want || len(include) > 0 && got.Catalogue == nil {
						t.Errorf("%s with %q: %+v, %v", reference, include, got, err)
					}
				}
			}
		})
	}
}

func TestImage_ofAnIndexIsReadWhateverItLists(t *testing.T) {
	t.Parallel()
	for name, entry := range map[string]string{
		"nothing":                   "",
		"null":                      "null",
		"an entry without a digest": `{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":3}`,
		"an unknown algorithm":      `{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"blake3:00","size":3}`,
		"a size below zero":         `{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:1111111111111111111111111111111111111111111111111111111111111111","size":-3,"platform":{"os":"linux","architecture":"s390x"}}`,
		"a platform of one word":    `{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:1111111111111111111111111111111111111111111111111111111111111111","size":3,"platform":{"os":"linux"}}`,
		"a layer":                   `{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:1111111111111111111111111111111111111111111111111111111111111111","size":3}`,
		"an address elsewhere":      `{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:1111111111111111111111111111111111111111111111111111111111111111","size":3,"urls":["http://127.0.0.1:1/x"],"platform":{"os":"linux","architecture":"s390x"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := startOdd(t, plainConfig, nil)
			good := o.content["app/manifests/1"].body
			entries := fmt.Sprintf(`{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":%q,"size":%d,`+
				`"platform":{"os":"linux","architecture":"amd64"}}`, sum(good), len(good))
			if entry != "" {
				entries = entry + "," + entries
			}
			o.manifest("2", "application/vnd.oci.image.index.v1+json", `{"schemaVersion":2,"manifests":[`+entries+`]}`)
			got, err := o.client(t).Image(t.Context(), o.host+"/app:2", Options{Include: []string{IncludeConfig}})
			if err != nil || got.Catalogue == nil || !slices.Contains(names(got), "linux/amd64") {
				t.Errorf("%v, %+v", err, got)
			}
		})
	}
	o := startOdd(t, plainConfig, nil)
	o.manifest("2", "application/vnd.oci.image.index.v1+json", `{"schemaVersion":2,"manifests":null}`)
	got, err := o.client(t).Image(t.Context(), o.host+"/app:2", Options{Include: []string{IncludeConfig}})
	if err != nil || len(got.Platforms) > 0 {
		t.Errorf("an index without manifests: %v, %+v", err, got)
	}
}

func TestImage_warnsOfWhatTheRegistryWarnsOf(t *testing.T) {
	t.Parallel()
	o := startOdd(t, plainConfig, func(_ *http.Request, a *oddAnswer) {
		a.header["Warning"] = `299 - "the repository moves to registry.example.com"`
	})
	var warned []string
	_, err := o.client(t).Image(t.Context(), o.host+"/app:1", Options{Include: []string{IncludeConfig},
		Warn: func(w image.Warning) { warned = append(warned, w.Detail) }})
	if err != nil || len(warned) != 1 || !strings.Contains(warned[0], "the repository moves to registry.example.com") {
		t.Errorf("%v, warned %q", err, warned)
	}
}

func TestImage_passesOnTheFirstOfTheRegistrysWarningsAlone(t *testing.T) {
	t.Parallel()
	for name, some := range map[string]int{"many in one answer": 5000, "a few in each answer": 7} {
		var answers atomic.Int64
		o := startOdd(t, plainConfig, func(_ *http.Request, a *oddAnswer) {
			answer, all := answers.Add(1), make([]string, some)
			for number := range all {
				all[number] = fmt.Sprintf(`299 - "warning %d of answer %d"`, number, answer)
			}
			a.header["Warning"] = strings.Join(all, ", ")
		})
		warn, warned := collect()
		_, err := o.client(t).Image(t.Context(), o.host+"/app:1", Options{Include: []string{IncludeConfig}, Warn: warn})
		if err != nil || len(*warned) != 10 || !strings.Contains((*warned)[0].Detail, "warning 0 of answer 1") {
			t.Errorf("%s: %v, %d warnings", name, err, len(*warned))
		}
	}
}

func TestTags_areReadHoweverTheyAreListed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ list, want string }{
		"twice":           {`{"name":"app","tags":["a","b","a"]}`, "a b"},
		"without a name":  {`{"tags":["a"]}`, "a"},
		"null among them": {`{"tags":["a",null,"b"]}`, "a b"},
		"an empty one":    {`{"tags":["a","","b"]}`, "a b"},
		"more fields":     {`{"tags":["a"],"manifest":{"sha256:1":{}},"child":[]}`, "a"},
		"in capitals":     {`{"Name":"app","Tags":["a"]}`, "a"},
	} {
		o := startOdd(t, plainConfig, nil)
		o.content["app/tags/list"] = oddAnswer{body: test.list}
		got, err := o.client(t).Tags(t.Context(), o.host+"/app", TagOptions{})
		slices.Sort(got)
		if err != nil || strings.Join(got, " ") != test.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
