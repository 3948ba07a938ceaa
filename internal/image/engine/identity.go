package engine

import (
	"cmp"
	"slices"

	api "github.com/moby/moby/api/types/image"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// identity converts the origin of an image. It sorts pulls, which the engine returns in random order.
func identity(i *api.Identity) *image.EngineIdentity {
	if i == nil {
		return nil
	}
	shown := &image.EngineIdentity{}
	for _, pull := range i.Pull {
		shown.Pulls = append(shown.Pulls, pull.Repository)
	}
	slices.Sort(shown.Pulls)
	for _, build := range i.Build {
		shown.Builds = append(shown.Builds, image.EngineBuild{Ref: image.Known(build.Ref),
			CreatedAt: image.Instant(build.CreatedAt)})
	}
	for _, s := range i.Signature {
		signature := image.EngineSignature{
			Name: image.Known(s.Name), Type: image.Known(string(s.SignatureType)),
			KnownSigner:     image.Known(string(s.KnownSigner)),
			DockerReference: image.Known(s.DockerReference), Signer: signer(s.Signer), Error: image.Known(s.Error),
			Warnings: s.Warnings,
		}
		signature.Timestamps = timestamps(s.Timestamps)
		shown.Signatures = append(shown.Signatures, signature)
	}
	return shown
}

func timestamps(given []api.SignatureTimestamp) []image.Timestamp {
	var shown []image.Timestamp
	for _, stamp := range given {
		shown = append(shown, image.Timestamp{
			Type: string(stamp.Type), URI: stamp.URI, Timestamp: image.Instant(stamp.Timestamp),
		})
	}
	return shown
}

func signer(s *api.SignerIdentity) *image.Signer {
	if s == nil {
		return nil
	}
	return &image.Signer{
		CertificateIssuer:                   image.Known(s.CertificateIssuer),
		SubjectAlternativeName:              image.Known(s.SubjectAlternativeName),
		Issuer:                              image.Known(s.Issuer),
		BuildSignerURI:                      image.Known(s.BuildSignerURI),
		BuildSignerDigest:                   image.Known(s.BuildSignerDigest),
		RunnerEnvironment:                   image.Known(s.RunnerEnvironment),
		SourceRepositoryURI:                 image.Known(s.SourceRepositoryURI),
		SourceRepositoryDigest:              image.Known(s.SourceRepositoryDigest),
		SourceRepositoryRef:                 image.Known(s.SourceRepositoryRef),
		SourceRepositoryIdentifier:          image.Known(s.SourceRepositoryIdentifier),
		SourceRepositoryOwnerURI:            image.Known(s.SourceRepositoryOwnerURI),
		SourceRepositoryOwnerIdentifier:     image.Known(s.SourceRepositoryOwnerIdentifier),
		BuildConfigURI:                      image.Known(s.BuildConfigURI),
		BuildConfigDigest:                   image.Known(s.BuildConfigDigest),
		BuildTrigger:                        image.Known(s.BuildTrigger),
		RunInvocationURI:                    image.Known(s.RunInvocationURI),
		SourceRepositoryVisibilityAtSigning: image.Known(s.SourceRepositoryVisibilityAtSigning),
	}
}

// signatures returns the signatures that the engine has verified. It knows only those that came with the image, so that
// an image without any has nil.
func signatures(i *api.Identity, subject *string) []image.Statement {
	if i == nil {
		return nil
	}
	var statements []image.Statement
	for _, s := range i.Signature {
		statement := image.Statement{
			Kind: "signature", Format: image.Known(string(s.SignatureType)), Subject: subject,
			Verified: new(s.Error == ""), Error: image.Known(s.Error), Warnings: s.Warnings,
		}
		if s.Error == "" {
			statement.Signer, statement.Timestamps = signer(s.Signer), timestamps(s.Timestamps)
			for _, stamp := range statement.Timestamps {
				statement.SignedAt = cmp.Or(statement.SignedAt, stamp.Timestamp)
			}
		} else {
			statement.Claimed = signer(s.Signer)
		}
		statements = append(statements, statement)
	}
	return statements
}
