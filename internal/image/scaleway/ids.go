package scaleway

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/scaleway/scaleway-sdk-go/validation"
)

// CheckID returns an error for what is not an id of a project or an organization.
func CheckID(id string) error {
	if !validation.IsUUID(id) {
		return fmt.Errorf("%q is no id of Scaleway's: they are UUIDs, such as 97acc09a-89cb-4c45-8b75-207be248b202", id)
	}
	return nil
}

// Locate returns the region and the UUID of an id of an image or a namespace. Scaleway's own provider has the region in
// it, as fr-par/UUID. The region that is given beside it may be empty; another one is an error. The returned region is
// empty if there is none in either.
func Locate(region, id string) (at, uuid string, err error) {
	within, uuid, found := strings.Cut(id, "/")
	if !found {
		return region, strings.ToLower(id), CheckID(id)
	}
	if CheckRegion(within) != nil || CheckID(uuid) != nil {
		return "", "", fmt.Errorf("%q is no id of Scaleway's: they are UUIDs, such as 97acc09a-89cb-4c45-8b75-207be248b202, "+
			"alone or after the region, such as fr-par/97acc09a-89cb-4c45-8b75-207be248b202", id)
	}
	if region != "" && region != within {
		return "", "", fmt.Errorf("the id %q is one of the region %s, and the region that is given is %s: leave that out, "+
			"or correct one of them", id, within, region)
	}
	return within, strings.ToLower(uuid), nil
}

// namespaceName matches names that a namespace may have.
var namespaceName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

// likeAnID matches what is meant to be a UUID: five groups of digits, or all digits without dashes.
var likeAnID = regexp.MustCompile(`^(?i:[0-9a-f]+(-[0-9a-f]+){4}|[0-9a-f]{32})$`)

// LocateNamespace is Locate for a namespace, which may be named by its name instead. One of uuid and name is empty.
func LocateNamespace(region, namespace string) (at, uuid, name string, err error) {
	switch {
	case strings.HasPrefix(namespace, "rg."):
		return "", "", "", fmt.Errorf("%q is the address of a namespace: give its name, which is behind the slash, or its id",
			namespace)
	case strings.Contains(namespace, "/") || likeAnID.MatchString(namespace):
		at, uuid, err = Locate(region, namespace)
		return at, uuid, "", err
	case !namespaceName.MatchString(namespace):
		return "", "", "", fmt.Errorf("%q is no namespace: give its name, which has lower-case letters, digits and dashes, "+
			"or its id (UUID, or region/UUID)", namespace)
	}
	return region, "", namespace, nil
}

// CheckName returns an error for what is not the name of an image.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("an image has a name, and none was given")
	case strings.HasPrefix(name, "rg."):
		return fmt.Errorf("%q is an image's address: give its name, which is behind the namespace", name)
	case strings.ContainsAny(name, ":@"):
		return fmt.Errorf("%q has a tag or a digest, or is something else: give the image's name alone", name)
	}
	return nil
}
