package predicate

import (
	"fmt"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

const commit = "5e7c2a9d0b1f4e3c8a6d7b9f0e1c2d3a4b5c6d7e"

func TestProvenance_ofGitHub(t *testing.T) {
	t.Parallel()
	facts := read(t, typeSLSA1, `{"buildDefinition":{"buildType":"https://actions.github.io/buildtypes/workflow/v1",
		"externalParameters":{"workflow":{"ref":"refs/heads/main","repository":"https://github.com/example/app",
			"path":".github/workflows/build.yml"}},"internalParameters":{"github":{"event_name":"push"}},
		"resolvedDependencies":[{"uri":"git+https://github.com/example/other@refs/heads/main","digest":{"gitCommit":"x"}},
			{"uri":"git+https://github.com/example/app@refs/heads/main","digest":{"gitCommit":"`+commit+`"}}]},
		"runDetails":{"builder":{"id":"https://github.com/actions/runner/github-hosted","version":{"a":"1"}},
			"metadata":{"invocationId":"https://github.com/example/app/actions/runs/1/attempts/1",
				"startedOn":"2026-01-02T05:00:00+02:00","finishedOn":"0001-01-01T00:00:00Z"}},"more":{"fields":[]}}`)
	same(t, facts, Facts{Provenance: &image.Provenance{
		Builder: new("https://github.com/actions/runner/github-hosted"), StartedAt: new("2026-01-02T03:00:00Z"),
		BuildType:        new("https://actions.github.io/buildtypes/workflow/v1"),
		SourceRepository: new("https://github.com/example/app"), SourceRef: new("refs/heads/main"),
		SourceCommit: new(commit), Workflow: new(".github/workflows/build.yml"),
		Invocation: new("https://github.com/example/app/actions/runs/1/attempts/1"), DependencyCount: new(int64(2)),
	}})
}

func TestProvenance_ofBuildKitHasTheSourceOfItsClient(t *testing.T) {
	t.Parallel()
	const vcs = `{"vcs":{"source":"https://token@github.com/example/app.git","revision":"` + commit + `-dirty"}}`
	want := image.Provenance{
		Builder: new("https://ci.example/1"), BuildType: new("https://mobyproject.org/buildkit@v1"),
		SourceRepository: new("https://github.com/example/app.git"), SourceCommit: new(commit + "-dirty"),
		Workflow: new("Dockerfile"), Invocation: new("abc"), StartedAt: new("2026-01-02T03:00:00.5Z"),
		FinishedAt: new("2026-01-02T03:04:05Z"), DependencyCount: new(int64(2)),
	}
	// A repository that a Dockerfile adds is not the source.
	const materials = `[{"uri":"pkg:docker/alpine@3.20?platform=linux%2Famd64","digest":{"sha256":"ab"}},
		{"uri":"https://github.com/example/added.git#v1","digest":{"sha1":"` + commit + `"}}]`
	facts := read(t, typeSLSA02, `{"builder":{"id":"https://ci.example/1"},"buildType":"https://mobyproject.org/buildkit@v1",
		"materials":`+materials+`,"invocation":{"configSource":{"entryPoint":"Dockerfile"},
			"parameters":{"frontend":"dockerfile.v0"},"environment":{"platform":"linux/amd64"}},
		"metadata":{"buildInvocationID":"abc","buildStartedOn":"2026-01-02T03:00:00.5Z",
			"buildFinishedOn":"2026-01-02T03:04:05Z","completeness":{"parameters":true},"reproducible":false,
			"https://mobyproject.org/buildkit@v1#metadata":`+vcs+`}}`)
	same(t, facts.Provenance, &want)
	want.BuildType = new("https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md")
	facts = read(t, typeSLSA1, `{"buildDefinition":{"buildType":"`+*want.BuildType+`","externalParameters":{
		"configSource":{"path":"Dockerfile"},"request":{"frontend":"dockerfile.v0"}},"resolvedDependencies":`+materials+`},
		"runDetails":{"builder":{"id":"https://ci.example/1"},"metadata":{"invocationID":"abc","buildkit_metadata":`+vcs+`,
			"startedOn":"2026-01-02T03:00:00.5Z","finishedOn":"2026-01-02T03:04:05Z","buildkit_hermetic":true}}}`)
	same(t, facts.Provenance, &want)
	facts = read(t, typeSLSA1, `{"buildDefinition":{"externalParameters":{"configSource":{"path":"Dockerfile"}},
		"resolvedDependencies":`+materials+`}}`)
	same(t, facts.Provenance, &image.Provenance{Workflow: new("Dockerfile"), DependencyCount: new(int64(2))})
}

func TestProvenance_ofVersion01NamesTheMaterial(t *testing.T) {
	t.Parallel()
	const text = `{"builder":{"id":"b"},"recipe":{"type":"t","definedInMaterial":%s,"entryPoint":"build.yaml"},
		"metadata":{"buildInvocationId":"1","buildStartedOn":"2026-01-02T03:00:00Z"},"materials":[{"uri":"pkg:deb/a"},
		{"uri":"git+https://git.example/app.git@v1","digest":{"sha1":"` + commit + `"}}]}`
	want := image.Provenance{Builder: new("b"), BuildType: new("t"), Workflow: new("build.yaml"), Invocation: new("1"),
		StartedAt: new("2026-01-02T03:00:00Z"), DependencyCount: new(int64(2)),
		SourceRepository: new("https://git.example/app.git"), SourceRef: new("v1"), SourceCommit: new(commit)}
	same(t, read(t, typeSLSA01, fmt.Sprintf(text, "1")).Provenance, &want)
	want.SourceRepository, want.SourceRef, want.SourceCommit = nil, nil, nil
	for _, other := range []string{"2", "-1", "1.5", "1e99", "99999999999999999999", "null"} {
		same(t, read(t, typeSLSA01, fmt.Sprintf(text, other)).Provenance, &want)
	}
}

func TestProvenance_findsTheSourceOfEachBuilder(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ buildType, parameters, dependencies, repository, ref, commit, workflow string }{
		"Google": {"", `{"buildConfigSource":{"repository":"https://git.example/config","ref":"refs/heads/c","path":"cb.yaml"},
			"sourceToBuild":{"repository":"https://git.example/app","ref":"refs/heads/main"}}`,
			`[{"uri":"git+https://git.example/app","digest":{"gitCommit":"` + commit + `"}}]`,
			"https://git.example/app", "refs/heads/main", commit, "cb.yaml"},
		"GitLab": {"", `{"source":"https://gitlab.example/app","entryPoint":"build-job"}`,
			`[{"uri":"https://gitlab.example/app","digest":{"sha256":"` + commit + `"}}]`,
			"https://gitlab.example/app", "", commit, "build-job"},
		"a source with a digest": {"", `{"source":{"uri":"git+https://git.example/app@refs/tags/v1","digest":{"sha1":"` + commit +
			`"}}}`, `[]`, "https://git.example/app", "refs/tags/v1", commit, ""},
		"BuildKit from Git": {"", `{"configSource":{"uri":"https://git.example/app.git#refs/heads/main:sub","digest":{"sha1":"` +
			commit + `"},"path":"Dockerfile"}}`, `null`, "https://git.example/app.git", "refs/heads/main", commit, "Dockerfile"},
		"BuildKit from a commit": {"", `{"configSource":{"uri":"https://git.example/app.git#` + commit + `"}}`, `[]`,
			"https://git.example/app.git", "", commit, ""},
		"Tekton": {"https://tekton.dev/chains/v2/slsa", `{"runSpec":{"params":[]}}`, `[{"uri":"oci://registry.example/task"},
			{"name":"inputs/result","uri":"git+https://git.example/app.git","digest":{"sha1":"` + commit + `"}}]`,
			"https://git.example/app.git", "", commit, ""},
		"Tekton with two repositories": {"https://tekton.dev/chains/v2/slsa", `{}`,
			`[{"uri":"git+https://git.example/a"},{"uri":"git+https://git.example/b"}]`, "", "", "", ""},
		"another builder with one repository": {"https://example.com/v1", `{}`,
			`[{"uri":"git+https://git.example/a","digest":{"sha1":"` + commit + `"}}]`, "", "", "", ""},
		"a dependency at another ref": {"", `{"workflow":{"repository":"https://git.example/app","ref":"refs/heads/main"}}`,
			`[{"uri":"git+https://git.example/app@refs/heads/other","digest":{"gitCommit":"` + commit + `"}}]`,
			"https://git.example/app", "refs/heads/main", "", ""},
		"dependencies at two commits": {"", `{"source":"https://git.example/app"}`, `[{"uri":"git+https://git.example/app@a",
			"digest":{"gitCommit":"a1"}},{"uri":"git+https://git.example/app@b","digest":{"gitCommit":"b1"}}]`,
			"https://git.example/app", "", "", ""},
		"a name that begins with an @": {"", `{"source":"git+https://git.example/@user/app@v1"}`, `[]`,
			"https://git.example/@user/app", "v1", "", ""},
		"parameters of another type": {"", `{"workflow":"release","configSource":7,"source":["x"],"sourceToBuild":true}`, `[]`,
			"", "", "", "release"},
	} {
		got := read(t, typeSLSA1, `{"buildDefinition":{"buildType":"`+test.buildType+`","externalParameters":`+test.parameters+
			`,"resolvedDependencies":`+test.dependencies+`}}`).Provenance
		want := &image.Provenance{BuildType: image.Known(test.buildType), DependencyCount: got.DependencyCount,
			SourceRepository: image.Known(test.repository), SourceRef: image.Known(test.ref),
			SourceCommit: image.Known(test.commit), Workflow: image.Known(test.workflow)}
		t.Log(name)
		same(t, got, want)
	}
}

func TestProvenance_hasNoPasswordInTheRepository(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]string{
		"git+https://user:secret@git.example/app@v1": "https://git.example/app",
		"https://secret@git.example/app.git":         "https://git.example/app.git",
		"https://git.example/app?token=secret":       "https://git.example/app",
		"ssh://git:secret@git.example/app":           "ssh://git@git.example/app",
		"ssh://git@git.example/app":                  "ssh://git@git.example/app",
		"git@git.example:app.git#main":               "git@git.example:app.git",
		"https://user:sec/ret@git.example/app":       "",
		"https://git.example/app":                    "https://git.example/app",
	} {
		got := read(t, typeSLSA1, `{"buildDefinition":{"externalParameters":{"source":"`+uri+`"}}}`).Provenance
		if repository := got.SourceRepository; repository == nil && want != "" || repository != nil && *repository != want {
			t.Errorf("%s is %q", uri, *repository)
		}
	}
}
