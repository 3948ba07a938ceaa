package openshift

import (
	"encoding/json"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// An object is an Image of the API. Times are texts, so that one that cannot be parsed is not an error.
type object struct {
	Kind                         string            `json:"kind"`
	Metadata                     objectMeta        `json:"metadata"`
	DockerImageReference         string            `json:"dockerImageReference"`
	DockerImageMetadata          json.RawMessage   `json:"dockerImageMetadata"`
	DockerImageMetadataVersion   string            `json:"dockerImageMetadataVersion"`
	DockerImageManifest          string            `json:"dockerImageManifest"`
	DockerImageManifestMediaType string            `json:"dockerImageManifestMediaType"`
	DockerImageConfig            string            `json:"dockerImageConfig"`
	DockerImageLayers            []imageLayer      `json:"dockerImageLayers"`
	DockerImageManifests         []imageManifest   `json:"dockerImageManifests"`
	DockerImageSignatures        []string          `json:"dockerImageSignatures"` // in Base64
	Signatures                   []signatureObject `json:"signatures"`
}

type objectMeta struct {
	Name              string            `json:"name"`
	UID               string            `json:"uid"`
	CreationTimestamp string            `json:"creationTimestamp"`
	Labels            map[string]string `json:"labels"`
	Annotations       map[string]string `json:"annotations"`
}

type imageLayer struct {
	Name      string `json:"name"`
	Size      int64  `json:"size"`
	MediaType string `json:"mediaType"`
}

type imageManifest struct {
	Digest       string `json:"digest"`
	MediaType    string `json:"mediaType"`
	ManifestSize int64  `json:"manifestSize"`
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
	Variant      string `json:"variant"`
}

type signatureObject struct {
	Metadata      objectMeta           `json:"metadata"`
	Type          string               `json:"type"`
	Content       string               `json:"content"` // in Base64
	Conditions    []signatureCondition `json:"conditions"`
	ImageIdentity string               `json:"imageIdentity"`
	SignedClaims  map[string]string    `json:"signedClaims"`
	Created       string               `json:"created"`
	IssuedBy      *signatureParty      `json:"issuedBy"`
	IssuedTo      *signatureParty      `json:"issuedTo"`
}

type signatureCondition struct {
	Type               string `json:"type"`
	Status             string `json:"status"`
	LastProbeTime      string `json:"lastProbeTime"`
	LastTransitionTime string `json:"lastTransitionTime"`
	Reason             string `json:"reason"`
	Message            string `json:"message"`
}

type signatureParty struct {
	Organization string `json:"organization"`
	CommonName   string `json:"commonName"`
	PublicKeyID  string `json:"publicKeyID"`
}

// A dockerImage is Docker's description of an image: dockerImageMetadata in both versions, whose keys differ only in
// case, which encoding/json ignores, except for dockerVersion; and a layer's description in a manifest of schema 1.
type dockerImage struct {
	ID            string              `json:"id"`
	Parent        string              `json:"parent"`
	Comment       string              `json:"comment"`
	Created       string              `json:"created"`
	Container     string              `json:"container"`
	DockerVersion string              `json:"dockerVersion"`
	DockerPre012  string              `json:"docker_version"`
	Author        string              `json:"author"`
	Config        *image.StoredConfig `json:"config"`
	Architecture  string              `json:"architecture"`
	Variant       string              `json:"variant"`
	OS            string              `json:"os"` // in schema 1, not in OpenShift's metadata
	Size          int64               `json:"size"`
}

// The versions of dockerImageMetadata. The first is the default.
const (
	metadataVersion10     = "1.0"
	metadataVersionPre012 = "pre012"
)

// A schema1 is a manifest of Docker's first kind, the last layer first.
type schema1 struct {
	Architecture string `json:"architecture"`
	FSLayers     []struct {
		BlobSum string `json:"blobSum"`
	} `json:"fsLayers"`
	History []struct {
		V1Compatibility string `json:"v1Compatibility"` // a dockerImage, in JSON in JSON
	} `json:"history"`
}

// A schema1Step is the description of a layer in schema 1, with the command of the container that made it.
type schema1Step struct {
	dockerImage
	ContainerConfig struct {
		Cmd image.Words `json:"Cmd"`
	} `json:"container_config"`
	Throwaway bool `json:"throwaway"` // it made no layer
}
