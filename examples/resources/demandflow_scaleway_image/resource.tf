# Whoever builds it pushes the image; Terraform says who may pull it.
resource "demandflow_scaleway_image" "frontend" {
  region     = "fr-par"
  namespace  = "web"
  name       = "frontend"
  visibility = "private"
}

output "repository" {
  value = demandflow_scaleway_image.frontend.repository
}
