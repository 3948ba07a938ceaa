# An existing image by id. A destroy deletes the image.
resource "demandflow_scaleway_image" "trial" {
  image_id          = "97acc09a-89cb-4c45-8b75-207be248b202"
  visibility        = "inherit"
  delete_on_destroy = true
}
