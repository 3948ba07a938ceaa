package imagedata

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	provider "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
)

// openshiftArgument is the provider's argument for an OpenShift cluster.
const openshiftArgument = "openshift"

type openshiftModel struct {
	Kubeconfig    *string `tfsdk:"kubeconfig"`
	Context       *string `tfsdk:"context"`
	Host          *string `tfsdk:"host"`
	Token         *string `tfsdk:"token"`
	CACertificate *string `tfsdk:"ca_certificate"`
	Insecure      *bool   `tfsdk:"insecure"`
}

func (m openshiftModel) config() openshift.Config {
	return openshift.Config{
		Kubeconfig: or(m.Kubeconfig, ""), Context: or(m.Context, ""), Host: or(m.Host, ""), Token: or(m.Token, ""),
		CACertificate: or(m.CACertificate, ""), Insecure: or(m.Insecure, false),
	}
}

// openshiftAttribute is the provider's argument.
func openshiftAttribute() provider.Attribute {
	text := func(doc string, secret bool) provider.StringAttribute {
		return provider.StringAttribute{Optional: true, Sensitive: secret, MarkdownDescription: doc}
	}
	return provider.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "The OpenShift cluster that `demandflow_openshift_image` and `demandflow_openshift_images` read. When not set it is the one that the `oc` command would use: " +
			"that of the kubeconfig that `KUBECONFIG` names, of `~/.kube/config`, or, in a pod, its own. The user needs the right to get and list `images.image.openshift.io`, which belong to the cluster and not to a project.",
		Attributes: map[string]provider.Attribute{
			"kubeconfig":     text("Path of a kubeconfig. Goes before `KUBECONFIG`. Not together with `host`.", false),
			"context":        text("Name of the kubeconfig's context to use; its current one when not set. Not together with `host`.", false),
			"host":           text("Address of the cluster's API, such as `https://api.cluster.example.com:6443`. No kubeconfig is read then.", false),
			"token":          text("Bearer token, such as `oc whoami -t` prints. Goes before what the kubeconfig has.", true),
			"ca_certificate": text("PEM-encoded certificates of the authorities that the API's certificate is checked against. Goes before the kubeconfig's.", false),
			"insecure":       provider.BoolAttribute{Optional: true, MarkdownDescription: "Whether to put up with a certificate that nobody vouches for, and with `http://`."},
		},
	}
}

func openshiftConfig(ctx context.Context, config tfsdk.Config) (settings openshift.Config, known bool, diags diag.Diagnostics) {
	var given openshiftModel
	known, diags = nested(ctx, config, openshiftArgument, &given)
	return given.config(), known, diags
}

// validateOpenShift asks the source itself what it thinks of its settings. The error is at the argument as a whole and says
// which part is meant: an engine takes the path openshift.token for the provider's own token, and shows that line.
func validateOpenShift(ctx context.Context, config tfsdk.Config) diag.Diagnostics {
	settings, known, diags := openshiftConfig(ctx, config)
	if !known {
		return diags
	}
	if _, err := openshift.New(settings); err != nil {
		diags.AddAttributeError(path.Root(openshiftArgument), "Invalid "+openshiftArgument, sentence(err))
	}
	return diags
}
