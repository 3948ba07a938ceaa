package notation

import (
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	wildcard      = "*"
	subjectPrefix = "x509.subject"
)

// attributeNames are the attributes of a subject that an identity can have, by the last part of their object
// identifier (2.5.4.x). A certificate with others matches none: the Notary Project's own verifier cannot read these.
var attributeNames = map[int]string{
	3: "CN", 5: "SERIALNUMBER", 6: "C", 7: "L", 8: "ST", 9: "STREET", 10: "O", 11: "OU", 17: "POSTALCODE",
}

// requiredAttributes make a subject specific enough to be trusted.
var requiredAttributes = []string{"C", "ST", "O"}

// An identity is whom an authority may certify: all of its attributes are in the subject of the certificate.
type identity struct {
	text       string // as given
	attributes map[string]string
}

// parseIdentities reads trusted identities. As in the Notary Project's trust policy, "*" stands alone, and none covers
// another one, which would have no effect.
func parseIdentities(texts []string) ([]identity, error) {
	if len(texts) == 0 {
		return nil, &InputError{ListTrustedIdentities, -1, errors.New(
			`at least one is needed, such as "x509.subject: C=DE, ST=BE, O=Example", or "*" for any`)}
	}
	var identities []identity
	for i, text := range texts {
		parsed, err := parseIdentity(text)
		if err != nil {
			return nil, &InputError{ListTrustedIdentities, i, err}
		}
		for j, other := range identities {
			if parsed.covers(other.attributes) || other.covers(parsed.attributes) {
				return nil, &InputError{ListTrustedIdentities, i, fmt.Errorf(
					"it overlaps with item %d, so that one of them has no effect: remove the one that is not meant", j)}
			}
		}
		identities = append(identities, parsed)
	}
	return identities, nil
}

func parseIdentity(text string) (identity, error) {
	if text == wildcard {
		return identity{text: text}, nil
	}
	prefix, name, found := strings.Cut(text, ":")
	if !found || strings.TrimSpace(prefix) != subjectPrefix {
		return identity{}, errors.New(`it is neither "*" nor does it start with "x509.subject:"`)
	}
	attributes, err := parseName(name)
	if err != nil {
		return identity{}, err
	}
	return identity{text, attributes}, nil
}

// covers reports whether a subject has all attributes of the identity.
func (i identity) covers(subject map[string]string) bool {
	for name, value := range i.attributes {
		if has, ok := subject[name]; !ok || has != value {
			return false
		}
	}
	return true
}

// parseName reads a distinguished name (RFC 4514) whose attributes are each there once.
func parseName(text string) (map[string]string, error) {
	attributes := map[string]string{}
	for rest, more := text, true; more; {
		var name, value string
		var err error
		if name, value, rest, more, err = parseAttribute(rest); err != nil {
			return nil, err
		}
		if name == "S" {
			name = "ST" // as some tools write it
		}
		if !isAttribute(name) {
			return nil, fmt.Errorf("it has an attribute %q: there are C, ST (or S), O, OU, CN, L, STREET, POSTALCODE and "+
				"SERIALNUMBER", oneLine(name))
		}
		if _, twice := attributes[name]; twice {
			return nil, fmt.Errorf("it has %s twice", name)
		}
		attributes[name] = value
	}
	return attributes, missingAttribute(attributes)
}

func missingAttribute(attributes map[string]string) error {
	for _, name := range requiredAttributes {
		if attributes[name] == "" {
			return fmt.Errorf("it has no %s: at least C, ST (or S) and O are needed", name)
		}
	}
	return nil
}

func isAttribute(name string) bool {
	for _, known := range attributeNames {
		if known == name {
			return true
		}
	}
	return false
}

// parseAttribute reads the first attribute of a name. More is true if there is a comma after it.
func parseAttribute(text string) (name, value, rest string, more bool, err error) {
	name, text, found := strings.Cut(text, "=")
	if !found {
		return "", "", "", false, errors.New(`it has no "=" where an attribute is expected: write it like ` +
			`"x509.subject: C=DE, ST=BE, O=Example", with a comma inside a value as "\,"`)
	}
	name, text = strings.ToUpper(strings.Trim(name, " ")), strings.TrimLeft(text, " ")
	if strings.HasPrefix(text, "#") {
		return "", "", "", false, fmt.Errorf(`the value of %s is in hexadecimal ("=#"), which is not supported`,
			oneLine(name))
	}
	var b []byte
	kept := 0 // length up to which no space is trimmed
	i := 0
	for ; i < len(text) && text[i] != ','; i++ {
		switch c := text[i]; c {
		case '+':
			return "", "", "", false, fmt.Errorf(`%s is followed by "+": attributes are separated by commas, `+
				`and a "+" inside a value is written "\+"`, oneLine(name))
		case '"', ';', '<', '>', 0:
			return "", "", "", false, fmt.Errorf(`the value of %s has a %q, which is written with a "\" before it`,
				oneLine(name), c)
		case '\\':
			decoded, length := unescape(text[i+1:])
			if length == 0 {
				return "", "", "", false, fmt.Errorf(`the value of %s has a "\" before something that needs none`, oneLine(name))
			}
			b = append(b, decoded)
			i += length
			kept = len(b)
		default:
			b = append(b, c)
			if c != ' ' {
				kept = len(b)
			}
		}
	}
	if kept == 0 || !utf8.Valid(b) {
		return "", "", "", false, fmt.Errorf("the value of %s is empty or not in UTF-8", oneLine(name))
	}
	more = i < len(text)
	if more {
		rest = text[i+1:]
	}
	return name, string(b[:kept]), rest, more, nil
}

// unescape returns the byte that is written after a backslash, and how long that is; 0 if there is none.
func unescape(text string) (byte, int) {
	if text != "" && strings.IndexByte(` "#+,;<=>\`, text[0]) >= 0 {
		return text[0], 1
	}
	if len(text) >= 2 {
		if decoded, err := hex.DecodeString(text[:2]); err == nil {
			return decoded[0], 2
		}
	}
	return 0, 0
}

// match returns the trusted identity that the certificate is for. Which certificates can be compared at all is as
// strict as in the Notary Project's own verifier.
func (a Authority) match(certificate *x509.Certificate) (string, error) {
	if slices.ContainsFunc(a.identities, func(i identity) bool { return i.text == wildcard }) {
		return wildcard, nil
	}
	subject := map[string]string{}
	for _, attribute := range certificate.Subject.Names {
		name := ""
		if t := attribute.Type; len(t) == 4 && t[0] == 2 && t[1] == 5 && t[2] == 4 {
			name = attributeNames[t[3]]
		}
		value, isText := attribute.Value.(string)
		if name == "" || !isText {
			return "", fmt.Errorf("its subject has an attribute that identities cannot have (%s)", attribute.Type)
		}
		if _, twice := subject[name]; twice {
			return "", fmt.Errorf("its subject has %s twice, so that it cannot be compared", name)
		}
		subject[name] = value
	}
	if err := missingAttribute(subject); err != nil {
		return "", fmt.Errorf("its subject cannot be compared: %w", err)
	}
	for _, identity := range a.identities {
		if identity.covers(subject) {
			return identity.text, nil
		}
	}
	return "", errors.New("it is for none of the trusted identities")
}
