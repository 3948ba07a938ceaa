package signature

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	_ "crypto/sha512" // longer curves sign it
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
)

// minRSA is the length in bits from which an RSA key is considered secure.
const minRSA = 2048

// A Key verifies signatures.
type Key struct {
	key         crypto.PublicKey
	Fingerprint string // sha256:<hex> of the key in DER
}

// ParseKey reads a public key, or that of a certificate, from PEM. Its errors never repeat the text.
func ParseKey(text string) (Key, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return Key{}, errors.New("it is not in PEM: a public key starts with -----BEGIN PUBLIC KEY-----")
	}
	var key crypto.PublicKey
	var err error
	switch block.Type {
	case "PUBLIC KEY":
		key, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		key, err = x509.ParsePKCS1PublicKey(block.Bytes)
	case "CERTIFICATE":
		var certificate *x509.Certificate
		if certificate, err = x509.ParseCertificate(block.Bytes); err == nil {
			key = certificate.PublicKey
		}
	default:
		// The text is not repeated: it may be a private key.
		return Key{}, errors.New("it is in PEM, but no public key: a public key starts with -----BEGIN PUBLIC KEY-----")
	}
	if err != nil {
		return Key{}, fmt.Errorf("it cannot be read: %w", err)
	}
	switch known := key.(type) {
	case *ecdsa.PublicKey, ed25519.PublicKey:
	case *rsa.PublicKey:
		if known.N.BitLen() < minRSA {
			return Key{}, fmt.Errorf("it is an RSA key of %d bits: less than %d are too few to be trusted",
				known.N.BitLen(), minRSA)
		}
	default:
		return Key{}, fmt.Errorf("it is a %T: there are ECDSA, RSA and Ed25519", key)
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return Key{}, fmt.Errorf("it cannot be read: %w", err)
	}
	sum := sha256.Sum256(der)
	return Key{key: key, Fingerprint: "sha256:" + hex.EncodeToString(sum[:])}, nil
}

// signed reports whether a signature of a message is the key's.
func (k Key) signed(message, signature []byte) bool {
	if key, ok := k.key.(ed25519.PublicKey); ok {
		return ed25519.Verify(key, message, signature)
	}
	for _, hash := range []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		sum := hash.New()
		sum.Write(message)
		if k.signedDigest(hash, sum.Sum(nil), signature) {
			return true
		}
	}
	return false
}

// signedDigest reports whether a signature of a message with a digest is the key's. Ed25519 cannot be verified by
// digest.
func (k Key) signedDigest(hash crypto.Hash, sum, signature []byte) bool {
	switch key := k.key.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, sum, signature)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, hash, sum, signature) == nil || rsa.VerifyPSS(key, hash, sum, signature, nil) == nil
	}
	return false
}
