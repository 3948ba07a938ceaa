package tagged

import "testing"

func TestDescriptions_haveCodeWhereTagsHaveQuotes(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"Size of the image's layers.":                       "Size of the image's layers.",
		"The platform, such as 'linux/arm64/v8'.":           "The platform, such as `linux/arm64/v8`.",
		"'NONE', or 'CMD' and its words.":                   "`NONE`, or `CMD` and its words.",
		"Digest ('sha256:…') of Docker's own, not others'.": "Digest (`sha256:…`) of Docker's own, not others'.",
		"'config_digest', 'size' and the source's 'id'.":    "`config_digest`, `size` and the source's `id`.",
	} {
		if got := inMarkdown(given); got != want {
			t.Errorf("%q becomes %q, not %q", given, got, want)
		}
	}
}
