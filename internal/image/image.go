// Package image has the one shape in which facts about a container image are given, whichever system holds the image:
// an OCI registry, a Docker Engine, OpenShift or Scaleway. The packages below it read one such system each and fill the
// shape; internal/imagedata shows it to Terraform, and takes attribute names and descriptions from the tags here. This
// package and those below it import no Terraform.
//
// What a source does not tell is nil, never a zero: a size of 0 is a size. In descriptions, 'quotes' are for what is to
// be set in code, because a struct tag cannot hold a backtick.
package image

// Sources, as Image.Source names them.
const (
	SourceOCI          = "oci"
	SourceDockerEngine = "docker_engine"
	SourceOpenShift    = "openshift"
	SourceScaleway     = "scaleway"
)

// An Image is an image as its source has it at the moment of reading. Digest is that of the manifest or index that the
// reference points at, whereas ConfigDigest, Size and CreatedAt belong to the platform that Platform names. The digest
// of an index and that of one of its platforms are different things, and are never compared with each other.
type Image struct {
	Source          string            `tfsdk:"source" doc:"Where the facts were read: 'oci', 'docker_engine', 'openshift' or 'scaleway'."`
	Reference       string            `tfsdk:"reference" doc:"The image's name in full, with registry, and tag or digest."`
	PinnedReference *string           `tfsdk:"pinned_reference" doc:"The repository with the digest in place of the tag ('registry/namespace/name@sha256:…'): what a deployment should pull."`
	Digest          *string           `tfsdk:"digest" doc:"Digest of the manifest, or of the index of a multi-platform image, that the reference points at ('sha256:…'). Null where the source does not know it."`
	ConfigDigest    *string           `tfsdk:"config_digest" doc:"Digest of the image configuration of 'platform' ('sha256:…'), which the graph-driver store of a Docker Engine calls the image id."`
	MediaType       *string           `tfsdk:"media_type" doc:"Media type of the manifest or index."`
	Size            *int64            `tfsdk:"size" doc:"Bytes of the image of 'platform', as the source counts them: a registry what is transferred, an engine what is unpacked, in the containerd store together with what was transferred. Null where an engine counts only all platforms together, which is 'engine.size'."`
	CreatedAt       *string           `tfsdk:"created_at" doc:"When the image of 'platform' was built (RFC 3339)."`
	Platform        *string           `tfsdk:"platform" doc:"The platform that 'config_digest', 'size', 'created_at' and 'catalogue' are of, such as 'linux/arm64/v8'."`
	Platforms       []Platform        `tfsdk:"platforms" doc:"The platforms that the image is there for, in the order of the index. Attestations are none."`
	Nameless        []string          `tfsdk:"nameless_manifests" doc:"Digests of those manifests of the index for which it names no platform. They are not among 'platforms'."`
	Annotations     map[string]string `tfsdk:"annotations" doc:"Annotations of the manifest or index."`
	Tags            []string          `tfsdk:"tags" doc:"References with a tag by which the source knows the image, in order."`
	RepoDigests     []string          `tfsdk:"repo_digests" doc:"References with a digest ('repository@sha256:…') by which the source knows the image, in order."`
	Signatures      []Statement       `tfsdk:"signatures" doc:"Signatures of the image. Null where they were not asked for."`
	Attestations    []Statement       `tfsdk:"attestations" doc:"Attestations and other artifacts that refer to the image, such as SBOMs and provenance. Those in the image's own index come with its platforms, all others where they were asked for."`
	Catalogue       *Catalogue        `tfsdk:"catalogue" doc:"The same facts under the names and in the form of 'demandflow_docker_image', to fill one with. Null where the source was not asked for the configuration."`
	Engine          *Engine           `tfsdk:"engine" doc:"What only a Docker Engine knows."`
	OpenShift       *OpenShift        `tfsdk:"openshift" doc:"What only an OpenShift cluster knows."`
	Scaleway        *Scaleway         `tfsdk:"scaleway" doc:"What only Scaleway's registry knows."`
}

// A Platform is the image for one operating system and architecture.
type Platform struct {
	Platform     string         `tfsdk:"platform" doc:"The platform in one word, such as 'linux/arm64/v8'."`
	OS           string         `tfsdk:"os" doc:"Operating system, such as 'linux'."`
	Architecture string         `tfsdk:"architecture" doc:"CPU architecture, such as 'amd64'."`
	Variant      *string        `tfsdk:"variant" doc:"Variant of the architecture, such as 'v8'."`
	OSVersion    *string        `tfsdk:"os_version" doc:"Version of the operating system, which Windows images have."`
	OSFeatures   []string       `tfsdk:"os_features" doc:"Features that the operating system must have, such as 'win32k'."`
	Digest       *string        `tfsdk:"digest" doc:"Digest of this platform's manifest. For an image of a single platform it is the image's digest."`
	ConfigDigest *string        `tfsdk:"config_digest" doc:"Digest of this platform's configuration. Null where this platform's manifest was not read."`
	MediaType    *string        `tfsdk:"media_type" doc:"Media type of this platform's manifest."`
	Size         *int64         `tfsdk:"size" doc:"Bytes of this platform's image, as the source counts them. Null where the layers are not known."`
	CreatedAt    *string        `tfsdk:"created_at" doc:"When this platform's image was built (RFC 3339)."`
	Author       *string        `tfsdk:"author" doc:"Who built the image, as its configuration says."`
	Config       *Config        `tfsdk:"config" doc:"How a container of the image runs. Null where it was not asked for, and a registry is asked for that of one platform alone."`
	Layers       []Layer        `tfsdk:"layers" doc:"Layers, lowest first. Null where they were not asked for, and a registry is asked for those of one platform alone."`
	History      []HistoryEntry `tfsdk:"history" doc:"Build steps, first one first. Null where they were not asked for, and a registry is asked for those of one platform alone."`
}

// A Layer is one file system change of an image. An engine that has unpacked it knows its DiffID alone.
type Layer struct {
	Digest    *string `tfsdk:"digest" doc:"Digest of the layer as it is transferred, compressed."`
	DiffID    *string `tfsdk:"diff_id" doc:"Digest of the layer's content, not compressed: the same in every source. Null where neither configuration nor history was asked for with the layers of a registry's image."`
	MediaType *string `tfsdk:"media_type" doc:"Media type of the layer."`
	Size      *int64  `tfsdk:"size" doc:"Bytes of the layer as it is transferred."`
}

// A HistoryEntry is one step of the build.
type HistoryEntry struct {
	CreatedAt  *string  `tfsdk:"created_at" doc:"When the step ran (RFC 3339)."`
	CreatedBy  *string  `tfsdk:"created_by" doc:"The command of the step."`
	Comment    *string  `tfsdk:"comment" doc:"Comment of the step."`
	Author     *string  `tfsdk:"author" doc:"Author of the step."`
	EmptyLayer *bool    `tfsdk:"empty_layer" doc:"Whether the step made no layer. Null in an engine, which does not tell."`
	ID         *string  `tfsdk:"id" doc:"Id that an engine gives the step's image."`
	Size       *int64   `tfsdk:"size" doc:"Bytes that the step added, unpacked, where an engine tells."`
	Tags       []string `tfsdk:"tags" doc:"Tags that an engine has for the step's image."`
}

// A Statement is a signature, an attestation or another artifact that refers to an image.
type Statement struct {
	Kind          string   `tfsdk:"kind" doc:"What it is: 'signature', 'attestation', 'sbom' or 'artifact'."`
	Format        *string  `tfsdk:"format" doc:"How it is stored: 'cosign' (a tag beside the image), 'bundle' (a Sigstore bundle that refers to it), 'buildkit' (a manifest in the image's index), or as the engine calls it."`
	Digest        *string  `tfsdk:"digest" doc:"Digest of its own manifest."`
	Subject       *string  `tfsdk:"subject" doc:"Digest of what it is about: the index, or one platform."`
	ArtifactType  *string  `tfsdk:"artifact_type" doc:"Artifact type, as the referrers list has it."`
	PredicateType *string  `tfsdk:"predicate_type" doc:"What an attestation states, such as 'https://slsa.dev/provenance/v1'."`
	Signer        *string  `tfsdk:"signer" doc:"Who signed: the subject of the certificate, or the SHA-256 of the public key that verified it."`
	Issuer        *string  `tfsdk:"issuer" doc:"Who vouches for the signer: the OIDC issuer, or that of the certificate."`
	SignedAt      *string  `tfsdk:"signed_at" doc:"When it was signed (RFC 3339), where a time stamp says."`
	Verified      *bool    `tfsdk:"verified" doc:"Whether the signature is that of a key that was given, or that the engine or the cluster trusts. Null where nobody verified it."`
	Error         *string  `tfsdk:"error" doc:"Why it could not be read or verified."`
	Warnings      []string `tfsdk:"warnings" doc:"What the verification remarked."`
}

// Known returns a string that a source may leave empty where it means that it does not know.
func Known(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
