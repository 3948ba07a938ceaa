# The latest patch release of 1.4.
data "demandflow_oci_tags" "frontend" {
  repository = "registry.example.com/web/frontend"
  semver     = "~> 1.4.0"
}

data "demandflow_oci_image" "frontend" {
  reference = "${data.demandflow_oci_tags.frontend.repository}:${data.demandflow_oci_tags.frontend.latest}"
}

output "frontend" {
  value = {
    tag    = data.demandflow_oci_tags.frontend.latest
    digest = data.demandflow_oci_image.frontend.digest
  }
}
