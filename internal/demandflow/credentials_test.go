package demandflow

import (
	"net/http"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// The token is one credential, and the passwords in a body are others: a 307 would have both sent once more, to
// whomever it names.
func TestCredentials_areNotForTheHostThatDemandFlowRedirectsTo(t *testing.T) {
	t.Parallel()
	const home = "https://demandflow.example.com"
	for _, at := range []string{"https://other.example.com", "http://demandflow.example.com",
		"https://demandflow.example.com:8443", "https://sub.demandflow.example.com"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			for _, follow := range []bool{false, true} {
				network := &wiretest.Network{}
				network.Serve(t, home, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					http.Redirect(w, r,
						at+r.URL.Path, status)
				}))
				network.Serve(t, at, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("WWW-Authenticate", `Bearer realm="DemandFlow"`)
					w.WriteHeader(http.StatusUnauthorized)
				}))
				client := newClient(t, home)
				client.limiter.Base.(*wire.IdleTimeout).Base.(*wire.Transport).Base = network
				if follow {
					client.http.CheckRedirect = nil // as Go does it
				}
				calls := everyCall(t, client)
				fields := Object{"name": "prod", "password": "hunter2-hunter2"}
				_, calls["create"] = client.Create(t.Context(), CreateRequest{Entity: &entity.DockerRegistry, Fields: fields})
				_, calls["update a password"] = client.Update(t.Context(), entity.DockerRegistry.Code, "1", fields)
				for name, err := range calls {
					if err == nil {
						t.Errorf("%s, %d to %s: no error", name, status, at)
					}
				}
				for _, secret := range []string{testToken, "hunter2-hunter2"} {
					if leaks := network.Leaks(secret, home); leaks != nil {
						t.Errorf("%d: %q", status, leaks)
					}
					if network.Leaks(secret) == nil {
						t.Errorf("%d: DemandFlow itself has seen no %q, so that this shows nothing", status, secret)
					}
				}
			}
		}
	}
}

func TestErrors_ofADemandFlowThatRepeatsHeadersShowNoToken(t *testing.T) {
	t.Parallel()
	for _, way := range wiretest.EchoNames() {
		for name, answer := range map[string]func(http.ResponseWriter, string){
			"a message": func(w http.ResponseWriter, said string) {
				wiretest.Answer(w, 400, `{"error":"no","message":%q}`,
					said)
			},
			"a code":     func(w http.ResponseWriter, said string) { wiretest.Answer(w, 403, `{"error":%q}`, said) },
			"a text":     func(w http.ResponseWriter, said string) { wiretest.Answer(w, 404, "no: %s", said) },
			"a name":     func(w http.ResponseWriter, said string) { wiretest.Answer(w, 400, `{%q:1}`, said) },
			"a success":  func(w http.ResponseWriter, said string) { wiretest.Answer(w, 200, `no: %s`, said) },
			"a redirect": func(w http.ResponseWriter, said string) { w.Header().Set("Location", "/"+said); w.WriteHeader(307) },
		} {
			server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) { answer(w, wiretest.Echo(r)[way]) })
			for call, err := range everyCall(t, newClient(t, server.URL)) {
				if err != nil && wiretest.Shows(err.Error(), testToken) {
					t.Errorf("%s, %s, %s: %v", way, name, call, err)
				}
			}
		}
	}
}
