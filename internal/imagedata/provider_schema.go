package imagedata

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	provider "github.com/hashicorp/terraform-plugin-framework/provider/schema"
)

// What the settings of one registry are for, said once for the provider and for a data source.
const (
	usernameDoc      = "User to log in as."
	passwordDoc      = "Password, or access token that takes the place of one."
	tokenDoc         = "Bearer token that is sent as it is, in place of username and password."
	caCertificateDoc = "PEM-encoded certificates of authorities to trust beside the system's."
	insecureDoc      = "Whether to put up with a certificate that nobody vouches for, and with plain HTTP. For this " +
		"registry alone. Without credentials beside it, those of `docker login` go to a host that nobody vouches for."
)

// ProviderAttributes returns the provider's arguments for the places where images live.
func ProviderAttributes() map[string]provider.Attribute {
	text := func(doc string, secret bool) provider.StringAttribute {
		return provider.StringAttribute{Optional: true, Sensitive: secret, MarkdownDescription: doc}
	}
	return map[string]provider.Attribute{
		scalewayArgument:  scalewayAttribute(),
		openshiftArgument: openshiftAttribute(),
		ociArgument: provider.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "How to reach OCI registries, for `demandflow_oci_image`, `demandflow_oci_tags` and " +
				"`demandflow_docker_image_drift`.",
			Attributes: map[string]provider.Attribute{
				registriesArgument: provider.MapNestedAttribute{
					Optional: true,
					MarkdownDescription: "Settings by the registry's host, with its port where it has one, such as " +
						"`registry.example.com:5000`; Docker Hub is `docker.io`. " +
						"For a registry that is not named, credentials come from Docker's configuration (`~/.docker/config.json`, " +
						"`DOCKER_CONFIG`) and its credential helpers.",
					NestedObject: provider.NestedAttributeObject{Attributes: map[string]provider.Attribute{
						"username":       text(usernameDoc, false),
						"password":       text(passwordDoc, true),
						"token":          text(tokenDoc, true),
						"ca_certificate": text(caCertificateDoc, false),
						"insecure":       provider.BoolAttribute{Optional: true, MarkdownDescription: insecureDoc},
					}},
				},
			},
		},
		engineArgument: provider.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "The Docker Engine that the `demandflow_docker_engine_…` data sources read. When not set it " +
				"is the one that the `docker` command would use: " +
				"that of `DOCKER_HOST`, of the current docker context, or of the default socket.",
			Attributes: map[string]provider.Attribute{
				"host": text("Address of the engine: `unix:///var/run/docker.sock`, "+
					"`tcp://engine.example.com:2376`. Goes before `DOCKER_HOST` and the docker context.", false),
				"context": text("Name of the docker context to use. Not together with `host`.", false),
				"ca_certificate": text("PEM-encoded certificate of the authority that the engine's certificate is checked "+
					"against.", false),
				"client_certificate": text("PEM-encoded certificate to show to the engine.", false),
				"client_key":         text("PEM-encoded key of `client_certificate`.", true),
			},
		},
	}
}

// registryAttribute returns the same for a single data source.
func registryAttribute() schema.Attribute {
	text := func(doc string, secret bool) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, Sensitive: secret, MarkdownDescription: doc}
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "How to reach the registry, in place of what the provider's `oci.registries` says of it. It " +
			"is kept in the state, secrets too; what the provider's block " +
			"has is not, and is to be preferred.",
		Attributes: map[string]schema.Attribute{
			"username":       text(usernameDoc, false),
			"password":       text(passwordDoc, true),
			"token":          text(tokenDoc, true),
			"ca_certificate": text(caCertificateDoc, false),
			"insecure":       schema.BoolAttribute{Optional: true, MarkdownDescription: insecureDoc},
		},
	}
}
