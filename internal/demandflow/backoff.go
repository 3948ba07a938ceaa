package demandflow

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// backoff is how long to wait for the next attempt: as long as the answer asks for, else a random part ("full jitter")
// of a bound that doubles, so that a hundred clients that failed together do not come back together. False says that
// the answer asks for more than anybody waits.
func (r *run) backoff(response *http.Response) (time.Duration, bool) {
	if response != nil {
		if wait, ok := retryAfter(response.Header); ok {
			return wait, wait <= maxRetryAfter
		}
	}
	bound := r.client.config.RetryWaitMin
	for i := 1; i < r.count && bound < r.client.config.RetryWaitMax; i++ {
		bound *= 2
	}
	return rand.N(min(bound, r.client.config.RetryWaitMax)), true
}

// retryAfter reads the header in both its forms. A date is taken against the answer's own Date, so that a clock that is
// wrong here does not turn seconds into hours.
func retryAfter(header http.Header) (time.Duration, bool) {
	text := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	now, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(0, at.Sub(now)), true
}
