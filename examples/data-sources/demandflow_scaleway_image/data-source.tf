data "demandflow_scaleway_image" "frontend" {
  namespace = "web"
  name      = "frontend"
  tag       = "1.4.2"
}

# What a deployment should pull: this image and no other, whatever becomes of the tag.
output "frontend" {
  value = data.demandflow_scaleway_image.frontend.pinned_reference
}

output "tags" {
  value = data.demandflow_scaleway_image.frontend.scaleway.tags[*].name
}
