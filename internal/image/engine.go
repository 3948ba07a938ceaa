package image

// An Engine is what only a Docker Engine knows of an image.
type Engine struct {
	ID           string            `tfsdk:"id" doc:"Image id in this engine, which depends on 'store'."`
	Store        *string           `tfsdk:"store" doc:"Image store: 'graphdriver' or 'containerd'."`
	ParentID     *string           `tfsdk:"parent_id" doc:"Id of the parent image, if built in this engine."`
	Comment      *string           `tfsdk:"comment" doc:"Comment of the commit or import."`
	LastTaggedAt *string           `tfsdk:"last_tagged_at" doc:"Time of the last tagging here (RFC 3339)."`
	Containers   *int64            `tfsdk:"containers" doc:"Number of containers that use the image."`
	SharedSize   *int64            `tfsdk:"shared_size" doc:"Bytes shared with other images. Null if not counted."`
	Size         *int64            `tfsdk:"size" doc:"Bytes of all platforms together."`
	Labels       map[string]string `tfsdk:"labels" doc:"Labels of the image, also in lists."`
	GraphDriver  *GraphDriver      `tfsdk:"graph_driver" doc:"Storage driver. Null in the containerd store."`
	RootFSType   *string           `tfsdk:"root_fs_type" doc:"Type of the root file system, 'layers'."`
	Manifests    []EngineManifest  `tfsdk:"manifests" doc:"Manifests that the engine knows, with attestations."`
	Identity     *EngineIdentity   `tfsdk:"identity" doc:"Origin of the image. Null before API 1.53."`
	Descriptor   *Descriptor       `tfsdk:"descriptor" doc:"OCI descriptor. Null in the graph-driver store."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Engine) Details() map[string]string {
	return map[string]string{
		"store": "Null if the engine does not report it (before API 1.48, for an image without a name).",
		"id": "The digest of the configuration in the graph-driver store, of the manifest or index in the " +
			"containerd store.",
		"size":       "Null if the engine counts one platform only (an inspection in the containerd store before API 1.48).",
		"containers": "Stopped ones count. Null if the engine did not count.",
		"manifests":  "Null before API 1.48 and in the graph-driver store.",
	}
}

// A GraphDriver is the storage driver of an engine's graph-driver store, with its data on an image.
type GraphDriver struct {
	Name string            `tfsdk:"name" doc:"Name of the driver, such as 'overlay2'."`
	Data map[string]string `tfsdk:"data" doc:"Data of the driver, such as directories."`
}

// A Descriptor points at content by its digest, as OCI defines it.
type Descriptor struct {
	MediaType    string            `tfsdk:"media_type" doc:"Media type of the content."`
	Digest       string            `tfsdk:"digest" doc:"Digest of the content."`
	Size         int64             `tfsdk:"size" doc:"Bytes of the content."`
	URLs         []string          `tfsdk:"urls" doc:"Other locations of the content."`
	Annotations  map[string]string `tfsdk:"annotations" doc:"Annotations of the descriptor."`
	ArtifactType *string           `tfsdk:"artifact_type" doc:"Artifact type of the content."`
	Platform     *string           `tfsdk:"platform" doc:"Platform of the content."`
}

// An EngineManifest is one manifest of an image in an engine's containerd store.
type EngineManifest struct {
	Digest         string          `tfsdk:"digest" doc:"Digest of the manifest."`
	Kind           string          `tfsdk:"kind" doc:"'image', 'attestation' or 'unknown'."`
	Descriptor     *Descriptor     `tfsdk:"descriptor" doc:"The manifest's descriptor."`
	Available      bool            `tfsdk:"available" doc:"Whether configuration and layers are all present."`
	ContentSize    int64           `tfsdk:"content_size" doc:"Bytes of the compressed content."`
	TotalSize      int64           `tfsdk:"total_size" doc:"Bytes in total, with unpacked layers."`
	UnpackedSize   *int64          `tfsdk:"unpacked_size" doc:"Bytes of the unpacked image."`
	Platform       *string         `tfsdk:"platform" doc:"Platform of the image."`
	Containers     []string        `tfsdk:"containers" doc:"Ids of the containers that use the image."`
	AttestationFor *string         `tfsdk:"attestation_for" doc:"Digest of the attested manifest."`
	Identity       *EngineIdentity `tfsdk:"identity" doc:"Origin of the image."`
}

// An EngineIdentity is the origin of an image in an engine. Tagging does not change it.
type EngineIdentity struct {
	Signatures []EngineSignature `tfsdk:"signatures" doc:"Signatures that the engine verified or tried to verify."`
	Pulls      []string          `tfsdk:"pulls" doc:"Repositories it was pulled from or pushed to, without port."`
	Builds     []EngineBuild     `tfsdk:"builds" doc:"Builds that made the image."`
}

// An EngineBuild is a build in the engine's own history.
type EngineBuild struct {
	Ref       *string `tfsdk:"ref" doc:"Id of the build in BuildKit's history."`
	CreatedAt *string `tfsdk:"created_at" doc:"Time of the build (RFC 3339)."`
}

// An EngineSignature is a signature that an engine has verified, or tried to.
type EngineSignature struct {
	Name            *string     `tfsdk:"name" doc:"Description of the signature's kind."`
	Type            *string     `tfsdk:"type" doc:"Format: 'bundle-v0.3' or 'simplesigning-v1'."`
	KnownSigner     *string     `tfsdk:"known_signer" doc:"Known signer, such as 'DHI' (Docker Hardened Images)."`
	DockerReference *string     `tfsdk:"docker_reference" doc:"Reference in an older signature."`
	Signer          *Signer     `tfsdk:"signer" doc:"Content of the signer's certificate."`
	Timestamps      []Timestamp `tfsdk:"timestamps" doc:"Verified time stamps."`
	Error           *string     `tfsdk:"error" doc:"Reason why the verification failed."`
	Warnings        []string    `tfsdk:"warnings" doc:"Warnings of the verification."`
}
