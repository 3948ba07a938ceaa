package engine

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Engines read times differently: some take a time without a zone as local time, and the formats depend on the version.
// So times are parsed here.

var unixSeconds = regexp.MustCompile(`^\d+(\.\d+)?$`)

// CheckUntil returns an error for what is not a time that images must be older than.
func CheckUntil(value string) error {
	_, err := parseUntil(value, time.Now())
	return err
}

// parseUntil reads a time: RFC 3339, seconds since 1970, or a duration before now.
func parseUntil(value string, now time.Time) (time.Time, error) {
	if err := CheckFilter(value); err != nil {
		return time.Time{}, err
	}
	if unixSeconds.MatchString(value) {
		// A duration from 1970 ends in the year 2262.
		since, err := time.ParseDuration(value + "s")
		if err != nil {
			return time.Time{}, fmt.Errorf("%q is not a time in seconds since 1970: it is too large. Write seconds, not "+
				"milliseconds", value)
		}
		return time.Unix(0, 0).UTC().Add(since), nil
	}
	if ago, err := time.ParseDuration(value); err == nil {
		if strings.ContainsAny(value[:1], "+-") {
			return time.Time{}, fmt.Errorf("%q has a sign. Write a duration before now without one, such as 24h", value)
		}
		return now.Add(-ago), nil
	}
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return at, nil
	}
	return time.Time{}, fmt.Errorf("%q is not a time. Write it as RFC 3339 with a zone (2026-01-31T00:00:00Z), as "+
		"seconds since 1970, or as a duration before now in h, m and s (168h)", value)
}

// untilOf parses a filter by time if it is set.
func untilOf(value *string, now time.Time) (*time.Time, error) {
	if value == nil {
		return nil, nil
	}
	until, err := parseUntil(*value, now)
	if err != nil {
		return nil, fmt.Errorf("until: %w", err)
	}
	return &until, nil
}
