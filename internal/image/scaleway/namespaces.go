package scaleway

import (
	"context"
	"fmt"
	"slices"

	registry "github.com/scaleway/scaleway-sdk-go/api/registry/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

func (c *Client) namespace(ctx context.Context, region scw.Region, id string) (*registry.Namespace, error) {
	doing := fmt.Sprintf("read the Scaleway namespace %s/%s", region, id)
	if err := CheckID(id); err != nil {
		return nil, image.Cannot(doing, err.Error(), "", nil)
	}
	found, err := call(ctx, c, doing, (*registry.API).GetNamespace,
		registry.GetNamespaceRequest{Region: region, NamespaceID: id})
	if err != nil {
		return nil, err
	}
	return found, sameID(doing, id, found.ID)
}

// namespaces lists a region's namespaces, or the one of the options if it exists.
func (c *Client) namespaces(ctx context.Context, region scw.Region, o ListOptions) ([]*registry.Namespace, error) {
	_, id, _, err := LocateNamespace("", o.Namespace)
	if o.Namespace != "" && err != nil {
		return nil, err
	}
	if id != "" {
		namespace, err := c.namespace(ctx, region, id)
		if failureOf(err).gone == "namespace" {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return []*registry.Namespace{namespace}, nil
	}
	doing := "list the Scaleway namespaces of " + region.String()
	namespaces, err := all(c, doing, func(n *registry.Namespace) string { return n.ID },
		func(number *int32) ([]*registry.Namespace, uint32, error) {
			answer, err := call(ctx, c, doing, (*registry.API).ListNamespaces, registry.ListNamespacesRequest{
				Region: region, Page: number, PageSize: new(uint32(pageSize)), Name: image.Known(o.Namespace),
				OrganizationID: image.Known(o.OrganizationID), ProjectID: image.Known(o.ProjectID),
			})
			if err != nil {
				return nil, 0, err
			}
			return answer.Namespaces, answer.TotalCount, nil
		})
	return slices.DeleteFunc(namespaces, func(n *registry.Namespace) bool {
		return o.Namespace != "" && n.Name != o.Namespace // a proxy has removed the filter
	}), err
}
