locals {
  image = provider::demandflow::parse_image_reference("quay.io/prometheus/prometheus:v3.1.0")
  nginx = provider::demandflow::parse_image_reference("nginx")
}

# Create a catalogue entry from the reference in a deployment.
resource "demandflow_docker_registry" "this" {
  name          = local.image.domain
  url           = local.image.domain
  registry_type = "Quay.io"
  status        = "Active"
}

resource "demandflow_docker_image" "this" {
  name        = local.image.path
  tag         = local.image.tag
  registry_id = demandflow_docker_registry.this.id
  status      = "Active"
}

# Parts that the reference does not contain are null. The canonical form contains the defaults of a pull.
output "tag_is_written" {
  value = local.nginx.tag != null # false
}

output "canonical" {
  value = local.nginx.canonical # docker.io/library/nginx:latest
}

output "familiar" {
  value = local.nginx.familiar # nginx:latest
}

output "repository" {
  value = local.nginx.repository # docker.io/library/nginx
}
