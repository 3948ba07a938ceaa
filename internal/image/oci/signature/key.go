package signature

import (
	"bytes"
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
	"io"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore/pkg/signature"
)

// minRSA and minCurve are the lengths in bits from which RSA and ECDSA keys are considered secure.
const minRSA, minCurve = 2048, 256

// A Key verifies signatures.
type Key struct {
	key         crypto.PublicKey
	Fingerprint string // sha256:<hex> of the key in DER
}

// ParseKeys reads the public keys, or those of certificates, in a text in PEM. Its errors never repeat the text.
func ParseKeys(text string) ([]Key, error) {
	var keys []Key
	rest := []byte(text)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		key, err := parseKey(block)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	switch {
	case len(keys) == 0:
		return nil, errors.New("it is not in PEM: a public key starts with -----BEGIN PUBLIC KEY-----. A file is read by " +
			"file(\"cosign.pub\")")
	case bytes.Contains(rest, []byte("-----BEGIN")):
		return nil, errors.New("a part of it is not in PEM: one of its blocks is cut short or changed")
	}
	return keys, nil
}

func parseKey(block *pem.Block) (Key, error) {
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
	case ed25519.PublicKey:
	case *ecdsa.PublicKey:
		if size := known.Params().BitSize; size < minCurve {
			return Key{}, fmt.Errorf("it is an ECDSA key of %d bits: less than %d are too few to be trusted", size, minCurve)
		}
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

// A keyVerifier is a key in the form that Sigstore's library takes. A signature may be over any of the usual hashes:
// tools chose them by the curve, and older ones always took SHA-256.
type keyVerifier struct{ Key }

// PublicKey returns the key.
func (k keyVerifier) PublicKey(...signature.PublicKeyOption) (crypto.PublicKey, error) {
	return k.key, nil
}

// VerifySignature checks a signature of a message, or of a message with a known digest.
func (k keyVerifier) VerifySignature(signed, message io.Reader, given ...signature.VerifyOption) error {
	text, err := io.ReadAll(signed)
	if err != nil {
		return err
	}
	var sum []byte
	for _, option := range given {
		option.ApplyDigest(&sum)
	}
	if sum != nil {
		hash := map[int]crypto.Hash{32: crypto.SHA256, 48: crypto.SHA384, 64: crypto.SHA512}[len(sum)]
		if hash == 0 || !k.signedDigest(hash, sum, text) {
			return errors.New("the key did not make the signature")
		}
		return nil
	}
	content, err := io.ReadAll(message)
	if err != nil {
		return err
	}
	if !k.signed(content, text) {
		return errors.New("the key did not make the signature")
	}
	return nil
}

// material returns the key as what is trusted.
func (k Key) material() root.TrustedMaterial {
	return root.NewTrustedPublicKeyMaterial(func(string) (root.TimeConstrainedVerifier, error) {
		return root.NewExpiringKey(keyVerifier{k}, time.Time{}, time.Time{}), nil
	})
}

// signed reports whether a signature of a message is the key's.
func (k Key) signed(message, text []byte) bool {
	if key, ok := k.key.(ed25519.PublicKey); ok {
		sum := crypto.SHA512.New()
		sum.Write(message)
		// Messages in logs are signed by their digest, all others as they are.
		return ed25519.Verify(key, message, text) ||
			ed25519.VerifyWithOptions(key, sum.Sum(nil), text, &ed25519.Options{Hash: crypto.SHA512}) == nil
	}
	for _, hash := range []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		sum := hash.New()
		sum.Write(message)
		if k.signedDigest(hash, sum.Sum(nil), text) {
			return true
		}
	}
	return false
}

// signedDigest reports whether a signature of a message with a digest is the key's. Ed25519 can be verified by SHA-512
// only.
func (k Key) signedDigest(hash crypto.Hash, sum, text []byte) bool {
	switch key := k.key.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, sum, text)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, hash, sum, text) == nil || rsa.VerifyPSS(key, hash, sum, text, nil) == nil
	case ed25519.PublicKey:
		return hash == crypto.SHA512 &&
			ed25519.VerifyWithOptions(key, sum, text, &ed25519.Options{Hash: crypto.SHA512}) == nil
	}
	return false
}
