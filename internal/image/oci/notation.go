package oci

import (
	"context"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
)

// notation reads an artifact that holds a signature of Notation's.
func (r *reader) notation(ctx context.Context, request *imageRequest, subject digest.Digest, s statement,
	content ocispec.Descriptor) ([]statement, error) {
	text, release, err := r.large(ctx, content, "the signature")
	if err != nil {
		return lost(s, request, err)
	}
	defer release()
	signature.VerifyNotation(&s.Statement, text, content.MediaType, subject, request.trust)
	if s.Error != nil {
		s.Error = new(r.secrets.Redact(*s.Error))
	}
	return []statement{s}, nil
}
