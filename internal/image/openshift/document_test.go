package openshift

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// What OpenShift documents of an Image, type by type, and where it is read into.
func TestDocument_readsEveryFieldThatOpenShiftDocuments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		into   any
		fields string
	}{
		"Image": {object{}, "apiVersion dockerImageConfig dockerImageLayers dockerImageManifest " +
			"dockerImageManifestMediaType dockerImageManifests " +
			"dockerImageMetadata dockerImageMetadataVersion dockerImageReference dockerImageSignatures kind metadata signatures"},
		"ImageLayer":    {imageLayer{}, "mediaType name size"},
		"ImageManifest": {imageManifest{}, "architecture digest manifestSize mediaType os variant"},
		"ImageSignature": {signatureObject{},
			"apiVersion conditions content created imageIdentity issuedBy issuedTo kind metadata signedClaims type"},
		"SignatureCondition": {signatureCondition{}, "lastProbeTime lastTransitionTime message reason status type"},
		"SignatureIssuer":    {signatureParty{}, "commonName organization"},
		"SignatureSubject":   {signatureParty{}, "commonName organization publicKeyID"},
	} {
		var known []string
		for field := range reflect.TypeOf(test.into).Fields() {
			known = append(known, field.Tag.Get("json"))
		}
		for field := range strings.FieldsSeq(test.fields) {
			// The same for every object of a type, so that they say nothing of the one.
			if field == "apiVersion" || field == "kind" {
				continue
			}
			if !slices.Contains(known, field) {
				t.Errorf("%s: %s is read nowhere", name, field)
			}
		}
	}
}
