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
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway"
)

// Sources are DemandFlow and the places where images live, as the provider's configuration has them. A place costs
// nothing until a data source looks there, and what is wrong with one hinders no other.
type Sources struct {
	*catalogue.Tenant
	oci       place[*oci.Client]
	engine    place[*engine.Client]
	openshift place[*openshift.Client]
	scaleway  place[*scaleway.Client]
}

// A place makes its client when it is first needed.
type place[C any] func() (C, diag.Diagnostics)

// Arguments of the provider.
const (
	ociArgument        = "oci"
	registriesArgument = "registries"
	engineArgument     = "docker_engine"
)

// A registryModel is how to reach one registry.
type registryModel struct {
	Username      *string `tfsdk:"username"`
	Password      *string `tfsdk:"password"`
	Token         *string `tfsdk:"token"`
	CACertificate *string `tfsdk:"ca_certificate"`
	Insecure      *bool   `tfsdk:"insecure"`
}

type engineModel struct {
	Host              *string `tfsdk:"host"`
	Context           *string `tfsdk:"context"`
	CACertificate     *string `tfsdk:"ca_certificate"`
	ClientCertificate *string `tfsdk:"client_certificate"`
	ClientKey         *string `tfsdk:"client_key"`
}

func (m registryModel) registry() oci.Registry {
	return oci.Registry{
		Username: or(m.Username, ""), Password: or(m.Password, ""), Token: or(m.Token, ""),
		CACertificate: or(m.CACertificate, ""), Insecure: or(m.Insecure, false),
	}
}

func (m engineModel) config(userAgent string) engine.Config {
	return engine.Config{
		Host: or(m.Host, ""), Context: or(m.Context, ""), CACertificate: or(m.CACertificate, ""),
		ClientCertificate: or(m.ClientCertificate, ""), ClientKey: or(m.ClientKey, ""), UserAgent: userAgent,
	}
}

// NewSources reads the provider's configuration. A place whose settings are not known yet is an error where it is used.
func NewSources(ctx context.Context, tenant *catalogue.Tenant, config tfsdk.Config, userAgent string) (*Sources,
	diag.Diagnostics) {
	registries, ociKnown, diags := ociConfig(ctx, config)
	registries.UserAgent = userAgent
	host, more := placeOf[engineModel](ctx, config, engineArgument, userAgent, engine.New)
	diags.Append(more...)
	shop, more := placeOf[scalewayModel](ctx, config, scalewayArgument, userAgent, scaleway.New)
	diags.Append(more...)
	cluster, more := placeOf[openshiftModel](ctx, config, openshiftArgument, userAgent, openshift.New)
	diags.Append(more...)
	return &Sources{
		Tenant: tenant, engine: host, openshift: cluster, scaleway: shop,
		oci: newPlace(ociArgument, ociKnown, func() (*oci.Client, error) { return oci.New(registries) }),
	}, diags
}

// A placeModel is the provider's argument for a place, and S what its source makes of it.
type placeModel[S any] interface{ config(userAgent string) S }

// placeOf reads the provider's argument for a place.
func placeOf[M placeModel[S], S, C any](ctx context.Context, config tfsdk.Config, name, userAgent string,
	construct func(S) (C, error)) (place[C], diag.Diagnostics) {
	var given M
	known, diags := nested(ctx, config, name, &given)
	return newPlace(name, known, func() (C, error) { return construct(given.config(userAgent)) }), diags
}

// checkPlace asks a source itself what it thinks of its settings, as far as they are known. The error is at the
// argument as a whole and says which part is meant: an engine takes the path openshift.token for the provider's own
// token, and shows that line.
func checkPlace[M placeModel[S], S, C any](ctx context.Context, config tfsdk.Config, name string,
	construct func(S) (C, error)) diag.Diagnostics {
	var given M
	known, diags := nested(ctx, config, name, &given)
	if !known {
		return diags
	}
	if _, err := construct(given.config("")); err != nil {
		diags.AddAttributeError(path.Root(name), "Invalid "+name, sentence(err))
	}
	return diags
}

func newPlace[C any](name string, known bool, construct func() (C, error)) place[C] {
	if !known {
		return func() (client C, diags diag.Diagnostics) {
			diags.AddError("Unknown "+name+" of the provider", sentence(errors.New(unknownYet(strconv.Quote(name)))))
			return client, diags
		}
	}
	once := sync.OnceValues(construct)
	return func() (C, diag.Diagnostics) {
		var diags diag.Diagnostics
		client, err := once()
		if err != nil {
			diags.AddError("Cannot set up "+name, sentence(err))
		}
		return client, diags
	}
}

// ValidateProvider checks what the provider's configuration says of the places and what is known already.
func ValidateProvider(ctx context.Context, config tfsdk.Config) diag.Diagnostics {
	given, _, diags := registrySettings(ctx, config)
	for _, registry := range given {
		if registry.unknown == "" {
			diags.Append(checkRegistry(registry.host, registry.Registry, registryPath(registry.host))...)
		}
	}
	diags.Append(checkPlace[engineModel](ctx, config, engineArgument, engine.New)...)
	diags.Append(checkPlace[scalewayModel](ctx, config, scalewayArgument, scaleway.New)...)
	diags.Append(checkPlace[openshiftModel](ctx, config, openshiftArgument, openshift.New)...)
	return diags
}

// checkRegistry asks the source itself what it thinks of a registry's settings, the certificate by itself so that the
// error can be at its place.
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

// registryPath returns where the provider's configuration has the settings of a registry.
func registryPath(host string) path.Path {
	return path.Root(ociArgument).AtName(registriesArgument).AtMapKey(host)
}

// A givenRegistry is what the provider's configuration has for one host.
type givenRegistry struct {
	oci.Registry
	host    string
	unknown string // the first of its arguments that is not known yet, as one writes it; empty where all are
}

// registrySettings reads the settings of every registry, in order of their hosts. What is not known of one is nothing
// to the others; known says whether it is known which there are.
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
		registry := givenRegistry{host: host, unknown: firstUnknown(given[host], registryPath(host))}
		if registry.unknown == "" && !given[host].IsNull() {
			var model registryModel
			diags.Append(given[host].As(ctx, &model, basetypes.ObjectAsOptions{})...)
			registry.Registry = model.registry()
		}
		registries = append(registries, registry)
	}
	return registries, !diags.HasError(), diags
}

// firstUnknown returns the first argument of an object that is not known, as one writes it, or "".
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

// ociConfig has the settings that can be used, and says of each host why the others cannot: not known yet, or, where
// they could not be checked before, without sense.
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
		"now.\n\n"+
		"Give values that are known when Terraform plans, or first apply what they depend on (-target).", argument)
}

// nested reads a nested argument of the provider, and says whether all of it is known. Not set is known.
func nested(ctx context.Context, config tfsdk.Config, name string, into any) (bool, diag.Diagnostics) {
	var object types.Object
	diags := config.GetAttribute(ctx, path.Root(name), &object)
	if diags.HasError() || object.IsNull() {
		return !diags.HasError(), diags
	}
	raw, err := object.ToTerraformValue(ctx)
	if err != nil || !raw.IsFullyKnown() {
		return false, diags
	}
	diags.Append(object.As(ctx, into, basetypes.ObjectAsOptions{})...)
	return !diags.HasError(), diags
}

// A warnings collects what a source remarks while it reads, possibly in several goroutines.
type warnings struct {
	mutex sync.Mutex
	diags diag.Diagnostics
}

func (w *warnings) add(warning image.Warning) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.diags.AddWarning(warning.Summary, warning.Detail)
}

func or[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}
