package image

import "strings"

// A Statement is a signature, an attestation or another artifact that refers to an image.
type Statement struct {
	Kind          string            `tfsdk:"kind" doc:"'signature', 'attestation', 'sbom' or 'artifact'."`
	Format        *string           `tfsdk:"format" doc:"Storage format, such as 'cosign', 'bundle' or 'notation'."`
	Digest        *string           `tfsdk:"digest" doc:"Digest of its own manifest."`
	Subject       *string           `tfsdk:"subject" doc:"Digest of the index or platform that it is about."`
	ArtifactType  *string           `tfsdk:"artifact_type" doc:"Artifact type, as its manifest has it."`
	PredicateType *string           `tfsdk:"predicate_type" doc:"Type, such as 'https://slsa.dev/provenance/v1'."`
	Verified      *bool             `tfsdk:"verified" doc:"Whether the signature is valid."`
	Reason        *string           `tfsdk:"reason" doc:"Kind of reason why it is not valid."`
	Error         *string           `tfsdk:"error" doc:"Reason why it could not be read or verified."`
	Matched       *string           `tfsdk:"matched" doc:"Who of those that are trusted has signed."`
	Signer        *Signer           `tfsdk:"signer" doc:"Content of the verified certificate."`
	Claimed       *Signer           `tfsdk:"claimed" doc:"Content of the certificate of a signature that is not valid."`
	Timestamps    []Timestamp       `tfsdk:"timestamps" doc:"Verified times of the signature."`
	SignedAt      *string           `tfsdk:"signed_at" doc:"First of 'timestamps' (RFC 3339)."`
	LogIndex      *int64            `tfsdk:"log_index" doc:"Index of the verified entry in its transparency log."`
	Annotations   map[string]string `tfsdk:"annotations" doc:"Annotations that were signed with the image."`
	CoveredBy     *string           `tfsdk:"covered_by" doc:"Digest of a verified signature of the index that lists it."`
	Warnings      []string          `tfsdk:"warnings" doc:"Warnings of the verification."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Statement) Details() map[string]string {
	return map[string]string{
		"kind": "It is that of the signed content, where that can be read.",
		"format": "'cosign' is a tag beside the image, 'bundle' a Sigstore bundle that refers to it, 'notation' a " +
			"signature " +
			"of Notation's, 'buildkit' a manifest in its index. An engine has its own.",
		"verified": "True if one of those that are trusted made it, or if the engine or the cluster trusts it. Null if " +
			"nobody was said to be trusted.",
		"reason": "'" + strings.Join(Reasons(), "', '") + "'. Null if it is valid, and if it has no " +
			"signature of its own, such as BuildKit's attestations.",
		"matched": "Such as 'public_keys[0] sha256:…' with the SHA-256 of the key, 'identities[1] …' with the subject, or " +
			"'notation[0] …'.",
		"signer":      "Null for a key, and if the signature is not valid. Of Notation it has the subject's name.",
		"claimed":     "Anybody can write anything into it: no rule should trust it.",
		"annotations": "Null if there are none, or if they were not verified.",
		"signed_at":   "OpenShift's is the time that the cluster has.",
		"covered_by":  "The signature covers the manifest, because the signed index lists it by digest.",
	}
}

// Values of Statement.Reason.
const (
	ReasonTampered     = "tampered"      // what was signed, or a proof of it, was changed
	ReasonOtherSubject = "other_subject" // it is about another image
	ReasonUntrusted    = "untrusted"     // none that is trusted made it, or issued its certificate
	ReasonIdentity     = "identity"      // its certificate is good, and that of somebody else
	ReasonNotLogged    = "not_logged"    // too few logs have it
	ReasonNoTime       = "no_time"       // too few times of it are known
	ReasonExpired      = "expired"       // it, or its certificate, was not valid at that time
	ReasonUnsupported  = "unsupported"   // it is of a form or version that is not known, or of one that is no image's
	ReasonTooLarge     = "too_large"     // it is larger than what is read
	ReasonUnreadable   = "unreadable"    // it is lost or broken
)

// Reasons returns all values of Statement.Reason.
func Reasons() []string {
	return []string{ReasonTampered, ReasonOtherSubject, ReasonUntrusted, ReasonIdentity, ReasonNotLogged, ReasonNoTime,
		ReasonExpired, ReasonUnsupported, ReasonTooLarge, ReasonUnreadable}
}

// Fails sets why a statement is not valid. Whether that is known depends on whether anybody is trusted.
func (s *Statement) Fails(reason, text string, isTrusting bool) {
	s.Reason, s.Error = &reason, &text
	if isTrusting {
		s.Verified = new(false)
	}
}

// A Timestamp is a verified time stamp of a signature.
type Timestamp struct {
	Type      string  `tfsdk:"type" doc:"'Tlog' or 'TimestampAuthority'."`
	URI       string  `tfsdk:"uri" doc:"Time stamp authority."`
	Timestamp *string `tfsdk:"timestamp" doc:"Time (RFC 3339)."`
}

// A Signer is the content of a signer's certificate, in the fields of Sigstore's certificates.
type Signer struct {
	CertificateIssuer                   *string `tfsdk:"certificate_issuer" doc:"Issuer of the certificate."`
	SubjectAlternativeName              *string `tfsdk:"subject_alternative_name" doc:"Subject of the certificate."`
	Issuer                              *string `tfsdk:"issuer" doc:"OIDC issuer of the signer."`
	BuildSignerURI                      *string `tfsdk:"build_signer_uri" doc:"Build instructions that signed."`
	BuildSignerDigest                   *string `tfsdk:"build_signer_digest" doc:"Immutable version of these."`
	RunnerEnvironment                   *string `tfsdk:"runner_environment" doc:"Hosted or self-hosted runner."`
	SourceRepositoryURI                 *string `tfsdk:"source_repository_uri" doc:"Source repository."`
	SourceRepositoryDigest              *string `tfsdk:"source_repository_digest" doc:"Commit of the source."`
	SourceRepositoryRef                 *string `tfsdk:"source_repository_ref" doc:"Branch or tag of the source."`
	SourceRepositoryIdentifier          *string `tfsdk:"source_repository_identifier" doc:"Id of the repository."`
	SourceRepositoryOwnerURI            *string `tfsdk:"source_repository_owner_uri" doc:"Owner of the repository."`
	SourceRepositoryOwnerIdentifier     *string `tfsdk:"source_repository_owner_identifier" doc:"Id of the owner."`
	BuildConfigURI                      *string `tfsdk:"build_config_uri" doc:"Build instructions that started the build."`
	BuildConfigDigest                   *string `tfsdk:"build_config_digest" doc:"Immutable version of these."`
	BuildTrigger                        *string `tfsdk:"build_trigger" doc:"Event that started the build."`
	RunInvocationURI                    *string `tfsdk:"run_invocation_uri" doc:"Run of the build."`
	SourceRepositoryVisibilityAtSigning *string `tfsdk:"source_repository_visibility_at_signing" doc:"Public or private."`
}
