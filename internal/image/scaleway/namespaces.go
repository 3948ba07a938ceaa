package scaleway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	registry "github.com/scaleway/scaleway-sdk-go/api/registry/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"
	"github.com/scaleway/scaleway-sdk-go/validation"
)

func (c *Client) namespace(ctx context.Context, region scw.Region, id string) (*registry.Namespace, error) {
	doing := fmt.Sprintf("read the Scaleway namespace %s/%s", region, id)
	if err := CheckID(id); err != nil {
		return nil, &Error{Doing: doing, Said: err.Error()}
	}
	var found *registry.Namespace
	err := c.call(ctx, doing, func(api *registry.API, with scw.RequestOption) (err error) {
		found, err = api.GetNamespace(&registry.GetNamespaceRequest{Region: region, NamespaceID: id}, with)
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, sameID(doing, id, found.ID)
}

// namespaces lists a region's namespaces, or the one that the options name, if it is there.
func (c *Client) namespaces(ctx context.Context, region scw.Region, o ListOptions) ([]*registry.Namespace, error) {
	request := registry.ListNamespacesRequest{
		Region: region, PageSize: new(uint32(pageSize)), OrganizationID: given(o.OrganizationID),
		ProjectID: given(o.ProjectID),
	}
	if validation.IsUUID(o.Namespace) {
		namespace, err := c.namespace(ctx, region, strings.ToLower(o.Namespace))
		if failure, ok := errors.AsType[*Error](err); ok && failure.gone == "namespace" {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return []*registry.Namespace{namespace}, nil
	}
	request.Name = given(o.Namespace)
	doing := "list the Scaleway namespaces of " + region.String()
	namespaces, err := all(func(n *registry.Namespace) string { return n.ID },
		func(number int32) (got page[registry.Namespace], err error) {
			err = c.call(ctx, doing, func(api *registry.API, with scw.RequestOption) error {
				asked := request
				asked.Page = &number
				answer, err := api.ListNamespaces(&asked, with)
				if err == nil {
					got = page[registry.Namespace]{answer.Namespaces, answer.TotalCount}
				}
				return err
			})
			return got, err
		})
	if err != nil {
		return nil, c.incomplete(doing, err)
	}
	return slices.DeleteFunc(namespaces, func(n *registry.Namespace) bool {
		return o.Namespace != "" && n.Name != o.Namespace // something on the way dropped the filter
	}), nil
}
