package catalogue_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// finds checks the names that a query prints, in their order.
type finds []string

func (want finds) CheckQuery(_ context.Context, req querycheck.CheckQueryRequest, resp *querycheck.CheckQueryResponse) {
	var found []string
	for _, result := range req.Query {
		found = append(found, result.DisplayName)
		if result.Identity["subscription_id"] != emulator.DefaultSubscription {
			resp.Error = fmt.Errorf("%s has the identity %v", result.DisplayName, result.Identity)
		}
	}
	if !slices.Equal(found, want) {
		resp.Error = fmt.Errorf("found %q, want %q", found, []string(want))
	}
}

func query(hcl string, want ...string) resource.TestStep {
	return resource.TestStep{Query: true, Config: hcl, QueryResultChecks: []querycheck.QueryResultCheck{finds(want)}}
}

// The images of the catalogue by name, as it is most telling.
const (
	apiInProd    = "registry.example.com/team/api:1.0"
	apiInStaging = "staging.example.com/team/api:1.0"
	webAlone     = "web:2.1"
	webInProd    = "registry.example.com/team/web:2.2-rc1"
)

func TestList_filtersOrdersAndLimitsAsThePluralDataSource(t *testing.T) {
	t.Parallel()
	images := func(arguments, config string) string {
		return "list \"demandflow_docker_image\" \"these\" {\n  provider = demandflow\n" + arguments + "\n" + config + "\n}\n"
	}
	for name, test := range map[string]struct {
		hcl  string
		want []string
	}{
		"all, the oldest first": {images("", ""), []string{apiInProd, apiInStaging, webAlone, webInProd}},
		"with the resources": {images("include_resource = true", ""), []string{apiInProd, apiInStaging, webAlone,
			webInProd}},
		"an enum by label":     {images("", `config { status = "active" }`), []string{apiInProd, webAlone}},
		"an expression":        {images("", `config { name_regex = "^w" }`), []string{webAlone, webInProd}},
		"a value among others": {images("", `config { architecture = "arm64" }`), []string{apiInProd}},
		"labels":               {images("", `config { labels = { team = "b" } }`), []string{apiInStaging}},
		"by registry":          {images("", `config { registry_id = "`+prodID+`" }`), []string{apiInProd, webInProd}},
		"the other way round": {images("", `config { order_by = "name_desc" }`), []string{webAlone, webInProd,
			apiInProd, apiInStaging}},
		"at most three":                {images("limit = 3", ""), []string{apiInProd, apiInStaging, webAlone}},
		"none, which is an answer too": {images("", `config { name_regex = "^x" }`), nil},
		"registries": {`list "demandflow_docker_registry" "these" {
  provider = demandflow
}`, []string{"prod", "staging"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := catalogue(t, emulator.Options{})
			tenant.RunWith(t, providertest.ListResources, query(test.hcl, test.want...))
		})
	}
}

func TestList_saysWhatIsWrongWithAFilter(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	tenant.EditField(entity.DockerImage.Code, "status", options("1", "In Betrieb"))
	for config, says := range map[string]string{
		`name_regex = "("`:     `(?s)Invalid name_regex.*is\s+not\s+a\s+regular\s+expression`,
		`status = "Active"`:    `(?s)Invalid status.*is\s+not\s+a\s+valid\s+option`,
		`order_by = "weather"`: `(?s)order_by.*weather`,
	} {
		step := query("list \"demandflow_docker_image\" \"these\" {\n  provider = demandflow\n  config { " + config +
			" }\n}\n")
		step.ExpectError = regexp.MustCompile(says)
		tenant.RunWith(t, providertest.ListResources, step)
	}
}

// lists checks the attributes of the one resource that a query finds.
type lists map[string]any

func (want lists) CheckQuery(_ context.Context, req querycheck.CheckQueryRequest, resp *querycheck.CheckQueryResponse) {
	for _, result := range req.Query {
		for name, value := range want {
			if found := result.ResourceObject[name]; found != value {
				resp.Error = errors.Join(resp.Error, fmt.Errorf("%s of %s is %v, want %v", name, result.DisplayName, found, value))
			}
		}
	}
	if len(req.Query) != 1 {
		resp.Error = fmt.Errorf("found %d, want one", len(req.Query))
	}
}

// What people typed into the form, and what an administrator took away, would make a plan of generated configuration
// fail; texts that happen to be JSON would be written in another way.
func TestList_leavesOutWhatAPlanWouldRefuseOrChange(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	_, err := tenant.Seed(map[string]any{
		"entity": entity.DockerImage.Code, "name": "odd", "tag": "1.0", "status": "1",
		"labels": "not JSON", "lastBuildStatus": "4", "license": "MIT", "maintainer": "team", "cmd": `["nginx", "-g"]`,
		"entrypoint": `["/start","<now>"]`, "shell": `["/bin/sh"]`,
	})
	if err != nil {
		t.Fatal(err)
	}
	tenant.EditField(entity.DockerImage.Code, "license", nil)
	tenant.EditField(entity.DockerImage.Code, "lastBuildStatus", options("1", "Success"))
	tenant.RunWith(t, providertest.ListResources, resource.TestStep{
		Query: true,
		Config: `list "demandflow_docker_image" "odd" {
  provider         = demandflow
  include_resource = true
}`,
		QueryResultChecks: []querycheck.QueryResultCheck{lists{
			"labels": nil, "last_build_status": nil, "license": nil, "maintainer": "team", "name": "odd", "status": "Active",
			"custom_fields": nil,
			"cmd":           nil, "entrypoint": nil, "shell": `["/bin/sh"]`,
		}},
	})
}

func TestList_hasNoSecrets(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	_, err := tenant.Seed(map[string]any{
		"entity": entity.DockerRegistry.Code, "name": "hub", "url": "docker.io", "registryType": "1", "status": "1",
		"username": "robot", "password": "made-up", "token": "made-up",
	})
	if err != nil {
		t.Fatal(err)
	}
	tenant.RunWith(t, providertest.ListResources, resource.TestStep{
		Query: true,
		Config: `list "demandflow_docker_registry" "hub" {
  provider         = demandflow
  include_resource = true
}`,
		QueryResultChecks: []querycheck.QueryResultCheck{lists{"username": "robot", "password": nil, "token": nil}},
	})
}

// Without the resources a list of ids does not need eighty fields of each.
func TestList_readsNoMoreThanItShows(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	tenant.RunWith(t, providertest.ListResources, query(`list "demandflow_docker_image" "these" {
  provider = demandflow
}`, apiInProd, apiInStaging, webAlone, webInProd))
	lists := 0
	for _, request := range tenant.Requests() {
		if regexp.MustCompile(`^/v1/entities/DOCKERIMAGE/`).MatchString(request.Path) {
			lists++
			if fields := request.Query.Get("fields"); fields == "" || regexp.MustCompile(`\bdescription\b`).MatchString(fields) {
				t.Errorf("the list asks for the fields %q", fields)
			}
		}
	}
	if lists != 1 {
		t.Errorf("%d lists, want one", lists)
	}
}
