data "demandflow_scaleway_image" "frontend" {
  namespace = "web"
  name      = "frontend"
  tag       = "1.4.2"
}

# The reference by digest, for deployments: it stays the same if the tag moves.
output "frontend" {
  value = data.demandflow_scaleway_image.frontend.pinned_reference
}

output "tags" {
  value = data.demandflow_scaleway_image.frontend.scaleway.tags[*].name
}
