package main

import (
	"os"
	"testing"
)

func TestLog_isOffOnlyWhereNobodySaidAnythingOfIt(t *testing.T) {
	loggers := []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_DEMANDFLOW"}
	for _, said := range []string{"", "TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_SDK_PROTO"} {
		t.Run(said, func(t *testing.T) {
			for _, name := range append([]string{"TF_LOG", "TF_LOG_CORE", "TF_LOG_PATH", "TF_LOG_PROVIDER", "TF_LOG_SDK_PROTO"}, loggers...) {
				t.Setenv(name, "") // so that it is put back
				_ = os.Unsetenv(name)
			}
			if said != "" {
				t.Setenv(said, "INFO")
			}
			quietUnlessAsked()
			for _, name := range loggers {
				if off := os.Getenv(name) == "off"; off != (said == "") {
					t.Errorf("%s is %q", name, os.Getenv(name))
				}
			}
		})
	}
}
