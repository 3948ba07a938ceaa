# The module without a server: Terraform generates DemandFlow's answers. A mocked id is not a UUID, and a mocked digest is not a digest.

mock_provider "demandflow" {}

variables {
  images = {
    frontend = { reference = "web/frontend:1.4.2@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31" }
    worker   = { reference = "jobs/worker:2.0.0" }
  }
}

run "harbor_with_mocks" {
  module {
    source = "../registry"
  }
  variables {
    name    = "Platform Harbor"
    url     = "https://harbor.example.com"
    type    = "Harbor"
    secrets = {} # an engine's test forgets the default of what is ephemeral
  }
}

run "with_mocks" {
  variables {
    registry = run.harbor_with_mocks
  }

  assert {
    condition     = demandflow_docker_image.this["worker"].registry_id == var.registry.id
    error_message = "The worker is in the registry ${demandflow_docker_image.this["worker"].registry_id}."
  }
  assert {
    condition     = startswith(output.pinned_references["frontend"], "harbor.example.com/web/frontend@sha256:")
    error_message = "The frontend is pinned as ${output.pinned_references["frontend"]}."
  }
  assert {
    condition     = output.pinned_references["worker"] == demandflow_docker_image.this["worker"].pinned_reference
    error_message = "The worker is pinned as ${output.pinned_references["worker"]}."
  }
}
