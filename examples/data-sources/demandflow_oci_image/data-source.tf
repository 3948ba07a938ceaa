data "demandflow_oci_image" "frontend" {
  reference = "registry.example.com/web/frontend:1.4.2"
}

# What a deployment should pull: this image and no other, whatever becomes of the tag.
output "frontend" {
  value = data.demandflow_oci_image.frontend.pinned_reference
}

output "platforms" {
  value = data.demandflow_oci_image.frontend.platforms[*].platform
}
