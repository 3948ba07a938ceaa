data "demandflow_docker_registries" "in_use" {
  status   = "Active"
  order_by = "name_asc"
}

# Registries that do not block vulnerable images.
output "unguarded" {
  value = [
    for registry in data.demandflow_docker_registries.in_use.registries : registry.name
    if registry.block_vulnerable != true
  ]
}
