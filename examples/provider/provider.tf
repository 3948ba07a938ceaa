terraform {
  required_providers {
    demandflow = {
      source  = "demandflow/demandflow"
      version = "~> 0.1"
    }
  }
}

# Set the token in the environment variable DEMANDFLOW_TOKEN, to keep it out of files.
provider "demandflow" {
  request_timeout = "30s"
}

resource "demandflow_docker_registry" "quay" {
  name          = "Quay.io"
  url           = "quay.io"
  registry_type = "Quay.io"
  status        = "Active"
}

resource "demandflow_docker_image" "prometheus" {
  name        = "prometheus/prometheus"
  tag         = "v3.1.0"
  registry_id = demandflow_docker_registry.quay.id
  status      = "Active"
}

# quay.io/prometheus/prometheus@sha256:…, for deployments.
output "prometheus" {
  value = demandflow_docker_image.prometheus.pinned_reference
}
