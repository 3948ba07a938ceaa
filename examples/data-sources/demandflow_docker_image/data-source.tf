data "demandflow_docker_image" "nginx" {
  full_image_name = "docker.io/library/nginx:1.27.3"
}

# Find an image by name and tag. The registry distinguishes images with the same name.
data "demandflow_docker_registry" "harbor" {
  url = "harbor.example.com"
}

data "demandflow_docker_image" "mirrored" {
  name        = "library/nginx"
  tag         = "1.27.3"
  registry_id = data.demandflow_docker_registry.harbor.id
}

output "deploy" {
  value = data.demandflow_docker_image.mirrored.pinned_reference

  precondition {
    condition     = data.demandflow_docker_image.mirrored.status == "Active"
    error_message = "The catalogue no longer allows this image."
  }
}
