package notation

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	nx509 "github.com/notaryproject/notation-core-go/x509"
	"github.com/notaryproject/tspclient-go"
)

// Bounds of a time stamp, which is not signed, so that anybody may have added it.
const (
	maxTimestamp  = 1 << 20
	maxTimestamps = 32 // signatures and certificates in it
)

// A Timestamp is a verified time stamp of a signature (RFC 3161).
type Timestamp struct {
	Authority string        // the subject of the certificate that made it
	Time      time.Time     // when it was made
	Accuracy  time.Duration // by how much the time may be off, in both directions
}

// verifyTimestamp verifies a time stamp of a signature.
func verifyTimestamp(token, signature []byte, authority Authority) (Timestamp, error) {
	if len(token) > maxTimestamp {
		return Timestamp{}, errors.New("it is too large")
	}
	signed, err := tspclient.ParseSignedToken(token)
	if err != nil {
		return Timestamp{}, err
	}
	if len(signed.SignerInfos) > maxTimestamps || len(signed.Certificates) > maxTimestamps {
		return Timestamp{}, errors.New("it has too many signatures or certificates")
	}
	if err := boundKeys(signed.Certificates); err != nil {
		return Timestamp{}, fmt.Errorf("a certificate in it %w", err)
	}
	info, err := signed.Info()
	if err != nil {
		return Timestamp{}, err
	}
	stamp, err := info.Validate(signature)
	if err != nil {
		return Timestamp{}, err
	}
	if stamp.Accuracy < 0 {
		return Timestamp{}, errors.New("its accuracy is negative")
	}
	chain, err := signed.Verify(context.Background(), x509.VerifyOptions{
		CurrentTime: stamp.Value, Roots: authority.stampRoots(),
	})
	if err != nil {
		return Timestamp{}, err
	}
	if err := nx509.ValidateTimestampingCertChain(chain); err != nil {
		return Timestamp{}, err
	}
	return Timestamp{chain[0].Subject.String(), stamp.Value.UTC(), stamp.Accuracy}, nil
}
