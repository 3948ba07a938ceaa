package notation

import (
	"fmt"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A Reason is the kind of an Error.
type Reason string

// Reasons, in the order in which they are looked for: one that needs no trust comes before one that does.
const (
	ReasonTooLarge     Reason = "too_large"     // the envelope, its chain or its time stamp is larger than is read
	ReasonUnreadable   Reason = "unreadable"    // the envelope is not what its media type says
	ReasonUnsupported  Reason = "unsupported"   // a media type, algorithm, scheme or critical attribute is not known
	ReasonOtherSubject Reason = "other_subject" // it is about another image
	ReasonTampered     Reason = "tampered"      // it was not made with the certificate's key, or was changed since
	ReasonUntrusted    Reason = "untrusted"     // the certificate's chain is broken, or leads to no given authority
	ReasonIdentity     Reason = "identity"      // the certificate is for none of the trusted identities
	ReasonExpired      Reason = "expired"       // the signature has expired, or a certificate was not valid when it counts
	ReasonNoTime       Reason = "no_time"       // when it was signed would count, and is not said or not proven
)

// An Error says why a signature is not verified.
type Error struct {
	Reason Reason
	text   string
}

func (e *Error) Error() string { return e.text }

const maxSaid = 300 // characters of foreign text that an error repeats

func oneLine(text string) string { return wire.Cut(wire.OneLine(text), maxSaid) }

// refused returns an error. Foreign text among the arguments, also that of errors, is put on one line and shortened.
func refused(reason Reason, format string, arguments ...any) *Error {
	for i, argument := range arguments {
		switch argument := argument.(type) {
		case string:
			arguments[i] = oneLine(argument)
		case error:
			arguments[i] = oneLine(argument.Error())
		}
	}
	return &Error{reason, fmt.Sprintf(format, arguments...)}
}

// Lists of a NewAuthority that an InputError names.
const (
	ListCertificates      = "certificates"
	ListTrustedIdentities = "trusted_identities"
)

// An InputError says what is wrong with an item that was given for an Authority. It repeats no text of certificates.
type InputError struct {
	List  string // ListCertificates or ListTrustedIdentities
	Index int    // of the item in the list; negative if it is the list as a whole
	Err   error
}

func (e *InputError) Error() string {
	if e.Index < 0 {
		return fmt.Sprintf("%s: %s", e.List, e.Err)
	}
	return fmt.Sprintf("%s[%d]: %s", e.List, e.Index, e.Err)
}

func (e *InputError) Unwrap() error { return e.Err }
