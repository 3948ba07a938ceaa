package provider

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A setting is one argument of the provider. The configuration wins over the environment variable.
type setting struct {
	name     string
	doc      string
	secret   bool
	required bool // for DemandFlow; only what reads DemandFlow reports a missing value
	kind     kind
	// apply checks a value and sets the option. An error suggests what to write instead.
	apply func(options *options, value string) error
}

// kind is the type of a setting.
type kind int

const (
	stringKind kind = iota
	wholeNumber
	boolean
)

// options are the provider's resolved configuration.
type options struct {
	client    demandflow.Config
	resources catalogue.Options
	missing   diag.Diagnostic // why DemandFlow cannot be used; nil where it can
}

// environment returns the variable that has the setting if the configuration does not.
func (s setting) environment() string { return "DEMANDFLOW_" + strings.ToUpper(s.name) }

var settings = []setting{
	{
		name: "endpoint",
		doc: fmt.Sprintf("Base URL of DemandFlow's API; `%s` when not set. A trailing `/v1` makes no difference.",
			demandflow.DefaultEndpoint),
		apply: func(options *options, value string) error {
			options.client.Endpoint = value
			return demandflow.CheckEndpoint(value)
		},
	},
	{
		name: "token", secret: true, required: true,
		doc: "Personal access token (`df_pat_…`). Its user's rights are the provider's. What has to do with live images " +
			"alone, and the functions, need none; `demandflow_docker_image_drift` does.",
		apply: func(options *options, value string) error {
			options.client.Token = value
			return demandflow.CheckToken(value)
		},
	},
	{
		name: "subscription_id",
		doc: "Id of the tenant (subscription). Found out from the tenant when not set; needed only where the token may " +
			"read neither people nor definitions, and there is no registry or image. One of another tenant is an error.",
		apply: func(options *options, value string) error {
			if !entity.IsID(value) {
				return fmt.Errorf("%q is not a UUID. Write it as the subscription_id of any object has it", value)
			}
			options.client.Subscription = value
			return nil
		},
	},
	{
		name: "request_timeout",
		doc: fmt.Sprintf("Timeout for a request without a response, such as `30s` or `2m`; "+
			"`%s` when not set.", demandflow.DefaultRequestTimeout),
		apply: func(options *options, value string) error {
			timeout, err := time.ParseDuration(value)
			if err != nil || timeout <= 0 {
				return fmt.Errorf("%q is not a positive duration. Write one such as 30s or 2m", value)
			}
			options.client.RequestTimeout = timeout
			return nil
		},
	},
	{
		name: "max_retries", kind: wholeNumber,
		doc: fmt.Sprintf("How often a request is sent again after a failure that may pass, from 0 to %d; %d when not set.",
			mostRetries, demandflow.DefaultMaxRetries),
		apply: parseInto(func(options *options) *int { return &options.client.MaxRetries }, wholeNumberIn(0, mostRetries)),
	},
	{
		name: "max_concurrent_requests", kind: wholeNumber,
		doc: fmt.Sprintf("How many requests may be under way at a time, from 1 to %d; %d when not set. A lower number goes "+
			"easy on DemandFlow; a higher one helps only with a higher `-parallelism`.", mostConcurrent,
			demandflow.DefaultMaxConcurrent),
		apply: parseInto(func(options *options) *int { return &options.client.MaxConcurrent },
			wholeNumberIn(1, mostConcurrent)),
	},
	{
		name: "ca_certificate",
		doc:  "PEM-encoded certificates of authorities to trust beside the system's, such as that of a proxy.",
		apply: func(options *options, value string) error {
			options.client.CACertificate = value
			if err := wire.CheckCACertificate(value); err != nil {
				return fmt.Errorf("%w, such as file(\"ca.pem\")", err)
			}
			return nil
		},
	},
	{
		name: "validate_definition", kind: boolean,
		doc: "Whether plans are checked against the tenant's own definition of registries and images: options that exist, " +
			"fields that are required, removed or of another type; true when not set. The labels of options are the tenant's " +
			"either way.",
		apply: parseInto(func(options *options) *bool { return &options.resources.ValidateDefinition }, parseBool),
	},
	{
		name: "refresh_metrics", kind: boolean,
		doc: "Whether a refresh brings in metrics (`pull_count`, `active_connections` and others that move through use; " +
			"resources mark them) where nothing else of the object has moved; true when not set. With false, `plan " +
			"-refresh-only -detailed-exitcode` and the drift detection of platforms find nothing where nothing was changed, " +
			"and the state has the metrics of the last change. Data sources always show what there is.",
		apply: parseInto(func(options *options) *bool { return &options.resources.RefreshMetrics }, parseBool),
	},
}

const (
	mostRetries    = 100
	mostConcurrent = 1000
)

// parseInto returns an apply that parses a value into one of the options.
func parseInto[T any](option func(*options) *T, parse func(string) (T, error)) func(*options, string) error {
	return func(options *options, value string) (err error) {
		*option(options), err = parse(value)
		return err
	}
}

func parseBool(value string) (bool, error) {
	parsed, err := strconv.ParseBool(value)
	if err != nil {
		err = fmt.Errorf("%q is neither true nor false", value)
	}
	return parsed, err
}

func wholeNumberIn(least, most int) func(string) (int, error) {
	return func(value string) (int, error) {
		parsed, err := strconv.Atoi(value)
		if err != nil || parsed < least || parsed > most {
			err = fmt.Errorf("%q is not a whole number from %d to %d", value, least, most)
		}
		return parsed, err
	}
}

func (s setting) schema() schema.Attribute {
	doc := fmt.Sprintf("%s Environment: `%s`.", s.doc, s.environment())
	switch s.kind {
	case wholeNumber:
		return schema.Int64Attribute{Optional: true, MarkdownDescription: doc}
	case boolean:
		return schema.BoolAttribute{Optional: true, MarkdownDescription: doc}
	}
	return schema.StringAttribute{Optional: true, Sensitive: s.secret, MarkdownDescription: doc}
}

// checkConfigured checks the settings in the configuration that are known.
func checkConfigured(raw tftypes.Value) diag.Diagnostics {
	var diags diag.Diagnostics
	configured := attributes(raw)
	for _, s := range settings {
		value := configured[s.name]
		if value.IsNull() || !value.IsKnown() {
			continue
		}
		if err := s.apply(&options{}, s.text(value)); err != nil {
			diags.Append(s.invalid("", s.text(value), err))
		}
	}
	return diags
}

// resolve puts the options together from the provider's configuration and the environment.
func resolve(raw tftypes.Value) (options, diag.Diagnostics) {
	var diags diag.Diagnostics
	resolved := options{client: demandflow.Config{MaxRetries: demandflow.DefaultMaxRetries},
		resources: catalogue.Options{ValidateDefinition: true, RefreshMetrics: true}}
	configured := attributes(raw)
	for _, s := range settings {
		value, source := configured[s.name], ""
		if !value.IsKnown() {
			if s.required {
				resolved.missing = diag.NewErrorDiagnostic("Unknown "+s.name, s.unknown())
			} else {
				diags.AddAttributeError(path.Root(s.name), "Unknown "+s.name, s.unknown())
			}
			continue
		}
		given := s.text(value)
		if value.IsNull() || given == "" {
			given, source = os.Getenv(s.environment()), s.environment()
		}
		if given == "" {
			if s.required {
				resolved.missing = diag.NewErrorDiagnostic("Missing "+s.name,
					fmt.Sprintf("This needs DemandFlow, and the provider has no %s.\n\nCreate a personal access token in DemandFlow "+
						"and set %s to it, or give it as %s in the provider's block (from a variable, never as text in a file that is "+
						"shared). What reads live images alone, and the functions, need none.", s.name, s.environment(), s.name))
			}
			continue
		}
		if err := s.apply(&resolved, given); err != nil {
			diags.Append(s.invalid(source, given, err))
		}
	}
	return resolved, diags
}

// unknown says that a value is not known yet, and what to do.
func (s setting) unknown() string {
	return fmt.Sprintf("The provider's %s depends on something that is known only after an apply, but it is needed now."+
		"\n\nGive a value that is known when Terraform plans, set %s instead, or first apply what it depends on (-target).",
		s.name, s.environment())
}

// invalid points at the setting, unless its value may be a URL with a password in it: Terraform would quote that.
func (s setting) invalid(source, value string, err error) diag.Diagnostic {
	subject := "The value cannot be used"
	if source != "" {
		subject = "The value of " + source + " cannot be used"
	}
	summary, detail := "Invalid "+s.name, fmt.Sprintf("%s: %s.", subject, err)
	if strings.Contains(value, "@") {
		return diag.NewErrorDiagnostic(summary, detail)
	}
	return diag.NewAttributeErrorDiagnostic(path.Root(s.name), summary, detail)
}
