# Fill a catalogue entry from the image's metadata.
data "demandflow_oci_image" "frontend" {
  reference = "registry.example.com/web/frontend:1.4.2"
}

resource "demandflow_docker_image" "frontend" {
  name   = data.demandflow_oci_image.frontend.catalogue.name
  tag    = data.demandflow_oci_image.frontend.catalogue.tag
  status = "Active"

  architecture    = data.demandflow_oci_image.frontend.catalogue.architecture
  build_platforms = data.demandflow_oci_image.frontend.catalogue.build_platforms
  os              = data.demandflow_oci_image.frontend.catalogue.os
  entrypoint      = data.demandflow_oci_image.frontend.catalogue.entrypoint
  cmd             = data.demandflow_oci_image.frontend.catalogue.cmd
  user            = data.demandflow_oci_image.frontend.catalogue.user
  exposed_ports   = data.demandflow_oci_image.frontend.catalogue.exposed_ports
  healthcheck     = data.demandflow_oci_image.frontend.catalogue.healthcheck
  version         = data.demandflow_oci_image.frontend.catalogue.version
  license         = data.demandflow_oci_image.frontend.catalogue.license
}
