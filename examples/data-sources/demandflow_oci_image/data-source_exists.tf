# Check whether a tag exists. Reading only the digest costs the fewest requests.
data "demandflow_oci_image" "next" {
  reference     = "registry.example.com/web/frontend:2.0.0"
  include       = []
  allow_missing = true
}

output "released" {
  value = data.demandflow_oci_image.next.exists
}
