# The module without a server: Terraform generates DemandFlow's answers.

mock_provider "demandflow" {}

variables {
  name      = "Platform Harbor"
  url       = "https://harbor.example.com"
  type      = "Harbor"
  namespace = "platform"
  retention = { count = 20 }

  secrets = {} # an engine's test forgets the default of what is ephemeral
}

run "with_mocks" {
  assert {
    condition     = output.id == demandflow_docker_registry.this.id && output.prefix == "harbor.example.com/platform"
    error_message = "The registry's images are below ${output.prefix}."
  }
  assert {
    condition     = demandflow_docker_registry.this.retention_count == 20 && demandflow_docker_registry.this.dry_run
    error_message = "The retention is another one."
  }
}
