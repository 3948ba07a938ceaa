package imagedata

import (
	"context"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	provider "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway"
	"github.com/demandflow/terraform-provider-demandflow/internal/tagged"
)

// Arguments of the provider. What is in them are the settings of the sources: fields with the tags "tfsdk" for the
// name, "doc" for the description, and "secret".
const (
	ociArgument        = "oci"
	registriesArgument = "registries"
	engineArgument     = "docker_engine"
	openshiftArgument  = "openshift"
	scalewayArgument   = "scaleway"
)

// ProviderAttributes returns the provider's arguments for the sources of images.
func ProviderAttributes() map[string]provider.Attribute {
	return map[string]provider.Attribute{
		ociArgument: provider.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "Access to OCI registries, for `demandflow_oci_image`, `demandflow_oci_tags` and " +
				"`demandflow_docker_image_drift`.",
			Attributes: map[string]provider.Attribute{
				registriesArgument: provider.MapNestedAttribute{
					Optional: true,
					MarkdownDescription: "Settings by host of the registry, with its port if it has one, such as " +
						"`registry.example.com:5000`. Docker Hub is `docker.io`. A registry without credentials here gets those in " +
						"`DOCKER_AUTH_CONFIG`, in Docker's configuration (`~/.docker/config.json`, `DOCKER_CONFIG`) and its " +
						"credential helpers, or in Podman's (`REGISTRY_AUTH_FILE`, `auth.json`), by the longest path.",
					NestedObject: provider.NestedAttributeObject{Attributes: settingAttributes[oci.Registry]()},
				},
				verifyArgument: providerAttribute(schema.SingleNestedAttribute{
					Attributes: attributesOf[signature.Verify](argument),
					MarkdownDescription: "Who is trusted to sign images: the default for `verify` of the data sources that read " +
						"signatures. It is no reason to read them.",
				}),
			},
		},
		engineArgument: settingsAttribute[engine.Config]("Docker Engine of the `demandflow_docker_engine_…` data sources. " +
			"Defaults to the engine of the `docker` command: that of `DOCKER_HOST`, of the current docker context, or of " +
			"the default socket."),
		openshiftArgument: settingsAttribute[openshift.Config]("OpenShift cluster of `demandflow_openshift_image` and " +
			"`demandflow_openshift_images`. Defaults to the cluster of the `oc` command: that of the kubeconfig in " +
			"`KUBECONFIG`, of `~/.kube/config`, or, in a pod, its own. The user needs the right to get and list " +
			"`images.image.openshift.io`, which are cluster-scoped."),
		scalewayArgument: settingsAttribute[scaleway.Config]("Access to Scaleway's Container Registry, for " +
			"`demandflow_scaleway_image` and `demandflow_scaleway_images`. The configuration takes precedence over the " +
			"environment, and that over the active profile in Scaleway's configuration file (`~/.config/scw/config.yaml`, " +
			"`SCW_CONFIG_PATH`), as in Scaleway's own tools."),
	}
}

func settingsAttribute[S any](doc string) provider.Attribute {
	return provider.SingleNestedAttribute{Optional: true, MarkdownDescription: doc, Attributes: settingAttributes[S]()}
}

// settingAttributes returns the arguments for the settings of a source.
func settingAttributes[S any]() map[string]provider.Attribute {
	attributes := map[string]provider.Attribute{}
	for field := range reflect.TypeFor[S]().Fields() {
		name, doc := field.Tag.Get("tfsdk"), tagged.Describe(reflect.TypeFor[S](), field)
		switch {
		case name == "":
		case field.Type.Kind() == reflect.Bool:
			attributes[name] = provider.BoolAttribute{Optional: true, MarkdownDescription: doc}
		default:
			attributes[name] = provider.StringAttribute{Optional: true, Sensitive: field.Tag.Get("secret") != "",
				MarkdownDescription: doc}
		}
	}
	return attributes
}

// registryAttribute returns the argument for the settings of one registry.
func registryAttribute() schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for name, attribute := range settingAttributes[oci.Registry]() {
		switch attribute := attribute.(type) {
		case provider.StringAttribute:
			attributes[name] = schema.StringAttribute{Optional: true, Sensitive: attribute.Sensitive,
				MarkdownDescription: attribute.MarkdownDescription}
		case provider.BoolAttribute:
			attributes[name] = schema.BoolAttribute{Optional: true, MarkdownDescription: attribute.MarkdownDescription}
		}
	}
	return schema.SingleNestedAttribute{
		Optional: true, Attributes: attributes,
		MarkdownDescription: "Settings of the registry, in place of those in the provider's `oci.registries`. They are " +
			"stored in the state, secrets included; prefer the provider's block, which is not.",
	}
}

// settingsOf returns the settings in an object. What is null keeps its zero value.
func settingsOf[S any](object types.Object) (settings S) {
	fields := reflect.ValueOf(&settings).Elem()
	for field := range fields.Type().Fields() {
		switch value := object.Attributes()[field.Tag.Get("tfsdk")].(type) {
		case types.String:
			fields.FieldByIndex(field.Index).SetString(value.ValueString())
		case types.Bool:
			fields.FieldByIndex(field.Index).SetBool(value.ValueBool())
		}
	}
	return settings
}

// registryOf returns the settings in the argument of a data source, nil where it is not set.
func registryOf(object types.Object) *oci.Registry {
	if object.IsNull() {
		return nil
	}
	return new(settingsOf[oci.Registry](object))
}

// readSettings reads the settings of a source from the provider's configuration. Known is false where a part of them is
// not known yet.
func readSettings[S any](ctx context.Context, config tfsdk.Config, name string) (settings S, known bool,
	diags diag.Diagnostics) {
	var object types.Object
	diags = config.GetAttribute(ctx, path.Root(name), &object)
	if diags.HasError() {
		return settings, false, diags
	}
	return settingsOf[S](object), isKnown(ctx, object), diags
}

// isKnown reports whether a value is known with all that is in it.
func isKnown(ctx context.Context, value attr.Value) bool {
	raw, err := value.ToTerraformValue(ctx)
	return err == nil && raw.IsFullyKnown()
}
