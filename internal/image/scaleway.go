package image

// A Scaleway is what only Scaleway's registry knows of an image. Its word for a repository is "image": a name in a
// namespace, with one state and one visibility, under which there are tags, and behind them any number of digests.
type Scaleway struct {
	ID             string        `tfsdk:"id" doc:"Scaleway's id of the image (UUID). An import takes it as 'region/id'."`
	Region         string        `tfsdk:"region" doc:"Region that the image lies in, such as 'fr-par'."`
	Name           string        `tfsdk:"name" doc:"Name of the image, unique in its namespace."`
	Repository     string        `tfsdk:"repository" doc:"The image's name as a registry knows it, without a tag ('rg.fr-par.scw.cloud/namespace/name')."`
	NamespaceID    string        `tfsdk:"namespace_id" doc:"Id of the namespace that the image belongs to (UUID)."`
	Namespace      string        `tfsdk:"namespace" doc:"Name of the namespace."`
	Endpoint       string        `tfsdk:"endpoint" doc:"Where the namespace is pulled from, such as 'rg.fr-par.scw.cloud/namespace'."`
	OrganizationID *string       `tfsdk:"organization_id" doc:"Organization that owns the namespace."`
	ProjectID      *string       `tfsdk:"project_id" doc:"Project of the namespace."`
	Status         string        `tfsdk:"status" doc:"'ready', 'deleting', 'error', 'locked' or 'unknown'."`
	StatusMessage  *string       `tfsdk:"status_message" doc:"What Scaleway says of the status."`
	Visibility     *string       `tfsdk:"visibility" doc:"'public', 'private', or 'inherit' for that of the namespace."`
	Public         *bool         `tfsdk:"public" doc:"Whether anybody can pull the image without credentials: what 'visibility' comes to, the namespace's where it is inherited."`
	Size           *int64        `tfsdk:"size" doc:"Bytes of all layers of all tags. A layer in two tags counts once, one in two images twice."`
	CreatedAt      *string       `tfsdk:"created_at" doc:"When the image was first pushed (RFC 3339), which is not when it was built."`
	UpdatedAt      *string       `tfsdk:"updated_at" doc:"When the image was last changed (RFC 3339)."`
	Tags           []ScalewayTag `tfsdk:"tags" doc:"The image's tags by name. Without 'tags' in 'include', nothing but their names."`
}

// A ScalewayTag is a tag of an image, and what it points at. All but the name is nil where tags were not asked for.
type ScalewayTag struct {
	Name      string  `tfsdk:"name" doc:"Name of the tag, unique in the image."`
	ID        *string `tfsdk:"id" doc:"Scaleway's id of the tag (UUID)."`
	Digest    *string `tfsdk:"digest" doc:"Digest that the tag points at ('sha256:…'). Several tags may have the same."`
	Status    *string `tfsdk:"status" doc:"'ready', 'deleting', 'error', 'locked' or 'unknown'."`
	CreatedAt *string `tfsdk:"created_at" doc:"When the tag was first pushed (RFC 3339)."`
	UpdatedAt *string `tfsdk:"updated_at" doc:"When the tag was last changed (RFC 3339)."`
}
