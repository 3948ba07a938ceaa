// Package imagedata shows live images to Terraform: the data sources over internal/image, the comparison with the
// catalogue, and the action that prunes an engine. Schemas are derived from the shape's structs and their tags, so that
// a field of an image is declared once.
//
// It imports internal/image and the packages below it, internal/catalogue for what is in DemandFlow, and the plugin
// framework; none of them imports it.
package imagedata

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
)

// DataSources lists what reads live images. Each of them gives up after a time.
func DataSources() []func() datasource.DataSource {
	quick := append(scalewayDataSources(), []func() datasource.DataSource{
		func() datasource.DataSource { return &openshiftImage{} },
		func() datasource.DataSource { return &openshiftImages{} },
		func() datasource.DataSource { return &ociImage{} },
		func() datasource.DataSource { return &ociTags{} },
		func() datasource.DataSource { return &engineImage{} },
		func() datasource.DataSource { return &engineImages{} },
		func() datasource.DataSource { return &imageDrift{} },
	}...)
	sources := []func() datasource.DataSource{withTimeout(engineTimeout,
		func() datasource.DataSource { return &engineDiskUsage{} })}
	for _, construct := range quick {
		sources = append(sources, withTimeout(readTimeout, construct))
	}
	return sources
}

// Actions lists what is done to images outside of any resource's life. Terraform knows actions from 1.14 on; what is
// older does not see them.
func Actions() []func() action.Action {
	return []func() action.Action{func() action.Action { return &pruneWithTimeout{&enginePrune{}, engineTimeout} }}
}
