package drift

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// Every field of the shape's catalogue object is compared, but for those that say which image it is.
func TestFacts_areAllThatACatalogueObjectTells(t *testing.T) {
	t.Parallel()
	fields := append(Fields(), "name", "tag")
	for field := range reflect.TypeFor[image.Catalogue]().Fields() {
		if name := field.Tag.Get("tfsdk"); !slices.Contains(fields, name) {
			t.Errorf("%s is not compared", name)
		}
	}
}

func TestSpellings_thatMeanTheSame(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		same      func(a, b string) bool
		spellings []string
		others    []string
	}{
		"commands": {sameCommand, []string{`["sh","-x","a b"]`, `[ "sh", "-x", "a b" ]`,
			`sh -x "a b"`, `sh   -x a\ b`}, []string{`sh -x a b`, `["sh -x a b"]`, ""}},
		"commands for a shell": {sameCommand, []string{`["/bin/sh","-c","exec \"$APP\" | tee log"]`,
			`exec "$APP" | tee log`}, []string{`["/bin/sh","-c","exec $APP | tee log"]`,
			`["/bin/server","-c","exec \"$APP\" | tee log"]`, `["sh","-x","exec \"$APP\" | tee log"]`}},
		"commands for bash": {sameCommand, []string{`["/usr/bin/bash","-c","a && b"]`, `a && b`},
			[]string{`["/usr/bin/zsh","-c","a && b"]`, `["/usr/bin/bash","-o","pipefail","-c","a && b"]`}},
		"commands for a shell of its own": {commandsIn(`["/bin/zsh","-o","pipefail","-c"]`),
			[]string{`["/bin/zsh","-o","pipefail","-c","a | b"]`, `a | b`}, []string{`["/bin/zsh","-o","noglob","-c","a | b"]`}},
		"commands for the same shell elsewhere": {commandsIn(`["/bin/zsh","-c"]`), []string{`["zsh","-c","a | b"]`, `a | b`},
			[]string{`["fish","-c","a | b"]`}},
		"empty words": {sameCommand, []string{`["a",""]`, `a ''`}, []string{"a"}},
		"directories": {sameDirectory, []string{"/srv/app", "/srv/app/", "/srv//app"},
			[]string{"/srv", ""}},
		"no directory": {sameDirectory, []string{"", "/"}, []string{"/root"}},
		"users":        {sameUser, []string{"", "root", "0", "0:0"}, []string{"nobody", "1000"}},
		"variables": {samePairs, []string{`{"A":"1","B":""}`, `["B","A=1"]`, "A=1\nB=",
			`{"B":"","A":1}`}, []string{`{"A":"1"}`, `{"A":"2","B":""}`}},
		"ports": {samePorts, []string{`{"80/tcp":{},"53/udp":{}}`, `["53/udp",80]`,
			`80/TCP, 53/udp`}, []string{`[80]`, `[80,53]`}},
		"healthchecks": {sameHealthcheck, []string{
			`{"test":["CMD-SHELL","curl -f localhost"],"interval":"1m30s"}`,
			`{"Interval":90000000000,"Test":["CMD-SHELL","curl -f localhost"],"Retries":0}`,
			`{"test":"curl -f localhost","interval":"90s"}`,
			`{"test":"curl -f localhost","interval":"90s","timeout":null}`,
		}, []string{`{"test":["CMD","curl -f localhost"],"interval":"1m30s"}`, "curl", ""}},
		"bare healthchecks": {sameHealthcheck, []string{`curl -f http://x`, `["CMD-SHELL","curl -f http://x"]`,
			`{"test":["CMD-SHELL","curl -f http://x"],"interval":"30s"}`}, []string{`["CMD","curl -f http://x"]`,
			`curl -f http://y`, ""}},
		"no healthcheck": {sameHealthcheck, []string{`{"test":["NONE"]}`, `["NONE"]`, "", "NONE", " none ",
			"HEALTHCHECK NONE", `{"test":"NONE"}`, `{"Test":["NONE"],"Retries":0}`, `{"disable":true}`, "null", " null\n",
			`{"test":["NONE"],"interval":"30s"}`, `{"interval":null,"retries":3,"test":"NONE"}`},
			[]string{`{"test":["CMD","true"]}`, "true", "none of it", `{"disable":false,"test":["CMD","true"]}`,
				`["CMD-SHELL","NONE"]`}},
		"images": {sameImage, []string{"debian", "docker.io/library/debian:latest"},
			[]string{"debian:12", "quay.io/debian"}},
		"repositories": {sameRepository, []string{"https://example.com/a.git", "https://example.com/a/"},
			[]string{"https://example.com/b"}},
		"lists": {sameLines, []string{"/a\n/b", "/b\n/a\n/a"}, []string{"/a"}},
	} {
		for _, a := range test.spellings {
			for _, b := range test.spellings {
				if !test.same(a, b) {
					t.Errorf("%s: %q and %q are not the same", name, a, b)
				}
			}
			for _, b := range test.others {
				if test.same(a, b) || test.same(b, a) {
					t.Errorf("%s: %q and %q are the same", name, a, b)
				}
			}
		}
	}
}

func TestSamePlatform_takesNoVariantForAny(t *testing.T) {
	t.Parallel()
	got := map[string]bool{}
	for _, pair := range [][2]string{{"linux/arm64", "linux/arm64/v8"}, {"linux/arm/v7", "linux/arm/v6"},
		{"amd64", "AMD64"}, {"arm", "arm64"}, {"linux", "linux/amd64"},
		{"linux/x86_64", "linux/amd64"}, {"linux/aarch64", "linux/arm64/v8"}, {"linux/armhf", "linux/arm/v7"},
		{"linux/armel", "linux/arm/v7"}, {"windows/amd64", "linux/amd64"}} {
		got[pair[0]+" "+pair[1]] = image.SamePlatform(pair[0], pair[1]) && image.SamePlatform(pair[1], pair[0])
	}
	want := map[string]bool{"linux/arm64 linux/arm64/v8": true, "linux/arm/v7 linux/arm/v6": false, "amd64 AMD64": true,
		"arm arm64": false, "linux linux/amd64": false,
		"linux/x86_64 linux/amd64": true, "linux/aarch64 linux/arm64/v8": true, "linux/armhf linux/arm/v7": true,
		"linux/armel linux/arm/v7": false, "windows/amd64 linux/amd64": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSameArchitecture_knowsOtherNamesAndLooksAtNoVariant(t *testing.T) {
	t.Parallel()
	got := map[string]bool{}
	for _, pair := range [][2]string{{"x86_64", "amd64"}, {"AArch64", "arm64"}, {"arm/v7", "arm"}, {"armhf", "arm"},
		{"arm64/v8", "arm64"}, {"i386", "386"}, {"arm/v7", "arm64"}, {"x86", "amd64"}} {
		got[pair[0]+" "+pair[1]] = image.SameArchitecture(pair[0], pair[1]) && image.SameArchitecture(pair[1], pair[0])
	}
	want := map[string]bool{"x86_64 amd64": true, "AArch64 arm64": true, "arm/v7 arm": true, "armhf arm": true,
		"arm64/v8 arm64": true, "i386 386": true, "arm/v7 arm64": false, "x86 amd64": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
