# Check whether the image was imported into this cluster.
data "demandflow_openshift_image" "next" {
  name          = "registry.example.com/web/frontend:2.0.0"
  allow_missing = true
}

output "imported" {
  value = data.demandflow_openshift_image.next.exists
}
