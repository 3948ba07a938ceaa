# Fill a catalogue entry from the cluster's metadata of an image that was imported by this name.
data "demandflow_openshift_image" "frontend" {
  name = "registry.example.com/web/frontend:1.4.2"
}

resource "demandflow_docker_image" "frontend" {
  name   = data.demandflow_openshift_image.frontend.catalogue.name
  tag    = data.demandflow_openshift_image.frontend.catalogue.tag
  status = "Active"

  architecture  = data.demandflow_openshift_image.frontend.catalogue.architecture
  os            = data.demandflow_openshift_image.frontend.catalogue.os
  entrypoint    = data.demandflow_openshift_image.frontend.catalogue.entrypoint
  cmd           = data.demandflow_openshift_image.frontend.catalogue.cmd
  user          = data.demandflow_openshift_image.frontend.catalogue.user
  exposed_ports = data.demandflow_openshift_image.frontend.catalogue.exposed_ports
  version       = data.demandflow_openshift_image.frontend.catalogue.version
}
