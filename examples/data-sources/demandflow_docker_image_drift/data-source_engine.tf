# The same against what an engine has. Any data source's object will do.
data "demandflow_docker_image" "nginx" {
  full_image_name = "docker.io/library/nginx:1.27.3"
}

data "demandflow_docker_engine_image" "frontend" {
  name = "registry.example.com/web/frontend:1.4.2"
}

data "demandflow_docker_image_drift" "running" {
  docker_image_id = data.demandflow_docker_image.nginx.id
  live            = data.demandflow_docker_engine_image.frontend
}

output "changed" {
  value = [for d in data.demandflow_docker_image_drift.running.differences : d.field if d.class == "config_changed"]
}
