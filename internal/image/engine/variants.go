package engine

import (
	"context"
	"errors"
	"reflect"
	"strings"

	api "github.com/moby/moby/api/types/image"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// inspectAvailable returns the inspection of each manifest whose content the engine has, nil where it cannot inspect
// it, or does not say which manifest it has inspected: the API takes and returns platforms, and no digest of a
// manifest. Before API 1.49 the engine only inspects the platform that it would run.
func (r reading) inspectAvailable(ctx context.Context, found *inspection, images []api.ManifestSummary) ([]*inspection,
	error) {
	available := 0
	for _, m := range images {
		if m.Available {
			available++
		}
	}
	answers := make([]*inspection, len(images))
	for index, m := range images {
		if !m.Available {
			continue
		}
		var err error
		if answers[index], err = r.inspectPlatform(ctx, found, platformOf(m), available == 1); err != nil {
			return nil, err
		}
	}
	if available > 1 {
		found.mixed = tellApart(images, answers)
	}
	return answers, nil
}

// inspectPlatform returns the inspection of one platform, nil if the engine cannot inspect it.
func (r reading) inspectPlatform(ctx context.Context, found *inspection, wanted ocispec.Platform,
	only bool) (*inspection, error) {
	platform := image.NewPlatform(wanted)
	if !neverPulled(found) && (only && runs(found, platform) || !speaks(r.api, "1.49") && mayBeOf(found, platform)) {
		return found, nil
	}
	if !speaks(r.api, "1.49") {
		return nil, nil
	}
	one, err := r.inspect(ctx, found.ID, &wanted)
	if errors.Is(err, image.ErrNoPlatform) {
		return nil, nil
	}
	if err != nil || neverPulled(one) {
		return nil, err
	}
	return one, nil
}

// tellApart leaves out an inspection that may be of any of several manifests, such as those of linux/amd64/v2 and
// linux/amd64/v3, and returns their digests. It stays with the manifest whose variant and version of the operating
// system it names, or whose platform is the only one that it can be of; and with all of them if they have one
// configuration.
func tellApart(images []api.ManifestSummary, answers []*inspection) (mixed []string) {
	done := make([]bool, len(images))
	for first, one := range answers {
		if one == nil || done[first] {
			continue
		}
		var same []int // that have this answer
		for index, other := range answers {
			if other != nil && !done[index] && alike(images[first], images[index]) && sameFacts(one, other) {
				same = append(same, index)
				done[index] = true
			}
		}
		if len(same) == 1 || oneConfiguration(images, same) {
			continue
		}
		var named, possible []int
		for _, index := range same {
			platform := image.NewPlatform(platformOf(images[index]))
			if mayBeOf(one, platform) {
				possible = append(possible, index)
				if one.names(platform) {
					named = append(named, index)
				}
			}
		}
		if len(named) == 0 {
			named = possible
		}
		for _, index := range same {
			if len(named) != 1 || index != named[0] {
				answers[index] = nil
				mixed = append(mixed, images[index].ID)
			}
		}
	}
	return mixed
}

// alike reports whether two manifests are for one operating system and architecture.
func alike(a, b api.ManifestSummary) bool {
	one, other := image.NewPlatform(platformOf(a)), image.NewPlatform(platformOf(b))
	return one.OS == other.OS && one.Architecture == other.Architecture
}

// names reports whether an inspection names what platforms of one architecture differ in, and it is a platform's.
func (i *inspection) names(platform image.Platform) bool {
	return (i.Variant != "" || i.OsVersion != "") && i.Variant == textOf(platform.Variant) &&
		(i.OsVersion == "") == (platform.OSVersion == nil)
}

// sameFacts reports whether two inspections have the same of a platform.
func sameFacts(a, b *inspection) bool {
	facts := func(i *inspection) any {
		return []any{i.Os, i.Architecture, i.Variant, i.OsVersion, i.Created, i.Author, i.Comment, i.RootFS, i.Size,
			i.Config, i.unread}
	}
	return a == b || reflect.DeepEqual(facts(a), facts(b))
}

// oneConfiguration reports whether manifests certainly have the same configuration.
func oneConfiguration(images []api.ManifestSummary, indexes []int) bool {
	first := images[indexes[0]]
	config := first.Descriptor.Annotations[annotationOfConfig]
	for _, index := range indexes {
		same := config != "" && images[index].Descriptor.Annotations[annotationOfConfig] == config
		if !same && images[index].ID != first.ID {
			return false
		}
	}
	return true
}

// runs reports whether an inspection is of a platform's architecture and variant. An index often has a variant that the
// configuration leaves out.
func runs(found *inspection, platform image.Platform) bool {
	if found.Os != platform.OS || found.Architecture != platform.Architecture {
		return false
	}
	return found.Variant == "" || platform.Variant == nil || found.Variant == *platform.Variant
}

// mayBeOf reports whether an inspection may be of one of several platforms of an index.
func mayBeOf(found *inspection, platform image.Platform) bool {
	return runs(found, platform) && (found.OsVersion == "" || platform.OSVersion == nil ||
		sameVersion(found.OsVersion, *platform.OSVersion))
}

// sameVersion reports whether two versions agree as far as both are written.
func sameVersion(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".")
}

func textOf(pointer *string) string {
	if pointer == nil {
		return ""
	}
	return *pointer
}
