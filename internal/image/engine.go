package image

// An Engine is what only a Docker Engine knows of an image: where it lies, who uses it, where it came from.
type Engine struct {
	ID           string            `tfsdk:"id" doc:"The engine's own id of the image: the configuration's digest in the graph-driver store, the manifest's or index's in the containerd store."`
	Store        string            `tfsdk:"store" doc:"Which store the engine keeps images in, 'graphdriver' or 'containerd', and so what 'id' means."`
	ParentID     *string           `tfsdk:"parent_id" doc:"Id of the image that this one was built on, where it was built here."`
	Comment      *string           `tfsdk:"comment" doc:"Comment of whoever committed or imported the image."`
	LastTaggedAt *string           `tfsdk:"last_tagged_at" doc:"When the image was last tagged here (RFC 3339)."`
	Containers   *int64            `tfsdk:"containers" doc:"Number of containers that use the image, stopped ones too. Null where the engine did not count."`
	SharedSize   *int64            `tfsdk:"shared_size" doc:"Bytes that the image shares with others. Null where the engine did not count."`
	Size         *int64            `tfsdk:"size" doc:"Bytes of the image here in all, every platform counted."`
	Labels       map[string]string `tfsdk:"labels" doc:"Labels of the image, which the engine's list has, too."`
	GraphDriver  *GraphDriver      `tfsdk:"graph_driver" doc:"How the image is stored on disk. Null in the containerd store."`
	RootFSType   *string           `tfsdk:"root_fs_type" doc:"Kind of the image's file system, 'layers'."`
	Manifests    []EngineManifest  `tfsdk:"manifests" doc:"Manifests of the image that the engine has or knows of, attestations too. Null where the engine does not tell (before API 1.48, and in the graph-driver store)."`
	Identity     *EngineIdentity   `tfsdk:"identity" doc:"Where the image came from, as the engine itself has seen it. Null before API 1.53."`
	Descriptor   *Descriptor       `tfsdk:"descriptor" doc:"What the engine's reference points at. Null in the graph-driver store."`
}

// A GraphDriver is the storage driver of an engine's graph-driver store, and what it says of an image.
type GraphDriver struct {
	Name string            `tfsdk:"name" doc:"Name of the driver, such as 'overlay2'."`
	Data map[string]string `tfsdk:"data" doc:"What the driver says of the image, such as its directories."`
}

// A Descriptor points at content by its digest, as OCI defines it.
type Descriptor struct {
	MediaType    string            `tfsdk:"media_type" doc:"Media type of the content."`
	Digest       string            `tfsdk:"digest" doc:"Digest of the content."`
	Size         int64             `tfsdk:"size" doc:"Bytes of the content."`
	URLs         []string          `tfsdk:"urls" doc:"Where else the content is."`
	Annotations  map[string]string `tfsdk:"annotations" doc:"Annotations of the descriptor."`
	ArtifactType *string           `tfsdk:"artifact_type" doc:"Artifact type of the content."`
	Platform     *string           `tfsdk:"platform" doc:"Platform that the content is for."`
}

// An EngineManifest is one manifest of an image in an engine's containerd store.
type EngineManifest struct {
	Digest         string          `tfsdk:"digest" doc:"Digest of the manifest."`
	Kind           string          `tfsdk:"kind" doc:"'image', 'attestation' or 'unknown'."`
	Descriptor     *Descriptor     `tfsdk:"descriptor" doc:"The manifest's descriptor."`
	Available      bool            `tfsdk:"available" doc:"Whether configuration and layers are all here."`
	ContentSize    int64           `tfsdk:"content_size" doc:"Bytes here that can be distributed."`
	TotalSize      int64           `tfsdk:"total_size" doc:"Bytes here in all, unpacked ones too."`
	UnpackedSize   *int64          `tfsdk:"unpacked_size" doc:"Bytes of an image, unpacked."`
	Platform       *string         `tfsdk:"platform" doc:"Platform of an image."`
	Containers     []string        `tfsdk:"containers" doc:"Ids of the containers that use an image."`
	AttestationFor *string         `tfsdk:"attestation_for" doc:"Digest of the manifest that an attestation is for."`
	Identity       *EngineIdentity `tfsdk:"identity" doc:"Where an image came from."`
}

// An EngineIdentity is where an image came from, as an engine has seen it: re-tagging does not change it.
type EngineIdentity struct {
	Signatures []EngineSignature `tfsdk:"signatures" doc:"Signatures that the engine has verified, or tried to."`
	Pulls      []string          `tfsdk:"pulls" doc:"Repositories that the image was pulled from or pushed to. The engine leaves out the registry's port."`
	Builds     []EngineBuild     `tfsdk:"builds" doc:"Builds that made the image."`
}

// An EngineBuild is a build in the engine's own history.
type EngineBuild struct {
	Ref       *string `tfsdk:"ref" doc:"Id of the build in BuildKit's history."`
	CreatedAt *string `tfsdk:"created_at" doc:"When the build ran (RFC 3339)."`
}

// An EngineSignature is a signature that an engine has verified, or tried to.
type EngineSignature struct {
	Name            *string           `tfsdk:"name" doc:"What kind of signature it is, in words."`
	Type            *string           `tfsdk:"type" doc:"Format of the signature: 'bundle-v0.3' or 'simplesigning-v1'."`
	KnownSigner     *string           `tfsdk:"known_signer" doc:"A signer that the engine knows, such as 'DHI' (Docker Hardened Images)."`
	DockerReference *string           `tfsdk:"docker_reference" doc:"The reference that an older signature names."`
	Signer          *EngineSigner     `tfsdk:"signer" doc:"What the signer's certificate says."`
	Timestamps      []EngineTimestamp `tfsdk:"timestamps" doc:"Time stamps that were verified."`
	Error           *string           `tfsdk:"error" doc:"Why the verification failed."`
	Warnings        []string          `tfsdk:"warnings" doc:"What the verification remarked."`
}

// An EngineTimestamp is a verified time stamp of a signature.
type EngineTimestamp struct {
	Type      string  `tfsdk:"type" doc:"'Tlog' or 'TimestampAuthority'."`
	URI       string  `tfsdk:"uri" doc:"Who gave the time stamp."`
	Timestamp *string `tfsdk:"timestamp" doc:"The time (RFC 3339)."`
}

// An EngineSigner is what a signer's certificate says, as Sigstore's certificates have it.
type EngineSigner struct {
	CertificateIssuer                   *string `tfsdk:"certificate_issuer" doc:"Who issued the certificate."`
	SubjectAlternativeName              *string `tfsdk:"subject_alternative_name" doc:"Whom the certificate is for."`
	Issuer                              *string `tfsdk:"issuer" doc:"OIDC issuer that vouched for the signer."`
	BuildSignerURI                      *string `tfsdk:"build_signer_uri" doc:"Build instructions that signed."`
	BuildSignerDigest                   *string `tfsdk:"build_signer_digest" doc:"Their version, for good."`
	RunnerEnvironment                   *string `tfsdk:"runner_environment" doc:"Whether the build ran on hosted or on own machines."`
	SourceRepositoryURI                 *string `tfsdk:"source_repository_uri" doc:"Repository of the source."`
	SourceRepositoryDigest              *string `tfsdk:"source_repository_digest" doc:"Commit of the source."`
	SourceRepositoryRef                 *string `tfsdk:"source_repository_ref" doc:"Branch or tag of the source."`
	SourceRepositoryIdentifier          *string `tfsdk:"source_repository_identifier" doc:"Id of the repository."`
	SourceRepositoryOwnerURI            *string `tfsdk:"source_repository_owner_uri" doc:"Owner of the repository."`
	SourceRepositoryOwnerIdentifier     *string `tfsdk:"source_repository_owner_identifier" doc:"Id of the owner."`
	BuildConfigURI                      *string `tfsdk:"build_config_uri" doc:"Build instructions that the build began with."`
	BuildConfigDigest                   *string `tfsdk:"build_config_digest" doc:"Their version, for good."`
	BuildTrigger                        *string `tfsdk:"build_trigger" doc:"What started the build."`
	RunInvocationURI                    *string `tfsdk:"run_invocation_uri" doc:"The run of the build."`
	SourceRepositoryVisibilityAtSigning *string `tfsdk:"source_repository_visibility_at_signing" doc:"Whether the repository was public when the signature was made."`
}
