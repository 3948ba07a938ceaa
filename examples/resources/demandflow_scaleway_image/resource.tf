# The build pushes the image; Terraform sets its visibility.
resource "demandflow_scaleway_image" "frontend" {
  region     = "fr-par"
  namespace  = "web"
  name       = "frontend"
  visibility = "private"
}

output "repository" {
  value = demandflow_scaleway_image.frontend.repository
}
