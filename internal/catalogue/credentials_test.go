package catalogue

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A user name makes a pair with the password, else with the token. Without it only a token works.
func TestDockerConfig_ofEachCombination(t *testing.T) {
	t.Parallel()
	const (
		none         = ""
		userPassword = `{"auths":{"registry.example.com":{"auth":"dTpw","password":"p","username":"u"}}}`
		userToken    = `{"auths":{"registry.example.com":{"auth":"dTp0","password":"t","username":"u"}}}`
		tokenAlone   = `{"auths":{"registry.example.com":{"registrytoken":"t"}}}`
	)
	for _, test := range []struct{ user, password, token, want string }{
		{"", "", "", none},
		{"", "", "t", tokenAlone},
		{"", "p", "", none},
		{"", "p", "t", tokenAlone},
		{"u", "", "", none},
		{"u", "", "t", userToken},
		{"u", "p", "", userPassword},
		{"u", "p", "t", userPassword},
	} {
		text := func(s string) types.String {
			if s == "" {
				return types.StringNull()
			}
			return types.StringValue(s)
		}
		model := credentialsModel{Username: text(test.user), Password: text(test.password), Token: text(test.token)}
		got, err := dockerConfig("registry.example.com", model)
		if err != nil || got.ValueString() != test.want || got.IsNull() != (test.want == none) {
			t.Errorf("user %q, password %q, token %q: got %s, %v, want %q", test.user, test.password, test.token, got, err,
				test.want)
		}
	}
}
