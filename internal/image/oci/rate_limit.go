package oci

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A rateLimit is the number of requests that a registry still answers, from headers such as Docker Hub's
// ratelimit-limit: 100;w=21600.
type rateLimit struct {
	limit, remaining int64
	window           time.Duration // 0: unknown
}

// parseRateLimit reads the two headers. It returns false if they are missing or make no sense.
func parseRateLimit(header http.Header) (rateLimit, bool) {
	limit, window, ok := parseQuota(header.Get("RateLimit-Limit"))
	remaining, _, also := parseQuota(header.Get("RateLimit-Remaining"))
	if !ok || !also || limit == 0 || remaining > limit {
		return rateLimit{}, false
	}
	return rateLimit{limit: limit, remaining: remaining, window: window}, true
}

func parseQuota(text string) (int64, time.Duration, bool) {
	number, parameters, _ := strings.Cut(text, ";")
	count, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if err != nil || count < 0 {
		return 0, 0, false
	}
	for parameter := range strings.SplitSeq(parameters, ";") {
		if seconds, found := strings.CutPrefix(strings.TrimSpace(parameter), "w="); found {
			if window, err := strconv.ParseInt(seconds, 10, 32); err == nil && window > 0 {
				return count, time.Duration(window) * time.Second, true
			}
		}
	}
	return count, 0, true
}

// nearlyUsed reports whether a tenth or less is left: enough to finish the run.
func (l rateLimit) nearlyUsed() bool { return l.remaining <= l.limit/10 }

func (l rateLimit) warning(host string, anonymous bool) image.Warning {
	within, advice := "", "Read less often"
	if l.window > 0 {
		within = fmt.Sprintf(" within %d seconds", int64(l.window.Seconds()))
		if l.window%time.Hour == 0 {
			within = fmt.Sprintf(" within %d hours", int64(l.window.Hours()))
		}
	}
	if anonymous {
		advice = "Give credentials, which often have a higher limit, or read less often"
	}
	return image.Warning{
		Summary: "Registry's rate limit is nearly used up",
		Detail: fmt.Sprintf("%s answers %d more of %d requests%s, and then none for a while. %s.",
			host, l.remaining, l.limit, within, advice),
	}
}

// noteLimit keeps the lowest limit of a call.
func (r *reader) noteLimit(header http.Header) {
	seen, ok := parseRateLimit(header)
	if !ok {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.limit == nil || seen.remaining < r.limit.remaining {
		r.limit = &seen
	}
}
