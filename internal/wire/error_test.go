package wire_test

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

func TestError_hasWhatFailedAndWhyAndTheAdvice(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]wire.Error{
		"it failed":              {Failed: "it failed"},
		"it failed: no.\nRetry.": {Failed: "it failed", Said: "no.", Advice: "Retry."},
		"it failed: no. Retry":   {Failed: "it failed", Said: "no.", Advice: "Retry", Separator: ". "},
		"it failed: no; retry":   {Failed: "it failed", Said: "no", Advice: "retry", Separator: "; "},
		"it failed: no":          {Failed: "it failed", Said: "no?", Separator: ". "},
	} {
		if got := err.Error(); got != want {
			t.Errorf("%+v is %q, want %q", err, got, want)
		}
	}
	if !errors.Is(&wire.Error{Cause: io.EOF}, io.EOF) {
		t.Error("the cause is not in the chain")
	}
}

func TestWithoutURL_leavesTheCause(t *testing.T) {
	t.Parallel()
	outer := fmt.Errorf("sent: %w", &url.Error{Op: "Get", URL: "https://example.com/?signature=x",
		Err: &url.Error{Op: "Get", URL: "https://example.com/", Err: io.EOF}})
	if got := wire.WithoutURL(outer); got != io.EOF { //nolint:errorlint // the very error is wanted
		t.Errorf("%v", got)
	}
	if !wire.Is[*url.Error](outer) || wire.Is[*wire.Error](outer) {
		t.Error("the types in the chain are not recognized")
	}
}
