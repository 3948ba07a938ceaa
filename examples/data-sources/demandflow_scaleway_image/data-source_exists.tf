# Check whether an image with this name exists.
data "demandflow_scaleway_image" "next" {
  namespace     = "web"
  name          = "backend"
  allow_missing = true
}

output "pushed" {
  value = data.demandflow_scaleway_image.next.exists
}
