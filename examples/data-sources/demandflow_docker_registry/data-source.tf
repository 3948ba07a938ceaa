data "demandflow_docker_registry" "hub" {
  name = "Docker Hub"
}

# Find a registry by URL, with or without https://.
data "demandflow_docker_registry" "harbor" {
  url = "harbor.example.com"
}

output "harbor_keeps_images_for_days" {
  value = data.demandflow_docker_registry.harbor.retention_days
}
