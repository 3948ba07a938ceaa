package openshift

import (
	"cmp"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// statements converts the signatures to those of all sources. OpenShift does not verify them by itself: an
// administrator or a controller does (oc adm verify-image-signature), and stores the conditions.
func statements(o *object) []image.Statement {
	found := []image.Statement{}
	for _, s := range o.Signatures {
		statement := image.Statement{
			Kind: "signature", Format: image.Known(s.Type), Subject: image.Known(o.Metadata.Name), SignedAt: moment(s.Created),
		}
		signer := &image.Signer{}
		if party := s.IssuedTo; party != nil {
			signer.SubjectAlternativeName = image.Known(cmp.Or(party.CommonName, party.PublicKeyID, party.Organization))
		}
		if party := s.IssuedBy; party != nil {
			signer.CertificateIssuer = image.Known(cmp.Or(party.CommonName, party.Organization))
		}
		statement.Verified, statement.Error, statement.Warnings = verdict(s.Conditions)
		switch {
		case *signer == image.Signer{}:
		case statement.Verified != nil && *statement.Verified:
			statement.Signer = signer
		default:
			statement.Claimed = signer
		}
		found = append(found, statement)
	}
	return found
}

// verdict returns the result of a signature's conditions. One condition against the signature outweighs those for it,
// and an unknown one is a remark. Without a condition the signature is not verified.
func verdict(conditions []signatureCondition) (verified *bool, against *string, remarks []string) {
	var objections []string
	for _, condition := range conditions {
		good := condition.Type == "Trusted" || condition.Type == "ForImage" || condition.Type == "Complete"
		bad := condition.Type == "Failed" || condition.Type == "Expired" || condition.Type == "Revoked"
		switch {
		case good && condition.Status == "False" || bad && condition.Status == "True":
			objections = append(objections, condition.words())
		case good && condition.Status == "True":
			// Only Trusted is about the signer.
			if condition.Type == "Trusted" {
				verified = new(true)
			}
		case bad && condition.Status == "False":
		default:
			remarks = append(remarks, condition.words())
		}
	}
	if len(objections) > 0 {
		return new(false), new(strings.Join(objections, "; ")), remarks
	}
	return verified, nil, remarks
}

// words returns a condition in one line, such as "Trusted is False: KeyUnknown, no such key".
func (c signatureCondition) words() string {
	text := c.Type + " is " + c.Status
	if why := strings.Trim(c.Reason+", "+c.Message, ", "); why != "" {
		text += ": " + why
	}
	return text
}

// signatures converts the signatures with all that the cluster stores.
func signatures(o *object) []image.OpenShiftSignature {
	var found []image.OpenShiftSignature
	for _, s := range o.Signatures {
		signature := image.OpenShiftSignature{
			Name: image.Known(s.Metadata.Name), UID: image.Known(s.Metadata.UID),
			CreatedAt: moment(s.Metadata.CreationTimestamp),
			Labels:    s.Metadata.Labels, Annotations: s.Metadata.Annotations,
			Type: image.Known(s.Type), Content: image.Known(s.Content), ImageIdentity: image.Known(s.ImageIdentity),
			SignedClaims: s.SignedClaims, SignedAt: moment(s.Created), IssuedBy: s.IssuedBy.shape(),
			IssuedTo: s.IssuedTo.shape(),
		}
		for _, c := range s.Conditions {
			signature.Conditions = append(signature.Conditions, image.OpenShiftCondition{
				Type: image.Known(c.Type), Status: image.Known(c.Status), Reason: image.Known(c.Reason),
				Message:  image.Known(c.Message),
				ProbedAt: moment(c.LastProbeTime), TransitionedAt: moment(c.LastTransitionTime),
			})
		}
		found = append(found, signature)
	}
	return found
}

func (p *signatureParty) shape() *image.OpenShiftParty {
	if p == nil {
		return nil
	}
	return &image.OpenShiftParty{
		Organization: image.Known(p.Organization), CommonName: image.Known(p.CommonName),
		PublicKeyID: image.Known(p.PublicKeyID),
	}
}
