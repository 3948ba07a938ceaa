data "demandflow_docker_registry" "hub" {
  name = "Docker Hub"
}

# With or without https://, and whatever its name in DemandFlow is.
data "demandflow_docker_registry" "harbor" {
  url = "harbor.example.com"
}

output "harbor_keeps_images_for_days" {
  value = data.demandflow_docker_registry.harbor.retention_days
}
