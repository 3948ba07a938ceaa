package image

// FactsFromMetadata is the OpenShift.FactsFrom that leaves some of a configuration out.
const FactsFromMetadata = "metadata"

// An OpenShift is what only an OpenShift cluster knows of an image: its Image object in the cluster's API.
type OpenShift struct {
	Name              string               `tfsdk:"name" doc:"Name of the Image object, which is the digest of the manifest or list."`
	UID               *string              `tfsdk:"uid" doc:"The cluster's own id of the object."`
	CreatedAt         *string              `tfsdk:"created_at" doc:"When the object came into the cluster (RFC 3339), which is not when the image was built."`
	Labels            map[string]string    `tfsdk:"labels" doc:"Labels of the object. Those of the image are in its configuration."`
	Annotations       map[string]string    `tfsdk:"annotations" doc:"Annotations of the object. Those of the manifest are in the image's own annotations."`
	PullSpec          *string              `tfsdk:"pull_spec" doc:"What the image can be pulled by, as the cluster writes it (dockerImageReference)."`
	FactsFrom         *string              `tfsdk:"facts_from" doc:"Where the configuration comes from: 'config' (dockerImageConfig, which is complete), 'manifest' (a manifest of schema 1), or 'metadata' (dockerImageMetadata, which knows no healthcheck, shell, stop signal, history, operating system or variant of the architecture; the system is taken for linux then). Null where there is none."`
	MetadataVersion   *string              `tfsdk:"metadata_version" doc:"Version of the metadata, '1.0' or 'pre012'."`
	ManifestMediaType *string              `tfsdk:"manifest_media_type" doc:"Media type of the manifest, as the cluster has it."`
	ID                *string              `tfsdk:"id" doc:"Docker's id of the image: the configuration's digest, or an image id of schema 1."`
	ParentID          *string              `tfsdk:"parent_id" doc:"Docker's id of the image that this one was built on."`
	ContainerID       *string              `tfsdk:"container_id" doc:"Id of the container that the image was committed from."`
	Comment           *string              `tfsdk:"comment" doc:"Comment of whoever committed or imported the image."`
	DockerVersion     *string              `tfsdk:"docker_version" doc:"Version of Docker that built the image."`
	Manifests         []OpenShiftManifest  `tfsdk:"manifests" doc:"Manifests of a multi-platform image, in order, attestations too (dockerImageManifests, OpenShift 4.12 and later)."`
	Signatures        []OpenShiftSignature `tfsdk:"signatures" doc:"Signatures that the cluster keeps with the image."`
	DockerSignatures  []string             `tfsdk:"docker_signatures" doc:"Signatures of a manifest of schema 1, in Base64 (dockerImageSignatures)."`
	Manifest          *string              `tfsdk:"manifest" doc:"The manifest, in JSON. Null where it was not asked for, and where the cluster keeps none, as newer ones do."`
	Config            *string              `tfsdk:"config" doc:"The image configuration, in JSON. Null where it was not asked for, and where the cluster keeps none."`
	Metadata          *string              `tfsdk:"metadata" doc:"The metadata (dockerImageMetadata), in JSON. Null where it was not asked for."`
}

// An OpenShiftManifest is one manifest of a multi-platform image. The cluster may have an Image object of that name,
// too.
type OpenShiftManifest struct {
	Digest       string  `tfsdk:"digest" doc:"Digest of the manifest, and name of its Image object."`
	MediaType    *string `tfsdk:"media_type" doc:"Media type of the manifest."`
	ManifestSize *int64  `tfsdk:"manifest_size" doc:"Bytes of the manifest itself."`
	OS           *string `tfsdk:"os" doc:"Operating system, 'unknown' for an attestation."`
	Architecture *string `tfsdk:"architecture" doc:"CPU architecture, 'unknown' for an attestation."`
	Variant      *string `tfsdk:"variant" doc:"Variant of the architecture."`
}

// An OpenShiftSignature is a signature that a cluster keeps with an image. All but type and content is what the cluster
// read out of the content: to be trusted as far as the conditions say.
type OpenShiftSignature struct {
	Name          *string              `tfsdk:"name" doc:"Name of the signature: the image's, '@', and an id."`
	UID           *string              `tfsdk:"uid" doc:"The cluster's own id of the signature."`
	CreatedAt     *string              `tfsdk:"created_at" doc:"When the signature came into the cluster (RFC 3339)."`
	Labels        map[string]string    `tfsdk:"labels" doc:"Labels of the signature object."`
	Annotations   map[string]string    `tfsdk:"annotations" doc:"Annotations of the signature object."`
	Type          *string              `tfsdk:"type" doc:"What the content is, such as 'AtomicImageV1'."`
	Content       *string              `tfsdk:"content" doc:"The signature itself, in Base64. It is no secret."`
	Conditions    []OpenShiftCondition `tfsdk:"conditions" doc:"What the cluster has found out about the signature."`
	ImageIdentity *string              `tfsdk:"image_identity" doc:"The image that the signature is for, by name: a product and version, or a pull spec."`
	SignedClaims  map[string]string    `tfsdk:"signed_claims" doc:"What the signature claims."`
	SignedAt      *string              `tfsdk:"signed_at" doc:"When it was signed (RFC 3339)."`
	IssuedBy      *OpenShiftParty      `tfsdk:"issued_by" doc:"Who issued the certificate or key."`
	IssuedTo      *OpenShiftParty      `tfsdk:"issued_to" doc:"Who signed."`
}

// An OpenShiftCondition is one thing that a cluster has found out about a signature.
type OpenShiftCondition struct {
	Type           *string `tfsdk:"type" doc:"What it is about: 'Complete' or 'Failed', and, of image verification, 'Trusted', 'ForImage', 'Expired' or 'Revoked'."`
	Status         *string `tfsdk:"status" doc:"'True', 'False' or 'Unknown'."`
	ProbedAt       *string `tfsdk:"probed_at" doc:"When it was last looked into (RFC 3339)."`
	TransitionedAt *string `tfsdk:"transitioned_at" doc:"When the status last changed (RFC 3339)."`
	Reason         *string `tfsdk:"reason" doc:"Why it last changed, in a word."`
	Message        *string `tfsdk:"message" doc:"Why it last changed, for people."`
}

// An OpenShiftParty is who signed, or who issued the signer's certificate or key.
type OpenShiftParty struct {
	Organization *string `tfsdk:"organization" doc:"Name of the organization."`
	CommonName   *string `tfsdk:"common_name" doc:"Common name, such as 'openshift-signing-service'."`
	PublicKeyID  *string `tfsdk:"public_key_id" doc:"Id of the signer's public key: the last 64 bits of its fingerprint or more. Issuers have none."`
}
