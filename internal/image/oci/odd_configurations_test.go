package oci

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// A value that is malformed hides no other one, and is named.
func TestImage_isReadWithoutWhatItsConfigurationHasWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ config, unread string }{
		"no creation time":            {`"created":""`, "created"},
		"a creation time of year 1":   {`"created":"0001-01-01T00:00:00Z"`, ""},
		"a creation time of its own":  {`"created":"2024-02-03 04:05:06 +0000 UTC"`, "created"},
		"a creation time in seconds":  {`"created":1700000000`, "created"},
		"no configuration":            {`"config":null`, ""},
		"a list as a configuration":   {`"config":[]`, "config"},
		"a variable without a value":  {`"config":{"Env":["PATH","=x","A=b=c",""]}`, ""},
		"variables that are none":     {`"config":{"Env":null,"Labels":null,"ExposedPorts":null,"Volumes":null}`, ""},
		"variables as an object":      {`"config":{"Env":{"A":"b"}}`, "config.Env"},
		"odd ports":                   {`"config":{"ExposedPorts":{"80":{},"53/UDP":null,"8000-8010/tcp":"x"}}`, ""},
		"ports as a list":             {`"config":{"ExposedPorts":["80"]}`, "config.ExposedPorts"},
		"a label with a number":       {`"config":{"Labels":{"a":1,"b":true,"c":null,"d":"x"}}`, "config.Labels.a config.Labels.b"},
		"labels as a list":            {`"config":{"Labels":["a=b"]}`, "config.Labels"},
		"a command as a text":         {`"config":{"Cmd":"sleep 1","Entrypoint":"/bin/sh","Shell":"/bin/sh"}`, ""},
		"a command with null":         {`"config":{"Cmd":[null,"x"],"Entrypoint":null}`, ""},
		"a command with numbers":      {`"config":{"Cmd":["sleep",1]}`, "config.Cmd"},
		"a number as a user":          {`"config":{"User":1000}`, "config.User"},
		"an odd health check":         {`"config":{"Healthcheck":{"Test":["NONE"],"Interval":-1,"Retries":"3"}}`, "config.Healthcheck.Retries"},
		"a health check as a string":  {`"config":{"Healthcheck":{"Test":"curl x"}}`, "config.Healthcheck.Test"},
		"volumes as a list":           {`"config":{"Volumes":["/data"]}`, "config.Volumes"},
		"build steps as a text":       {`"config":{"OnBuild":"RUN x"}`, "config.OnBuild"},
		"more history than layers":    {`"history":[{"created_by":"a"},{"created_by":"b"},{}]`, ""},
		"history that is null":        {`"history":null`, ""},
		"history that is none":        {`"history":[null,{"created":"then"}]`, "history"},
		"more digests than layers":    {`"rootfs":{"type":"layers","diff_ids":["a","b","c"]}`, ""},
		"a file system of its own":    {`"rootfs":null`, ""},
		"digests as a text":           {`"rootfs":{"type":"layers","diff_ids":"a"}`, "rootfs.diff_ids"},
		"a platform in other letters": {`"os":"Linux","architecture":"X86_64"`, ""},
		"a version of Windows":        {`"os.version":10,"os.features":"win32k"`, "os.features os.version"},
		"a stop signal as a number":   {`"config":{"StopSignal":15}`, "config.StopSignal"},
		"a time-out as a string":      {`"config":{"StopTimeout":"10"}`, ""},
		"an author as a list":         {`"author":["a"]`, "author"},
		"docker's own fields":         {`"container_config":1,"docker_version":2,"id":3`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			merged := map[string]json.RawMessage{}
			for _, part := range []string{plainConfig, "{" + test.config + "}"} {
				if err := json.Unmarshal([]byte(part), &merged); err != nil {
					t.Fatal(err)
				}
			}
			whole, _ := json.Marshal(merged)
			o := startOdd(t, string(whole), nil)
			warn, warnings := collect()
			got, err := o.client(t).Image(t.Context(), o.host+"/app:1", Options{Include: []string{IncludeConfig,
				IncludeLayers, IncludeHistory}, Warn: warn})
			if err != nil || got.Catalogue == nil || !slices.Equal(names(got), []string{"linux/amd64"}) {
				t.Fatalf("%v, %+v", err, got)
			}
			if strings.Join(got.Unread, " ") != test.unread || !slices.Equal(got.Unread, got.Platforms[0].Unread) {
				t.Errorf("unread are %q, want %q", got.Unread, test.unread)
			}
			said := ""
			for _, name := range got.Unread {
				said += name + ", "
			}
			if len(*warnings) != min(1, len(got.Unread)) || len(*warnings) > 0 &&
				!strings.Contains((*warnings)[0].Detail, strings.TrimSuffix(said, ", ")+". They are left out") {
				t.Errorf("warnings %v", *warnings)
			}
		})
	}
}

// Docker before 1.0 wrote commands as texts, and later versions read such a text as one word.
func TestImage_commandMayBeAText(t *testing.T) {
	t.Parallel()
	for config, want := range map[string][2]string{
		`{"Cmd":"run it","Entrypoint":"/bin/x","Shell":"/bin/ash"}`: {`["/bin/x"]`, `["run it"]`},
		`{"Cmd":"","Entrypoint":""}`:                                {"(null)", "(null)"},
		`{"Cmd":[null,"a"],"Entrypoint":[]}`:                        {"(null)", `["","a"]`},
		`{"cmd":"a","entrypoint":["b"]}`:                            {`["b"]`, `["a"]`},
	} {
		o := startOdd(t, `{"os":"linux","architecture":"amd64","config":`+config+`}`, nil)
		got, err := o.client(t).Image(t.Context(), o.host+"/app:1", Options{Include: []string{IncludeConfig}})
		if err != nil {
			t.Fatal(err)
		}
		if have := [2]string{text(got.Catalogue.Entrypoint), text(got.Catalogue.Cmd)}; have != want || got.Unread != nil {
			t.Errorf("%s: %q, unread %q, want %q", config, have, got.Unread, want)
		}
	}
}
