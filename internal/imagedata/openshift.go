package imagedata

import (
	provider "github.com/hashicorp/terraform-plugin-framework/provider/schema"

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

func (m openshiftModel) config(userAgent string) openshift.Config {
	return openshift.Config{
		Kubeconfig: or(m.Kubeconfig, ""), Context: or(m.Context, ""), Host: or(m.Host, ""), Token: or(m.Token, ""),
		CACertificate: or(m.CACertificate, ""), Insecure: or(m.Insecure, false), UserAgent: userAgent,
	}
}

// openshiftAttribute returns the provider's argument.
func openshiftAttribute() provider.Attribute {
	text := func(doc string, secret bool) provider.StringAttribute {
		return provider.StringAttribute{Optional: true, Sensitive: secret, MarkdownDescription: doc}
	}
	return provider.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "The OpenShift cluster that `demandflow_openshift_image` and `demandflow_openshift_images` " +
			"read. When not set it is the one that the `oc` command would use: " +
			"that of the kubeconfig that `KUBECONFIG` names, of `~/.kube/config`, or, in a pod, its own. The user needs the " +
			"right to get and list `images.image.openshift.io`, which belong to the cluster and not to a project.",
		Attributes: map[string]provider.Attribute{
			"kubeconfig": text("Path of a kubeconfig. Goes before `KUBECONFIG`. Not together with `host`.", false),
			"context": text("Name of the kubeconfig's context to use; its current one when not set. Not together with "+
				"`host`.", false),
			"host": text("Address of the cluster's API, such as `https://api.cluster.example.com:6443`. No "+
				"kubeconfig is read then.", false),
			"token": text("Bearer token, such as `oc whoami -t` prints. Goes before what the kubeconfig has.", true),
			"ca_certificate": text("PEM-encoded certificates of the authorities that the API's certificate is checked "+
				"against. Goes before the kubeconfig's.", false),
			"insecure": provider.BoolAttribute{Optional: true,
				MarkdownDescription: "Whether to put up with a certificate that nobody vouches for, and with `http://`."},
		},
	}
}
