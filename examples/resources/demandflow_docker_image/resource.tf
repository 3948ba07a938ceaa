resource "demandflow_docker_registry" "hub" {
  name          = "Docker Hub"
  url           = "docker.io"
  registry_type = "Docker Hub"
  status        = "Active"
}

resource "demandflow_docker_image" "nginx" {
  name        = "library/nginx"
  tag         = "1.27.3"
  registry_id = demandflow_docker_registry.hub.id
  status      = "Active"

  description  = "Web server and reverse proxy."
  version      = "1.27.3"
  license      = "BSD-2-Clause"
  git_repo     = "https://github.com/nginx/docker-nginx"
  architecture = ["amd64", "arm64"]
  os           = "linux"

  entrypoint    = "/docker-entrypoint.sh"
  cmd           = "nginx -g 'daemon off;'"
  exposed_ports = jsonencode(["80/tcp"])

  labels = jsonencode({
    team = "web"
    tier = "edge"
  })

  scan_enabled       = true
  trusted_registry   = true
  compliance_status  = "Compliant"
  allowed_namespaces = ["ingress", "web"]
}

output "nginx" {
  value = {
    tagged = demandflow_docker_image.nginx.full_image_name
    pinned = demandflow_docker_image.nginx.pinned_reference
  }
}
