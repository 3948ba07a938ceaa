package predicate

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// newProvenance reads SLSA's provenance of version 1.
func newProvenance(v value) *image.Provenance {
	whole := v.object("buildDefinition", "runDetails")
	definition := whole["buildDefinition"].object("buildType", "externalParameters", "resolvedDependencies")
	details := whole["runDetails"].object("builder", "metadata")
	metadata := details["metadata"].object("invocationId", "invocationID", "startedOn", "finishedOn",
		"buildkit_metadata")
	p := &image.Provenance{
		Builder:    details["builder"].object("id")["id"].text(),
		BuildType:  definition["buildType"].text(),
		Invocation: first(metadata["invocationId"].text(), metadata["invocationID"].text()), // both are in use
		StartedAt:  metadata["startedOn"].instant(),
		FinishedAt: metadata["finishedOn"].instant(),
	}
	from := parameters(p, definition["externalParameters"])
	from = from.or(ofBuildKit(metadata["buildkit_metadata"]))
	noteSource(p, from, definition["resolvedDependencies"])
	return p
}

// parameters reads what the external parameters say about the source, and notes the build instructions. Their names
// and types are the build type's: a value of another type than GitHub's, Google's, GitLab's or BuildKit's is another
// builder's and no mistake.
func parameters(p *image.Provenance, v value) source {
	given := v.object("workflow", "buildConfigSource", "sourceToBuild", "configSource", "source", "entryPoint")
	var found source
	for _, name := range []string{"sourceToBuild", "workflow", "buildConfigSource"} {
		if !given[name].is(object) {
			continue
		}
		from := given[name].object("repository", "ref", "path")
		p.Workflow = first(p.Workflow, from["path"].text())
		if one := sourceOf(from["repository"]); one.repository != nil {
			one.ref = first(from["ref"].text(), one.ref)
			found = found.or(one)
		}
	}
	if given["configSource"].is(object) {
		from := given["configSource"].object("uri", "digest", "path")
		p.Workflow = first(p.Workflow, from["path"].text())
		found = found.or(sourceOf(from["uri"]).at(from["digest"]))
	}
	switch given["source"].kind() {
	case text:
		found = found.or(sourceOf(given["source"]))
	case object:
		from := given["source"].object("uri", "digest")
		found = found.or(sourceOf(from["uri"]).at(from["digest"]))
	}
	for _, name := range []string{"workflow", "entryPoint"} {
		if given[name].is(text) {
			p.Workflow = first(p.Workflow, given[name].text())
		}
	}
	return found
}

// keyBuildKit is the member in which BuildKit has its own facts in SLSA 0.2.
const keyBuildKit = "https://mobyproject.org/buildkit@v1#metadata"

// oldProvenance reads SLSA's provenance of versions 0.1 and 0.2.
func oldProvenance(v value) *image.Provenance {
	whole := v.object("builder", "buildType", "invocation", "recipe", "metadata", "materials")
	config := whole["invocation"].object("configSource")["configSource"].object("uri", "digest", "entryPoint")
	recipe := whole["recipe"].object("type", "definedInMaterial", "entryPoint") // 0.1
	metadata := whole["metadata"].object("buildInvocationId", "buildInvocationID", "buildStartedOn", "buildFinishedOn",
		keyBuildKit)
	p := &image.Provenance{
		Builder:    whole["builder"].object("id")["id"].text(),
		BuildType:  first(whole["buildType"].text(), recipe["type"].text()),
		Workflow:   first(config["entryPoint"].text(), recipe["entryPoint"].text()),
		Invocation: first(metadata["buildInvocationId"].text(), metadata["buildInvocationID"].text()),
		StartedAt:  metadata["buildStartedOn"].instant(),
		FinishedAt: metadata["buildFinishedOn"].instant(),
	}
	from := sourceOf(config["uri"]).at(config["digest"])
	if at := recipe["definedInMaterial"]; from.repository == nil && at.expect(number) {
		from = from.or(material(whole["materials"], at))
	}
	noteSource(p, from.or(ofBuildKit(metadata[keyBuildKit])), whole["materials"])
	return p
}

// material returns the source that is the material of a number.
func material(materials, at value) source {
	wanted, err := strconv.Atoi(string(at.raw))
	if err != nil || !materials.is(list) {
		return source{}
	}
	for one := range materials.elements() {
		if one.index-1 == wanted && one.is(object) {
			given := one.object("uri", "digest")
			return sourceOf(given["uri"]).at(given["digest"])
		}
	}
	return source{}
}

// ofBuildKit returns the source of which BuildKit knows from the client: the Git repository of the build's folder.
func ofBuildKit(v value) source {
	vcs := v.object("vcs")["vcs"].object("source", "revision")
	from := sourceOf(vcs["source"])
	from.commit = first(vcs["revision"].text(), from.commit)
	return from
}

// noteSource notes the source, and counts the dependencies, which may know its commit.
func noteSource(p *image.Provenance, from source, v value) {
	found := dependencies{of: from}
	if v.expect(list) {
		for one := range v.elements() {
			found.add(one)
		}
		p.DependencyCount = &found.count
	}
	switch {
	case from.repository != nil:
		from = found.complete()
	case isTekton(p.BuildType) && found.git != nil && !found.manyGit && from.commit == nil:
		from = *found.git
	}
	p.SourceRepository, p.SourceRef, p.SourceCommit = from.repository, from.ref, from.commit
}

// isTekton reports whether a build is Tekton's, which names no source. Other builders do, and what they got from a Git
// repository beside it is not the source.
func isTekton(buildType *string) bool {
	return buildType != nil &&
		(strings.HasPrefix(*buildType, "https://tekton.dev/") || strings.HasPrefix(*buildType, "tekton.dev/"))
}

// dependencies are those of a build while they are read.
type dependencies struct {
	of       source // the source, which is one of them
	count    int64
	same     *source // the source, at its ref
	near     *source // the source, at no or an unknown ref
	manyNear bool    // with several commits
	git      *source // the first one of Git
	manyGit  bool    // from several repositories, or at several commits
}

func (d *dependencies) add(v value) {
	d.count++
	given := v.object("uri", "digest")
	if len(given["uri"].raw) > maxText { // no repository has such a name
		return
	}
	one := sourceOf(given["uri"]).at(given["digest"])
	if one.repository == nil {
		return
	}
	if one.git {
		d.manyGit = d.manyGit || d.git != nil && (!d.git.isOf(one) || !is(d.git.commit, one.commit))
		d.git = cmp.Or(d.git, &one)
	}
	switch {
	case d.of.repository == nil || !one.isOf(d.of) || one.commit == nil:
	case is(one.ref, d.of.ref):
		d.same = cmp.Or(d.same, &one)
	case one.ref == nil || d.of.ref == nil:
		d.manyNear = d.manyNear || d.near != nil && !is(d.near.commit, one.commit)
		d.near = cmp.Or(d.near, &one)
	}
}

// complete returns the source with what its dependency knows of it.
func (d *dependencies) complete() source {
	from, same := d.of, d.same
	if same == nil && !d.manyNear {
		same = d.near
	}
	if same == nil || from.commit != nil && !is(from.commit, same.commit) {
		return from
	}
	from.commit, from.ref = same.commit, first(from.ref, same.ref)
	return from
}
