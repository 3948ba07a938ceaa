package signature

import (
	"cmp"
	"crypto/x509"

	"github.com/sigstore/sigstore-go/pkg/fulcio/certificate"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// signerOf returns the content of a certificate. One that is not of Sigstore's may have a name alone.
func signerOf(c *x509.Certificate) *image.Signer {
	summary, err := certificate.SummarizeCertificate(c)
	if err != nil {
		return &image.Signer{CertificateIssuer: known(c.Issuer.String()), SubjectAlternativeName: known(c.Subject.String())}
	}
	return signerIn(summary)
}

// signerIn returns a summary of Sigstore's library in the shape. The names of the fields are the same.
func signerIn(c certificate.Summary) *image.Signer {
	return &image.Signer{
		CertificateIssuer: known(c.CertificateIssuer), SubjectAlternativeName: known(c.SubjectAlternativeName),
		Issuer: known(c.Issuer), BuildSignerURI: known(c.BuildSignerURI), BuildSignerDigest: known(c.BuildSignerDigest),
		RunnerEnvironment: known(c.RunnerEnvironment), SourceRepositoryURI: known(c.SourceRepositoryURI),
		SourceRepositoryDigest: known(cmp.Or(c.SourceRepositoryDigest, c.GithubWorkflowSHA)),
		SourceRepositoryRef:    known(cmp.Or(c.SourceRepositoryRef, c.GithubWorkflowRef)),

		SourceRepositoryIdentifier:          known(c.SourceRepositoryIdentifier),
		SourceRepositoryOwnerURI:            known(c.SourceRepositoryOwnerURI),
		SourceRepositoryOwnerIdentifier:     known(c.SourceRepositoryOwnerIdentifier),
		BuildConfigURI:                      known(c.BuildConfigURI),
		BuildConfigDigest:                   known(c.BuildConfigDigest),
		BuildTrigger:                        known(cmp.Or(c.BuildTrigger, c.GithubWorkflowTrigger)),
		RunInvocationURI:                    known(c.RunInvocationURI),
		SourceRepositoryVisibilityAtSigning: known(c.SourceRepositoryVisibilityAtSigning),
	}
}

func known(text string) *string { return image.Known(oneLine(text)) }
