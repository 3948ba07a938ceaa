// Package imagedata has the data sources over internal/image, the comparison with the catalogue, the resource for
// images in Scaleway's registry, and the action that prunes an engine. Schemas are derived from the structs of
// internal/image and their tags, so that a field of an image, or a setting of a source, is declared once.
//
// It imports internal/image and the packages below it, internal/catalogue for what is in DemandFlow, and the plugin
// framework; none of them imports it.
package imagedata

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// DataSources returns the data sources of live images. Each of them has a timeout.
func DataSources() []func() datasource.DataSource {
	return []func() datasource.DataSource{
		ociImage, ociTags, engineImage, engineImages, engineDiskUsage, openshiftImage, openshiftImages,
		scalewayImageSource, scalewayImages, imageDrift,
	}
}

// Resources returns the resources of live images. Each of their steps has a timeout.
func Resources() []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource {
		return &scalewayImage{timeout: readTimeout, deleteTimeout: deleteTimeout}
	}}
}

// Actions returns the actions on images. Terraform before 1.14 ignores them.
func Actions() []func() action.Action {
	return []func() action.Action{func() action.Action { return &enginePrune{timeout: engineTimeout} }}
}
