data "demandflow_oci_image" "frontend" {
  reference = "registry.example.com/web/frontend:1.4.2"
}

# The reference by digest, for deployments: it stays the same if the tag moves.
output "frontend" {
  value = data.demandflow_oci_image.frontend.pinned_reference
}

output "platforms" {
  value = data.demandflow_oci_image.frontend.platforms[*].platform
}
