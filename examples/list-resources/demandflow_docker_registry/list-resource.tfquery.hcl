# All registries of the tenant, each with all that the state would have of it.
list "demandflow_docker_registry" "all" {
  provider = demandflow

  limit            = 1000
  include_resource = true
}
