package demandflow

import (
	"strings"
	"testing"
	"unicode"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// reasonBodies are error bodies of many makers, and what an error must say of each.
var reasonBodies = map[string]struct{ body, want string }{
	"DemandFlow's own":            {`{"error":"Bad Request","message":"name is taken"}`, "Bad Request: name is taken"},
	"a list of messages":          {`{"statusCode":400,"message":["name must be shorter","tag should not be empty"],"error":"Bad Request"}`, "Bad Request: name must be shorter; tag should not be empty"},
	"one message twice":           {`{"message":["no","no"]}`, ": no"},
	"problem details":             {`{"type":"about:blank","title":"Unprocessable Content","status":422,"detail":"tag is too long"}`, "Unprocessable Content: tag is too long"},
	"problem details with fields": {`{"title":"Invalid","errors":[{"detail":"must be a positive integer","pointer":"#/size"},{"detail":"must be green","pointer":"#/colour"}]}`, "Invalid: size: must be a positive integer; colour: must be green"},
	"parameters of problem details": {`{"title":"Invalid","invalid-params":[{"name":"size","reason":"must be positive"}]}`,
		"Invalid: size: must be positive"},
	"a list of fields": {`{"errors":[{"field":"name","message":"too short"},{"field":"tag","message":"the tag is missing"}]}`, ": name: too short; the tag is missing"},
	"fields by name": {`{"errors":{"tag":["is missing","is not a tag"],"name":"too short"}}`,
		": name: too short; tag: is missing; is not a tag"},
	"an error object":             {`{"error":{"code":400,"message":"name is taken"}}`, ": name is taken"},
	"an error object with fields": {`{"error":{"message":"invalid","details":[{"fieldViolations":[{"field":"size","description":"negative"}]}]}}`, ": invalid; size: negative"},
	"an object called errors":     {`{"errors":{"message":"name is taken"}}`, ": name is taken"},
	"OAuth": {`{"error":"invalid_token","error_description":"it was revoked"}`,
		"invalid_token: it was revoked"},
	"in another case":   {`{"Message":"name is taken"}`, ": name is taken"},
	"a path of a field": {`{"errors":[{"loc":["body","size"],"msg":"too small"}]}`, ": body.size: too small"},
	"where the field is": {`{"errors":[{"source":{"pointer":"/data/size"},"detail":"too small"}]}`,
		": data/size: too small"},
	"broken rules":            {`{"message":[{"property":"size","constraints":{"min":"must not be less than 1","isInt":"must be an integer"}}]}`, ": size: must be an integer; size: must not be less than 1"},
	"rules of what is inside": {`{"message":[{"property":"labels","children":[{"property":"team","constraints":{"isString":"must be a text"}}]}]}`, ": team: must be a text"},
	"one field at the top":    {`{"field":"size","message":"too small"}`, ": size: too small"},
	"the path of the request": {`{"status":400,"error":"Bad Request","message":"too small","path":"/v1/objects"}`,
		"Bad Request: too small"},
	"a list":             {`[{"message":"too small"},{"message":"too green"}]`, ": too small; too green"},
	"a text":             {`"name is taken"`, ": name is taken"},
	"nothing for people": {`{"ok":false,"code":17}`, ": a JSON object with the fields code, ok"},
}

func TestReason_isShownWhereverItStands(t *testing.T) {
	t.Parallel()
	for name, test := range reasonBodies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, text(422, test.body))
			_, err := newClient(t, server.URL).Update(t.Context(), entity.DockerImage.Code, "1", Object{"name": "x"})
			wantText(t, err, "422 Unprocessable Entity to PATCH /v1/objects/1")
			said, _, _ := strings.Cut(err.Error(), "\n")
			if !strings.HasSuffix(said, strings.TrimPrefix(test.want, ": ")) || strings.HasPrefix(test.want, ": ") &&
				!strings.HasSuffix(said, "/v1/objects/1"+test.want) {
				t.Errorf("got  %s\nwant …%s", said, test.want)
			}
		})
	}
}

// A server that answers 200 and an error body has said why, too; so has a list's item.
func TestReason_isShownUnderA200(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, `{"errors":[{"field":"size","message":"too small"}]}`))
	client := newClient(t, server.URL)
	_, err := client.Get(t.Context(), "X", "1")
	wantText(t, err, "200 OK", "without an id", "size: too small")
	_, err = collect(client.List(t.Context(), "X"))
	wantText(t, err, "200 OK", "size: too small")

	server = serve(t, text(200, `{"_type":"error","entity":"X","source":"SUB","message":["shard 3 is down"]}`))
	_, err = collect(newClient(t, server.URL).Query(t.Context(), QueryLine{Entity: "X"}))
	wantText(t, err, "mid-stream: shard 3 is down (entity X) (source SUB)")
}

// Whatever holds the reason, secrets are taken out of it, and what is no reason is not repeated.
func TestReason_showsNoSecret(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a list of messages": `{"message":["rejected: canary-password"]}`,
		"problem details":    `{"title":"no","detail":"canary-password is weak"}`,
		"fields by name":     `{"errors":{"password":["canary-password is weak"]}}`,
		"an error object":    `{"error":{"message":"canary-password is weak","value":"canary-other"}}`,
		"the rejected value": `{"errors":[{"field":"password","message":"weak","value":"canary-other","rejectedValue":{"message":7}}]}`,
		"the object":         `{"message":"weak","object":{"password":"canary-other"}}`,
		"a text":             `"canary-password is weak"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, text(400, body))
			_, err := newClient(t, server.URL).Update(t.Context(), entity.DockerRegistry.Code, "1",
				Object{"password": "canary-password"})
			wantText(t, err, "400 Bad Request to PATCH /v1/objects/1: ")
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("it says %s", err)
			}
		})
	}
}

// FuzzReason holds that no body makes the client panic, says more than fits on a line, or shows a secret that was sent.
func FuzzReason(f *testing.F) {
	for _, test := range reasonBodies {
		f.Add([]byte(test.body))
	}
	f.Add([]byte(strings.Repeat(`{"errors":[`, 200)))
	f.Add([]byte(`{"message":"geheim-4711"}`))
	client, err := New(Config{Token: testToken})
	if err != nil {
		f.Fatal(err)
	}
	request := call{method: "PATCH", url: client.address(nil, "v1"),
		secrets: client.redactionOf(entity.DockerRegistry.Code, Object{"password": "geheim-4711"})}
	f.Fuzz(func(t *testing.T, body []byte) {
		failed := client.failure(request, answer{status: 400, body: body})
		for _, said := range []string{failed.Code, failed.Message} {
			if strings.Contains(said, "geheim-4711") || len([]rune(said)) > maxMessage+1 || strings.ContainsFunc(said,
				func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }) {
				t.Errorf("it says %q", said)
			}
		}
	})
}
