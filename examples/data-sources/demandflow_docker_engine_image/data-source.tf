# The image in the local Docker Engine, without a request to the registry.
data "demandflow_docker_engine_image" "frontend" {
  name    = "registry.example.com/web/frontend:1.4.2"
  include = ["history"]
}

output "built" {
  value = {
    image = data.demandflow_docker_engine_image.frontend.config_digest
    at    = data.demandflow_docker_engine_image.frontend.created_at
    steps = data.demandflow_docker_engine_image.frontend.platforms[0].history[*].created_by
  }
}
