package image

// A Scaleway is what only Scaleway's registry knows of an image. Scaleway calls a repository an image: a name in a
// namespace, with one status and one visibility, and with tags, which point at digests.
type Scaleway struct {
	ID             string        `tfsdk:"id" doc:"Id of the image (UUID)."`
	Region         string        `tfsdk:"region" doc:"Region of the image, such as 'fr-par'."`
	Name           string        `tfsdk:"name" doc:"Name of the image, unique in its namespace."`
	Repository     string        `tfsdk:"repository" doc:"Repository ('rg.fr-par.scw.cloud/namespace/name')."`
	NamespaceID    string        `tfsdk:"namespace_id" doc:"Id of the image's namespace (UUID)."`
	Namespace      string        `tfsdk:"namespace" doc:"Name of the namespace."`
	Endpoint       string        `tfsdk:"endpoint" doc:"Endpoint, such as 'rg.fr-par.scw.cloud/namespace'."`
	OrganizationID *string       `tfsdk:"organization_id" doc:"Organization that owns the namespace."`
	ProjectID      *string       `tfsdk:"project_id" doc:"Project of the namespace."`
	Status         string        `tfsdk:"status" doc:"'ready', 'deleting', 'error', 'locked' or 'unknown'."`
	StatusMessage  *string       `tfsdk:"status_message" doc:"Explanation of the status."`
	Visibility     *string       `tfsdk:"visibility" doc:"'public', 'private', or 'inherit' (from namespace)."`
	Public         *bool         `tfsdk:"public" doc:"Whether anyone can pull without credentials."`
	Size           *int64        `tfsdk:"size" doc:"Bytes of all layers of all tags."`
	CreatedAt      *string       `tfsdk:"created_at" doc:"Time of the first push (RFC 3339)."`
	UpdatedAt      *string       `tfsdk:"updated_at" doc:"Time of the last change (RFC 3339)."`
	Tags           []ScalewayTag `tfsdk:"tags" doc:"Tags by name."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Scaleway) Details() map[string]string {
	return map[string]string{
		"id":     "The import id is 'region/id'.",
		"public": "An inherited 'visibility' is that of the namespace.",
		"size":   "A layer in two tags counts once, one in two images twice.",
		"tags":   "Only their names, unless 'include' has 'tags'.",
	}
}

// A ScalewayTag is a tag of an image. All but the name is nil if tags were not requested.
type ScalewayTag struct {
	Name      string  `tfsdk:"name" doc:"Name of the tag, unique in the image."`
	ID        *string `tfsdk:"id" doc:"Id of the tag (UUID)."`
	Digest    *string `tfsdk:"digest" doc:"Digest of the tag ('sha256:…'). Tags may share one."`
	Status    *string `tfsdk:"status" doc:"'ready', 'deleting', 'error', 'locked' or 'unknown'."`
	CreatedAt *string `tfsdk:"created_at" doc:"Time of the first push (RFC 3339)."`
	UpdatedAt *string `tfsdk:"updated_at" doc:"Time of the last change (RFC 3339)."`
}
