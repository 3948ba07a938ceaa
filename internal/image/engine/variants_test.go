package engine

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	api "github.com/moby/moby/api/types/image"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A variant is a manifest of an index, and what an engine answers about its platform.
type variant struct {
	platform string // with the version of the operating system after a space; "-" before what was not pulled
	answer   string // the command, with a variant or version that the configuration names after a space; "" for no answer
	config   string // the configuration's digest, if the index has it
}

// ofVariants returns an engine that has an index, and answers with the first command if it is asked for no platform.
func ofVariants(t *testing.T, version, own string, variants ...variant) *recording {
	t.Helper()
	r := &recording{api: version, routes: map[string]string{}}
	index := api.InspectResponse{ID: idOfIndex, RepoTags: []string{lab},
		Descriptor: &ocispec.Descriptor{MediaType: ocispec.MediaTypeImageIndex, Digest: idOfIndex}}
	route := func(route string, i api.InspectResponse, platform ocispec.Platform, answer string) {
		if answer != "" {
			command, named, _ := strings.Cut(answer, " ")
			i.Os, i.Architecture, i.RootFS.Type = platform.OS, platform.Architecture, "layers"
			i.Config = &dockerspec.DockerOCIImageConfig{ImageConfig: ocispec.ImageConfig{Cmd: []string{command}}}
			if platform.OS == "windows" {
				i.OsVersion = named
			} else {
				i.Variant = named
			}
		}
		text, err := json.Marshal(i)
		if err != nil {
			t.Fatal(err)
		}
		r.routes[route] = string(text) + "\n"
	}
	var first ocispec.Platform
	for number, v := range variants {
		name, missing := strings.CutPrefix(v.platform, "-")
		name, osVersion, _ := strings.Cut(name, " ")
		platform, err := image.ParsePlatform(name)
		if err != nil {
			t.Fatal(err)
		}
		platform.OSVersion = osVersion
		if number == 0 {
			first = platform
		}
		m := api.ManifestSummary{ID: digest.FromString(string(rune('a' + number))).String(), Kind: api.ManifestKindImage,
			Available: !missing, Descriptor: ocispec.Descriptor{Platform: &platform}}
		m.Size.Total = int64(number)
		if v.config != "" {
			m.Descriptor.Annotations = map[string]string{annotationOfConfig: v.config}
		}
		index.Manifests = append(index.Manifests, m)
		if !missing {
			asked, err := json.Marshal(platform)
			if err != nil {
				t.Fatal(err)
			}
			route("GET /images/"+idOfIndex+"/json?platform="+string(asked), index, platform, v.answer)
		}
	}
	route(routeLab, index, first, own)
	return r
}

// Each platform has the facts of its own manifest, or none.
func TestPlatforms_haveTheFactsOfTheirOwnManifests(t *testing.T) {
	t.Parallel()
	const v2, v3, win17, win20 = "linux/amd64/v2", "linux/amd64/v3", "windows/amd64 10.0.17763.1", "windows/amd64 10.0.20348.2"
	for _, test := range []struct {
		name, api, own string
		variants       []variant
		want           string // the commands of the platforms
		warned         bool
	}{
		{"each has its answer", "1.56", "b", []variant{{v2, "a", ""}, {v3, "b", ""}}, "a b", false},
		{"one answer for both", "1.56", "a", []variant{{v2, "a", ""}, {v3, "a", ""}}, "- -", true},
		{"one answer for both, of one of them", "1.56", "a v3", []variant{{v2, "a v3", ""}, {v3, "a v3", ""}}, "- a", true},
		{"one answer for both, of none of them", "1.56", "a v4", []variant{{v2, "a v4", ""}, {v3, "a v4", ""}}, "- -", true},
		{"one configuration for both", "1.56", "a", []variant{{v2, "a", idOfConfig}, {v3, "a", idOfConfig}}, "a a", false},
		{"two configurations with one answer", "1.56", "a", []variant{{v2, "a", idOfConfig}, {v3, "a", idOfBuilt}}, "- -", true},
		{"a third has its own", "1.56", "a", []variant{{v2, "a", ""}, {v3, "a", ""}, {"linux/arm64", "c", ""}}, "- - c", true},
		{"one was not pulled", "1.56", "a", []variant{{v2, "a", ""}, {"-" + v3, "", ""}}, "a -", false},
		{"one cannot be inspected", "1.56", "a", []variant{{v2, "a", ""}, {v3, "", ""}}, "a -", false},
		{"a variant and none", "1.56", "a", []variant{{"linux/amd64", "a", ""}, {v3, "a", ""}}, "- -", true},
		{"one platform twice", "1.56", "a", []variant{{"linux/amd64", "a", ""}, {"linux/amd64", "a", ""}}, "- -", true},
		{"ARM", "1.56", "a v7", []variant{{"linux/arm/v6", "a v7", ""}, {"linux/arm/v7", "a v7", ""}}, "- a", true},
		{"Windows, each its answer", "1.56", "a", []variant{{win17, "a 10.0.17763.1", ""}, {win20, "b 10.0.20348.2", ""}}, "a b",
			false},
		{"Windows, one answer", "1.56", "a", []variant{{win17, "a 10.0.20348.2", ""}, {win20, "a 10.0.20348.2", ""}}, "- a", true},
		{"Windows, without a version", "1.56", "a", []variant{{win17, "a", ""}, {win20, "a", ""}}, "- -", true},
		{"before a platform can be asked for", "1.48", "a", []variant{{v2, "", ""}, {v3, "", ""}}, "- -", true},
		{"before that, and it names its variant", "1.48", "a v3", []variant{{v2, "", ""}, {v3, "", ""}}, "- a", false},
		{"before that, and it has one", "1.48", "a", []variant{{v2, "", ""}, {"-" + v3, "", ""}}, "a -", false},
		{"before that, two architectures", "1.48", "a", []variant{{v2, "", ""}, {"linux/arm64", "", ""}}, "a -", false},
		{"before that, Windows", "1.48", "a 10.0.17763.1", []variant{{win17, "", ""}, {win20, "", ""}}, "a -", false},
		{"before that, Windows without a version", "1.48", "a", []variant{{win17, "", ""}, {win20, "", ""}}, "- -", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var warnings []image.Warning
			i, err := ofVariants(t, test.api, test.own, test.variants...).direct(t).Image(t.Context(), lab, Options{
				Warn: func(w image.Warning) { warnings = append(warnings, w) }})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for number, platform := range i.Platforms {
				command := "-"
				if platform.Config != nil {
					command = platform.Config.Cmd[0]
				}
				got = append(got, command)
				missing := strings.HasPrefix(test.variants[number].platform, "-")
				if text(platform.Digest) != digest.FromString(string(rune('a'+number))).String() ||
					(platform.Size == nil) != missing || !missing && *platform.Size != int64(number) {
					t.Errorf("%s is another manifest: %+v", platform.Platform, platform)
				}
			}
			if commands := strings.Join(got, " "); commands != test.want {
				t.Errorf("%s, want %s", commands, test.want)
			}
			if (len(warnings) == 1) != test.warned || len(warnings) > 1 || test.warned &&
				!strings.Contains(warnings[0].Detail, "which of them they are about") {
				t.Errorf("warnings %v", warnings)
			}
			if known := strings.HasPrefix(test.want, "a") || strings.Contains(test.want, " a"); known != (i.Catalogue != nil) {
				t.Errorf("catalogue %+v", i.Catalogue)
			}
		})
	}
}

func TestImage_ofAPlatformThatIsNotToldApartIsAnError(t *testing.T) {
	t.Parallel()
	for version, advice := range map[string]string{"1.48": "needs API 1.49", "1.56": "demandflow_oci_image"} {
		r := ofVariants(t, version, "a", variant{"linux/amd64/v2", "a", ""}, variant{"linux/amd64/v3", "a", ""})
		_, err := r.direct(t).Image(t.Context(), lab, Options{Platform: "linux/amd64/v3"})
		if !errors.Is(err, image.ErrNoPlatform) || !strings.Contains(err.Error(), "the engine has it for linux/amd64/v3") ||
			!strings.Contains(err.Error(), advice) {
			t.Errorf("%s: %v", version, err)
		}
	}
}
