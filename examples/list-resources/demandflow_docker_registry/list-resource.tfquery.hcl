# All registries of the tenant, with all attributes.
list "demandflow_docker_registry" "all" {
  provider = demandflow

  limit            = 1000
  include_resource = true
}
