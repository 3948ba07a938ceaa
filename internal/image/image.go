// Package image has the one type for a container image, whichever system holds the image: an OCI registry, a Docker
// Engine, OpenShift or Scaleway. The packages below it read one such system each; internal/imagedata shows the result
// to Terraform, and takes attribute names and descriptions from the tags here. This package and those below it import
// no Terraform.
//
// What a source does not report is nil, never a zero: a size of 0 is a size. In descriptions, 'quotes' stand for code,
// because a struct tag cannot hold a backtick.
package image

// Sources, as Image.Source names them.
const (
	SourceOCI          = "oci"
	SourceDockerEngine = "docker_engine"
	SourceOpenShift    = "openshift"
	SourceScaleway     = "scaleway"
)

// An Image is an image as its source has it at the moment of reading. Digest is that of the manifest or index that the
// reference points at; ConfigDigest, Size and CreatedAt belong to the platform that Platform names. The digest of an
// index and that of one of its platforms are never compared with each other.
type Image struct {
	Source          string            `tfsdk:"source" doc:"'oci', 'docker_engine', 'openshift' or 'scaleway'."`
	Reference       string            `tfsdk:"reference" doc:"Full image name, with registry and tag or digest."`
	PinnedReference *string           `tfsdk:"pinned_reference" doc:"Repository and digest, without the tag."`
	Digest          *string           `tfsdk:"digest" doc:"Digest of the manifest or index ('sha256:…')."`
	ConfigDigest    *string           `tfsdk:"config_digest" doc:"Configuration digest of 'platform' ('sha256:…')."`
	MediaType       *string           `tfsdk:"media_type" doc:"Media type of the manifest or index."`
	Size            *int64            `tfsdk:"size" doc:"Bytes of the image of 'platform', as the source counts."`
	CreatedAt       *string           `tfsdk:"created_at" doc:"Build time of the image of 'platform' (RFC 3339)."`
	Platform        *string           `tfsdk:"platform" doc:"Selected platform, such as 'linux/arm64/v8'."`
	Platforms       []Platform        `tfsdk:"platforms" doc:"Platforms of the image, in index order."`
	Nameless        []string          `tfsdk:"nameless_manifests" doc:"Digests of images of an unknown platform."`
	Unread          []string          `tfsdk:"unread" doc:"Names of values of the configuration that are malformed."`
	Annotations     map[string]string `tfsdk:"annotations" doc:"Annotations of the manifest or index."`
	Tags            []string          `tfsdk:"tags" doc:"References with a tag that the source has, sorted."`
	RepoDigests     []string          `tfsdk:"repo_digests" doc:"References by digest ('repository@sha256:…'), sorted."`
	Signatures      []Statement       `tfsdk:"signatures" doc:"Signatures of the image. Null if not requested."`
	Attestations    []Statement       `tfsdk:"attestations" doc:"Attestations, SBOMs and other artifacts."`
	Provenance      []Provenance      `tfsdk:"provenance" doc:"Builds of the image, the newest first."`
	SBOMs           []SBOM            `tfsdk:"sboms" doc:"Lists of its packages, the newest first."`
	Scans           []Scan            `tfsdk:"scans" doc:"Scans for vulnerabilities, the newest first."`
	VEX             []VEX             `tfsdk:"vex" doc:"Which vulnerabilities affect it, the newest first."`
	Catalogue       *Catalogue        `tfsdk:"catalogue" doc:"Facts in the form of 'demandflow_docker_image'."`
	Engine          *Engine           `tfsdk:"engine" doc:"Facts that only a Docker Engine has."`
	OpenShift       *OpenShift        `tfsdk:"openshift" doc:"Facts that only an OpenShift cluster has."`
	Scaleway        *Scaleway         `tfsdk:"scaleway" doc:"Facts that only Scaleway's registry has."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Image) Details() map[string]string {
	return map[string]string{
		"pinned_reference": "Such as 'registry/namespace/name@sha256:…': what deployments should pull.",
		"digest":           "An image for several platforms has that of its index. Null if the source does not know it.",
		"config_digest":    "The graph-driver store of a Docker Engine uses it as the image id.",
		"size": "A registry counts compressed layers, an engine unpacked ones, and the containerd store both " +
			"together. Null if an engine counts only all platforms together, which is 'engine.size'.",
		"platform": "'config_digest', 'size', 'created_at' and 'catalogue' are those of this platform.",
		"platforms": "Attestations are not among them. Null if an image for one platform was read without its " +
			"configuration.",
		"nameless_manifests": "They are not in 'platforms'. A registry's are those whose configuration names no platform, " +
			"or could not be read.",
		"unread": "Such as 'config.User'. What is null for that reason is not known, and a comparison does not decide it. " +
			"Null if all could be read.",
		"signatures":   "Null also if none was found and their list could not be read.",
		"attestations": "Attestations in the image's own index come with its platforms, all others if requested.",
		"provenance":   "Null if not requested.",
		"sboms":        "Null if not requested.",
		"scans":        "Null if not requested.",
		"vex":          "Null if not requested.",
		"catalogue":    "Use it to fill such a resource. Null if the configuration was not requested.",
	}
}

// A Platform is the image for one operating system and architecture.
type Platform struct {
	Platform     string         `tfsdk:"platform" doc:"Platform, such as 'linux/arm64/v8'."`
	OS           string         `tfsdk:"os" doc:"Operating system, such as 'linux'."`
	Architecture string         `tfsdk:"architecture" doc:"CPU architecture, such as 'amd64'."`
	Variant      *string        `tfsdk:"variant" doc:"Variant of the architecture, such as 'v8'."`
	OSVersion    *string        `tfsdk:"os_version" doc:"Version of the operating system (Windows images)."`
	OSFeatures   []string       `tfsdk:"os_features" doc:"Required operating system features, such as 'win32k'."`
	Digest       *string        `tfsdk:"digest" doc:"Digest of this platform's manifest."`
	ConfigDigest *string        `tfsdk:"config_digest" doc:"Configuration digest. Null if the manifest was not read."`
	MediaType    *string        `tfsdk:"media_type" doc:"Media type of this platform's manifest."`
	Size         *int64         `tfsdk:"size" doc:"Bytes, as the source counts. Null if the layers are unknown."`
	Signed       *bool          `tfsdk:"signed" doc:"Whether a verified signature covers it. Null if none was looked for."`
	CreatedAt    *string        `tfsdk:"created_at" doc:"Build time (RFC 3339)."`
	Unread       []string       `tfsdk:"unread" doc:"Names of values of its configuration that are malformed."`
	Author       *string        `tfsdk:"author" doc:"Author, as in the configuration."`
	Config       *Config        `tfsdk:"config" doc:"Configuration of containers. Null if not requested."`
	Layers       []Layer        `tfsdk:"layers" doc:"Layers, lowest first. Null if not requested."`
	History      []HistoryEntry `tfsdk:"history" doc:"Build steps, oldest first. Null if not requested."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Platform) Details() map[string]string {
	return map[string]string{
		"digest":  "For an image of a single platform it is the image's digest.",
		"config":  "From a registry it is read for one platform only.",
		"layers":  "From a registry they are read for one platform only.",
		"history": "From a registry they are read for one platform only. Null, too, if the configuration has none.",
	}
}

// A Layer is one file system change of an image. Of an unpacked layer an engine knows only the DiffID.
type Layer struct {
	Digest    *string `tfsdk:"digest" doc:"Digest of the compressed layer."`
	DiffID    *string `tfsdk:"diff_id" doc:"Digest of the uncompressed layer, the same in every source."`
	MediaType *string `tfsdk:"media_type" doc:"Media type of the layer."`
	Size      *int64  `tfsdk:"size" doc:"Bytes of the compressed layer."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Layer) Details() map[string]string {
	return map[string]string{
		"diff_id": "Null for a registry's image if neither configuration nor history was requested.",
	}
}

// A HistoryEntry is one step of the build.
type HistoryEntry struct {
	CreatedAt  *string  `tfsdk:"created_at" doc:"Time of the step (RFC 3339)."`
	CreatedBy  *string  `tfsdk:"created_by" doc:"Command of the step."`
	Comment    *string  `tfsdk:"comment" doc:"Comment of the step."`
	Author     *string  `tfsdk:"author" doc:"Author of the step."`
	EmptyLayer *bool    `tfsdk:"empty_layer" doc:"Whether the step adds no layer. Null if not reported."`
	ID         *string  `tfsdk:"id" doc:"Image id of the step in an engine."`
	Size       *int64   `tfsdk:"size" doc:"Uncompressed bytes that the step added, if an engine reports them."`
	Tags       []string `tfsdk:"tags" doc:"Tags that an engine has for the image of the step."`
}

// ValueOf returns what a pointer points at, the zero value for nil.
func ValueOf[T any](pointer *T) (value T) {
	if pointer != nil {
		value = *pointer
	}
	return value
}

// Known returns a pointer to a string, nil for an empty one, which sources use for "unknown".
func Known(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
