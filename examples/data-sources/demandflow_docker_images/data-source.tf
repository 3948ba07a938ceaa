# The web team's images for ARM, newest entry first.
data "demandflow_docker_images" "web_on_arm" {
  status       = "Active"
  architecture = "arm64"
  labels       = { team = "web" }
  order_by     = "created_at_desc"
}

output "pinned" {
  value = {
    for image in data.demandflow_docker_images.web_on_arm.images : image.full_image_name => image.pinned_reference
  }
}

# Release candidates that are still in the catalogue.
data "demandflow_docker_images" "candidates" {
  tag_regex = "-rc[0-9]*$"
  limit     = 20
}

output "forgotten" {
  value = "${length(data.demandflow_docker_images.candidates.images)} of ${data.demandflow_docker_images.candidates.total_count}"
}
