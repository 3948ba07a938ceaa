package main

import (
	"os"
	"strings"
	"testing"
)

func TestLog_isOffOnlyWhereNobodySaidAnythingOfIt(t *testing.T) {
	loggers := []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_DEMANDFLOW"}
	for said, asks := range map[string]bool{
		"": false, "TF_LOG=": false, "TF_LOG=off": false, "TF_LOG_PATH=terraform.log": false,
		"TF_LOG=INFO": true, "TF_LOG_PROVIDER=INFO": true, "TF_LOG_SDK_PROTO=INFO": true,
	} {
		t.Run(said, func(t *testing.T) {
			for _, name := range append([]string{"TF_LOG", "TF_LOG_CORE", "TF_LOG_PATH", "TF_LOG_PROVIDER", "TF_LOG_SDK_PROTO"},
				loggers...) {
				t.Setenv(name, "") // so that it is put back
				_ = os.Unsetenv(name)
			}
			if name, value, given := strings.Cut(said, "="); given {
				t.Setenv(name, value)
			}
			quietUnlessAsked()
			for _, name := range loggers {
				if off := os.Getenv(name) == "off"; off == asks {
					t.Errorf("%s is %q", name, os.Getenv(name))
				}
			}
		})
	}
}
