package image

// FactsFromMetadata is the OpenShift.FactsFrom that leaves some of a configuration out.
const FactsFromMetadata = "metadata"

// An OpenShift is what only an OpenShift cluster knows of an image: its Image object in the cluster's API.
type OpenShift struct {
	Name              string               `tfsdk:"name" doc:"Name of the Image object: the manifest's digest."`
	UID               *string              `tfsdk:"uid" doc:"UID of the object."`
	CreatedAt         *string              `tfsdk:"created_at" doc:"Creation time of the object, not of the image."`
	Labels            map[string]string    `tfsdk:"labels" doc:"Labels of the object."`
	Annotations       map[string]string    `tfsdk:"annotations" doc:"Annotations of the object."`
	PullSpec          *string              `tfsdk:"pull_spec" doc:"Pull spec of the image (dockerImageReference)."`
	FactsFrom         *string              `tfsdk:"facts_from" doc:"Origin of the configuration. Null without one."`
	MetadataVersion   *string              `tfsdk:"metadata_version" doc:"Version of the metadata: '1.0' or 'pre012'."`
	ManifestMediaType *string              `tfsdk:"manifest_media_type" doc:"Media type of the manifest."`
	ID                *string              `tfsdk:"id" doc:"Docker's id of the image."`
	ParentID          *string              `tfsdk:"parent_id" doc:"Docker's id of the parent image."`
	ContainerID       *string              `tfsdk:"container_id" doc:"Id of the container that was committed."`
	Comment           *string              `tfsdk:"comment" doc:"Comment of the commit or import."`
	DockerVersion     *string              `tfsdk:"docker_version" doc:"Version of Docker that built the image."`
	Manifests         []OpenShiftManifest  `tfsdk:"manifests" doc:"Manifests of a multi-platform image."`
	Signatures        []OpenShiftSignature `tfsdk:"signatures" doc:"Signatures that the cluster stores."`
	DockerSignatures  []string             `tfsdk:"docker_signatures" doc:"Signatures of schema 1, in Base64."`
	Manifest          *string              `tfsdk:"manifest" doc:"Manifest, in JSON."`
	Config            *string              `tfsdk:"config" doc:"Image configuration, in JSON."`
	Metadata          *string              `tfsdk:"metadata" doc:"dockerImageMetadata, in JSON."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (OpenShift) Details() map[string]string {
	return map[string]string{
		"labels":      "Those of the image are in its configuration.",
		"annotations": "Those of the manifest are in the image's 'annotations'.",
		"facts_from": "'config' (dockerImageConfig, which is complete), 'manifest' (of schema 1), or 'metadata' " +
			"(dockerImageMetadata, which has no healthcheck, shell, stop signal, history, operating system or " +
			"variant of the architecture; linux is assumed).",
		"id":        "The digest of the configuration, or an image id of schema 1.",
		"manifests": "In order and with attestations (dockerImageManifests, OpenShift 4.12 and later).",
		"manifest":  "Null if not requested, and if the cluster does not store it, as newer ones do not.",
		"config":    "Null if not requested, and if the cluster does not store it.",
		"metadata":  "Null if not requested.",
	}
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

// An OpenShiftSignature is a signature that a cluster stores with an image. The cluster has read all but type and
// content out of the content; the conditions say how far it can be trusted.
type OpenShiftSignature struct {
	Name          *string              `tfsdk:"name" doc:"Name: the image's, '@', and an id."`
	UID           *string              `tfsdk:"uid" doc:"UID of the signature."`
	CreatedAt     *string              `tfsdk:"created_at" doc:"Creation time in the cluster (RFC 3339)."`
	Labels        map[string]string    `tfsdk:"labels" doc:"Labels of the signature object."`
	Annotations   map[string]string    `tfsdk:"annotations" doc:"Annotations of the signature object."`
	Type          *string              `tfsdk:"type" doc:"Type of the content, such as 'AtomicImageV1'."`
	Content       *string              `tfsdk:"content" doc:"Signature in Base64. It is not secret."`
	Conditions    []OpenShiftCondition `tfsdk:"conditions" doc:"Findings of the cluster about the signature."`
	ImageIdentity *string              `tfsdk:"image_identity" doc:"Signed image: product and version, or pull spec."`
	SignedClaims  map[string]string    `tfsdk:"signed_claims" doc:"Claims of the signature."`
	SignedAt      *string              `tfsdk:"signed_at" doc:"Signing time (RFC 3339)."`
	IssuedBy      *OpenShiftParty      `tfsdk:"issued_by" doc:"Issuer of the certificate or key."`
	IssuedTo      *OpenShiftParty      `tfsdk:"issued_to" doc:"Signer."`
}

// An OpenShiftCondition is a finding of a cluster about a signature.
type OpenShiftCondition struct {
	Type           *string `tfsdk:"type" doc:"Type, such as 'Complete', 'Failed' or 'Trusted'."`
	Status         *string `tfsdk:"status" doc:"'True', 'False' or 'Unknown'."`
	ProbedAt       *string `tfsdk:"probed_at" doc:"Time of the last check (RFC 3339)."`
	TransitionedAt *string `tfsdk:"transitioned_at" doc:"Time of the last change (RFC 3339)."`
	Reason         *string `tfsdk:"reason" doc:"Reason for the last change, in one word."`
	Message        *string `tfsdk:"message" doc:"Reason for the last change, in a sentence."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (OpenShiftCondition) Details() map[string]string {
	return map[string]string{
		"type": "Verification of images has 'Trusted', 'ForImage', 'Expired' and 'Revoked'.",
	}
}

// An OpenShiftParty is the signer, or the issuer of the signer's certificate or key.
type OpenShiftParty struct {
	Organization *string `tfsdk:"organization" doc:"Name of the organization."`
	CommonName   *string `tfsdk:"common_name" doc:"Common name, such as 'openshift-signing-service'."`
	PublicKeyID  *string `tfsdk:"public_key_id" doc:"Id of the signer's public key."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (OpenShiftParty) Details() map[string]string {
	return map[string]string{
		"public_key_id": "The last 64 bits of its fingerprint or more. Issuers have none.",
	}
}
