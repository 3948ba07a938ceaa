# A set of images in a registry of the module registry.

variables {
  defaults = { maintainer = "Platform team", architecture = ["amd64"], labels = { team = "platform" }, scan = true }
  images = {
    frontend = { reference = "web/frontend:1.4.2", labels = { tier = "web" } }
    worker = {
      reference    = "jobs/worker:2.0.0", status = "Deprecated", description = "Sends letters.", maintainer = "Jobs team", license = "MIT"
      architecture = ["arm64"], scan = false
    }
  }
}

run "harbor" {
  module {
    source = "../registry"
  }
  variables {
    name      = "Platform Harbor"
    url       = "https://harbor.example.com"
    type      = "Harbor"
    namespace = "platform"
    secrets   = {} # an engine's test forgets the default of what is ephemeral
  }
}

run "the_entries_have_what_is_written_and_else_the_defaults" {
  variables {
    registry = run.harbor
  }

  assert {
    condition     = demandflow_docker_image.this["frontend"].name == "web/frontend" && demandflow_docker_image.this["frontend"].tag == "1.4.2"
    error_message = "The frontend has another name or tag."
  }
  assert {
    condition = alltrue([
      for argument, value in {
        status = "Deprecated", description = "Sends letters.", maintainer = "Jobs team", license = "MIT", scan_enabled = false
      } : demandflow_docker_image.this["worker"][argument] == value
    ]) && demandflow_docker_image.this["worker"].architecture == toset(["arm64"])
    error_message = "The worker is not as written."
  }
  assert {
    condition = alltrue([
      for argument, value in { status = "Active", maintainer = "Platform team", scan_enabled = true } : demandflow_docker_image.this["frontend"][argument] == value
    ]) && demandflow_docker_image.this["frontend"].architecture == toset(["amd64"])
    error_message = "The frontend has not the defaults."
  }
  assert {
    condition     = jsondecode(demandflow_docker_image.this["frontend"].labels) == { team = "platform", tier = "web" }
    error_message = "The labels are ${demandflow_docker_image.this["frontend"].labels}."
  }
  assert {
    condition     = demandflow_docker_image.this["frontend"].license == null && demandflow_docker_image.this["frontend"].description == null
    error_message = "A field is set that nobody asked for."
  }
  assert {
    condition     = output.full_image_names["frontend"] == "harbor.example.com/platform/web/frontend:1.4.2"
    error_message = "The frontend's full name is ${output.full_image_names["frontend"]}."
  }
  assert {
    condition     = output.pinned_references["worker"] == "harbor.example.com/platform/jobs/worker@${output.digests["worker"]}" && output.digests["worker"] == demandflow_docker_image.this["worker"].digest
    error_message = "The worker is pinned as ${output.pinned_references["worker"]}."
  }
}

run "a_new_tag_is_the_same_entry" {
  variables {
    registry = run.harbor
    images = {
      frontend = { reference = "web/frontend:1.5.0" }
      worker   = { reference = "jobs/worker:2.0.0" }
    }
  }

  assert {
    condition     = demandflow_docker_image.this["frontend"].object_version == 1
    error_message = "Another tag made another entry: this one has ${demandflow_docker_image.this["frontend"].object_version} updates."
  }
  assert {
    condition     = output.full_image_names["frontend"] == "harbor.example.com/platform/web/frontend:1.5.0" && demandflow_docker_image.this["worker"].status == "Active"
    error_message = "The entries are not as written."
  }
}

# The digest and the pinned reference are known without a request to DemandFlow.
run "a_digest_that_is_written_pins_in_the_plan" {
  command = plan
  variables {
    registry        = run.harbor
    require_digests = true
    images          = { frontend = { reference = "web/frontend:1.6.0@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31" } }
  }

  assert {
    condition     = output.pinned_references["frontend"] == "harbor.example.com/platform/web/frontend@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"
    error_message = "The frontend is not pinned."
  }
}

run "another_digest_than_demandflow_has_is_told" {
  variables {
    registry = run.harbor
    images = {
      frontend = { reference = "web/frontend:1.6.0@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31" }
      worker   = { reference = "jobs/worker:2.0.0@${run.a_new_tag_is_the_same_entry.digests["worker"]}" }
    }
  }

  assert {
    condition     = output.other_digests == { frontend = demandflow_docker_image.this["frontend"].digest }
    error_message = "The images with other digests are ${jsonencode(output.other_digests)}."
  }
}

run "short_names_of_docker_hub_are_written_out" {
  command = plan
  variables {
    registry = { id = run.harbor.id, host = "docker.io" }
    images   = { nginx = { reference = "nginx:1.27.3" } }
  }

  assert {
    condition     = demandflow_docker_image.this["nginx"].name == "library/nginx"
    error_message = "The name is ${demandflow_docker_image.this["nginx"].name}."
  }
}

run "a_registry_below_a_path" {
  command = plan
  variables {
    registry = { id = run.harbor.id, host = "artifactory.example.com", path = "docker/local", namespace = "platform" }
    images   = { frontend = { reference = "web/frontend:1.4.2@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31" } }
  }

  assert {
    condition     = demandflow_docker_image.this["frontend"].name == "web/frontend"
    error_message = "The name is ${demandflow_docker_image.this["frontend"].name}."
  }
  assert {
    condition     = startswith(output.pinned_references["frontend"], "artifactory.example.com/docker/local/platform/web/frontend@sha256:")
    error_message = "The frontend is pinned as ${output.pinned_references["frontend"]}."
  }
}

run "an_empty_set_is_a_set" {
  variables {
    registry = run.harbor
    images   = {}
  }

  assert {
    condition     = length(output.ids) == 0 && length(output.pinned_references) == 0
    error_message = "There are images left."
  }
}
