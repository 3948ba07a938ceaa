# An image below its registry in the tenant's hierarchy. A destroy keeps it in the catalogue with the status Archived.
resource "demandflow_docker_registry" "legacy" {
  name          = "Legacy registry"
  url           = "legacy.example.com"
  registry_type = "Private Registry"
  status        = "Active"

  deletion_policy = "archive" # sets the status Inactive for a registry
}

resource "demandflow_docker_image" "legacy" {
  name        = "legacy/reports"
  tag         = "0.9.4"
  registry_id = demandflow_docker_registry.legacy.id
  status      = "Deprecated"

  parents         = [{ entity = "DOCKERREGISTRY", id = demandflow_docker_registry.legacy.id }]
  deletion_policy = "archive"

  timeouts = {
    create = "5m"
    delete = "1m"
  }
}
