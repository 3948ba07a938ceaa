package image

// A Provenance is what a builder states about how it made an image: SLSA's provenance in versions 0.1, 0.2 and 1, with
// the facts that BuildKit adds.
type Provenance struct {
	Statement        *string `tfsdk:"statement" doc:"Digest of the manifest of the statement."`
	Verified         *bool   `tfsdk:"verified" doc:"Whether a valid signature covers it. Null if nobody is trusted."`
	Builder          *string `tfsdk:"builder" doc:"Id of the builder, a URI."`
	BuildType        *string `tfsdk:"build_type" doc:"Type of the build, a URI that defines its parameters."`
	SourceRepository *string `tfsdk:"source_repository" doc:"Repository of the source, without ref or password."`
	SourceRef        *string `tfsdk:"source_ref" doc:"Ref that was built, such as 'refs/tags/v1.2.3'."`
	SourceCommit     *string `tfsdk:"source_commit" doc:"Commit that was built."`
	Workflow         *string `tfsdk:"workflow" doc:"Build instructions in the repository, such as a workflow's path."`
	Invocation       *string `tfsdk:"invocation" doc:"Id of the run of the build, often its address."`
	StartedAt        *string `tfsdk:"started_at" doc:"Start of the build (RFC 3339)."`
	FinishedAt       *string `tfsdk:"finished_at" doc:"End of the build (RFC 3339)."`
	DependencyCount  *int64  `tfsdk:"dependency_count" doc:"Number of resolved dependencies, or materials."`
}

// NewestVerified returns the first of facts that is verified, nil if there is none. Facts are sorted, the newest first.
func NewestVerified[F any](facts []F, verified func(F) *bool) *F {
	for index := range facts {
		if is := verified(facts[index]); is != nil && *is {
			return &facts[index]
		}
	}
	return nil
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Provenance) Details() map[string]string {
	return map[string]string{
		"source_repository": "Tekton names none: there it is the only Git repository among the dependencies.",
		"source_commit":     "BuildKit appends '-dirty' if files were changed after the commit.",
		"workflow":          "Of BuildKit it is the Dockerfile.",
		"dependency_count":  "The source counts as one. Null if the builder lists none.",
	}
}
