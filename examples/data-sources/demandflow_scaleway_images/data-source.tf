# All images of two regions, by name.
data "demandflow_scaleway_images" "all" {
  regions  = ["fr-par", "nl-ams"]
  order_by = "name_asc"
}

# Images that everyone can pull.
output "public" {
  value = [
    for image in data.demandflow_scaleway_images.all.images : image.scaleway.repository
    if image.scaleway.public
  ]
}
