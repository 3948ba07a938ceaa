package catalogue

import (
	"fmt"
	"path"

	"github.com/distribution/reference"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// parseImage reads an image's name as Kubernetes does (nginx is docker.io/library/nginx:latest). A tag that is given apart
// counts only where the name has neither tag nor digest.
func parseImage(name, tag string) (reference.Named, error) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return nil, err
	}
	if reference.IsNameOnly(named) && tag != "" {
		return reference.WithTag(named, tag)
	}
	return reference.TagNameOnly(named), nil
}

// sameImage says whether two references name one image: the same repository, and the same tag, or else the same digest.
func sameImage(a, b reference.Named) bool {
	if a.Name() != b.Name() {
		return false
	}
	tagA, okA := a.(reference.Tagged)
	tagB, okB := b.(reference.Tagged)
	if okA && okB {
		return tagA.Tag() == tagB.Tag()
	}
	digestA, okA := a.(reference.Digested)
	digestB, okB := b.(reference.Digested)
	return okA && okB && digestA.Digest() == digestB.Digest()
}

// lastPart is the last part of a repository's name: nginx of docker.io/library/nginx.
func lastPart(named reference.Named) string { return path.Base(reference.Path(named)) }

func notAnImage(name string, err error) string {
	return fmt.Sprintf("%q does not name an image: %s.\n\nWrite it as registry.example.com/namespace/name:tag.", name, err)
}

// mustValue is a text column's value; texts always decode.
func mustValue(c column, object demandflow.Object) tftypes.Value {
	value, err := c.value(object)
	must(err)
	return value
}
