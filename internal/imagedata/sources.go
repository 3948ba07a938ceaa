package imagedata

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway"
)

// Sources are DemandFlow and the sources of images, as the provider's configuration has them. An error in one of them
// does not affect the others.
type Sources struct {
	*catalogue.Tenant
	oci       newClient[*oci.Client]
	verify    newClient[*signature.Trust] // nil where nobody is said to be trusted
	engine    newClient[*engine.Client]
	openshift newClient[*openshift.Client]
	scaleway  newClient[*scaleway.Client]
}

// A newClient makes the client of a source at its first call, and returns it at all calls.
type newClient[C any] func() (C, diag.Diagnostics)

// NewSources reads the provider's configuration. Settings that are not known yet are an error where they are used.
func NewSources(ctx context.Context, tenant *catalogue.Tenant, config tfsdk.Config, userAgent string) (*Sources,
	diag.Diagnostics) {
	registries, known, diags := ociConfig(ctx, config)
	registries.UserAgent = userAgent
	s := &Sources{Tenant: tenant}
	s.oci = once(ociArgument, known, func() (*oci.Client, error) { return oci.New(registries) })
	var more diag.Diagnostics
	s.verify, more = configuredTrust(ctx, config)
	diags.Append(more...)
	s.engine, more = configured(ctx, config, engineArgument, func(c engine.Config) (*engine.Client, error) {
		c.UserAgent = userAgent
		return engine.New(c)
	})
	diags.Append(more...)
	s.openshift, more = configured(ctx, config, openshiftArgument, func(c openshift.Config) (*openshift.Client, error) {
		c.UserAgent = userAgent
		return openshift.New(c)
	})
	diags.Append(more...)
	s.scaleway, more = configured(ctx, config, scalewayArgument, func(c scaleway.Config) (*scaleway.Client, error) {
		c.UserAgent = userAgent
		return scaleway.New(c)
	})
	diags.Append(more...)
	return s, diags
}

// configured reads the provider's argument for a source.
func configured[S, C any](ctx context.Context, config tfsdk.Config, name string,
	construct func(S) (C, error)) (newClient[C], diag.Diagnostics) {
	settings, known, diags := readSettings[S](ctx, config, name)
	return once(name, known, func() (C, error) { return construct(settings) }), diags
}

func once[C any](name string, known bool, construct func() (C, error)) newClient[C] {
	if !known {
		return func() (client C, diags diag.Diagnostics) {
			diags.AddError("Unknown "+name+" of the provider", sentence(errors.New(unknownYet(strconv.Quote(name)))))
			return client, diags
		}
	}
	constructed := sync.OnceValues(construct)
	return func() (C, diag.Diagnostics) {
		var diags diag.Diagnostics
		client, err := constructed()
		if err != nil {
			diags.AddError("Cannot set up "+name, sentence(err))
		}
		return client, diags
	}
}

// ValidateProvider checks the settings of the sources, as far as they are known.
func ValidateProvider(ctx context.Context, config tfsdk.Config) diag.Diagnostics {
	given, _, diags := registrySettings(ctx, config)
	for _, registry := range given {
		if registry.unknown == "" {
			diags.Append(checkRegistry(registry.host, registry.Registry, registryPath(registry.host))...)
		}
	}
	object, at, more := verifySetting(ctx, config)
	_, _, wrong := trustOf(object, at)
	diags.Append(more...)
	diags.Append(wrong...)
	diags.Append(check(ctx, config, engineArgument, engine.New)...)
	diags.Append(check(ctx, config, scalewayArgument, scaleway.New)...)
	diags.Append(check(ctx, config, openshiftArgument, openshift.New)...)
	return diags
}

// check has a source check its settings. The error is at the argument as a whole and names the part: Terraform takes
// the path openshift.token for the provider's own token, and shows that line.
func check[S, C any](ctx context.Context, config tfsdk.Config, name string,
	construct func(S) (C, error)) diag.Diagnostics {
	settings, known, diags := readSettings[S](ctx, config, name)
	if !known {
		return diags
	}
	if _, err := construct(settings); err != nil {
		diags.AddAttributeError(path.Root(name), "Invalid "+name, sentence(err))
	}
	return diags
}

// checkRegistry has the source check a registry's settings, the certificate by itself so that the error can be at its
// place.
func checkRegistry(host string, registry oci.Registry, at path.Path) (diags diag.Diagnostics) {
	check := func(registry oci.Registry, at path.Path) bool {
		_, err := oci.New(oci.Config{Registries: map[string]oci.Registry{host: registry}})
		if err != nil {
			diags.AddAttributeError(at, "Invalid settings of a registry", sentence(err))
		}
		return err == nil
	}
	if check(oci.Registry{}, at) && check(oci.Registry{CACertificate: registry.CACertificate},
		at.AtName("ca_certificate")) {
		check(registry, at)
	}
	return diags
}

// registryPath returns the path of a registry's settings in the provider's configuration.
func registryPath(host string) path.Path {
	return path.Root(ociArgument).AtName(registriesArgument).AtMapKey(host)
}

// A givenRegistry is the configuration of one registry.
type givenRegistry struct {
	oci.Registry
	host    string
	unknown string // path of the first argument that is not known yet; empty where all are
}

// registrySettings reads the settings of every registry, in order of their hosts. An unknown value in one of them does
// not affect the others; known is false where it is not known which there are.
func registrySettings(ctx context.Context, config tfsdk.Config) (registries []givenRegistry, known bool,
	diags diag.Diagnostics) {
	var object types.Object
	diags = config.GetAttribute(ctx, path.Root(ociArgument), &object)
	if diags.HasError() || object.IsNull() {
		return nil, !diags.HasError(), diags
	}
	all, ok := object.Attributes()[registriesArgument].(types.Map)
	if object.IsUnknown() || !ok || all.IsUnknown() {
		return nil, false, diags
	}
	given := map[string]types.Object{}
	diags.Append(all.ElementsAs(ctx, &given, false)...)
	for _, host := range slices.Sorted(maps.Keys(given)) {
		registries = append(registries, givenRegistry{
			Registry: settingsOf[oci.Registry](given[host]), host: host,
			unknown: firstUnknown(given[host], registryPath(host)),
		})
	}
	return registries, !diags.HasError(), diags
}

// firstUnknown returns the path of the first argument of an object that is not known, or "".
func firstUnknown(object types.Object, at path.Path) string {
	if object.IsUnknown() {
		return at.String()
	}
	attributes := object.Attributes()
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if attributes[name].IsUnknown() {
			return at.AtName(name).String()
		}
	}
	return ""
}

// ociConfig returns the settings of the registries, and for each registry whose settings cannot be used the reason:
// unknown values, or values that could not be checked before and are invalid.
func ociConfig(ctx context.Context, config tfsdk.Config) (oci.Config, bool, diag.Diagnostics) {
	given, known, diags := registrySettings(ctx, config)
	settings := oci.Config{Registries: map[string]oci.Registry{}, Unusable: map[string]error{}}
	for _, registry := range given {
		if registry.unknown != "" {
			settings.Unusable[registry.host] = errors.New(unknownYet(registry.unknown))
			continue
		}
		settings.Registries[registry.host] = registry.Registry
	}
	for host, err := range oci.CheckRegistries(settings.Registries) {
		delete(settings.Registries, host)
		settings.Unusable[host] = err
	}
	return settings, known, diags
}

// unknownYet returns the error text for an argument of the provider that is not known when it is needed.
func unknownYet(argument string) string {
	return fmt.Sprintf("the provider's %s depends on something that is known only after an apply, but it is needed "+
		"now.\n\nGive values that are known when Terraform plans, or first apply what they depend on (-target).", argument)
}
