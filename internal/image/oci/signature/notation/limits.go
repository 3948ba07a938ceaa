package notation

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/fxamacker/cbor/v2"
)

// errItems says that a signature has more than maxItems items.
var errItems = errors.New("it has too many items")

// manyJSON reports whether JSON has more than maxItems items, at most: what is in strings counts, too. What is no JSON
// has none, because it is refused before it takes memory.
func manyJSON(text []byte) bool {
	items := bytes.Count(text, []byte(",")) + bytes.Count(text, []byte("[")) + bytes.Count(text, []byte("{"))
	return items > maxItems && json.Valid(text)
}

// manyCBOR reports whether CBOR has more than maxItems items.
func manyCBOR(text []byte) bool {
	return countCBOR(text, true) > maxItems && cbor.Wellformed(text) == nil
}

// countCBOR counts the items of CBOR, and with nested those in its first string of bytes: COSE has the protected
// headers there.
func countCBOR(text []byte, nested bool) int {
	const bytesType, textType = 2, 3
	items := 0
	for len(text) > 0 && items <= maxItems {
		items++
		kind, size := text[0]>>5, uint64(text[0]&31)
		text = text[1:]
		if length := size - 24; size >= 24 && size < 28 { // the size follows, in 1, 2, 4 or 8 bytes
			var b [8]byte
			n := 1 << length
			if len(text) < n {
				return items
			}
			copy(b[8-n:], text[:n])
			size, text = binary.BigEndian.Uint64(b[:]), text[n:]
		} else if size >= 28 {
			size = 0 // an indefinite length, whose parts follow
		}
		if kind != bytesType && kind != textType {
			continue
		}
		if size > uint64(len(text)) {
			return items
		}
		if kind == bytesType && nested {
			items, nested = items+countCBOR(text[:size], false), false
		}
		text = text[size:]
	}
	return items
}

// boundKeys returns an error if a key takes too long to verify with.
func boundKeys(certificates []*x509.Certificate) error {
	for _, certificate := range certificates {
		if key, ok := certificate.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() > maxRSA {
			return fmt.Errorf("has an RSA key of %d bits, and at most %d are used", key.N.BitLen(), maxRSA)
		}
	}
	return nil
}

// decode decodes JSON after which nothing follows.
func decode(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows after it")
	}
	return nil
}
