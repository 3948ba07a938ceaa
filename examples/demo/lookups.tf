# What DemandFlow says of the catalogue once it is written: digests, deployments, counts.

# The images of each registry. Without depends_on they would be read before the first image is there.
data "demandflow_docker_images" "of_registry" {
  for_each   = local.registries
  depends_on = [demandflow_docker_image.this]

  registry_id = each.value.id
  order_by    = "name_asc"
}

# Only those with our labels: the tenant may hold images of other people.
data "demandflow_docker_images" "retired" {
  for_each   = toset(["Deprecated", "Archived"])
  depends_on = [demandflow_docker_image.this]

  status = each.key
  labels = var.labels
}

# Every registry in use, those that somebody else put into the tenant included.
data "demandflow_docker_registries" "active" {
  depends_on = [
    demandflow_docker_registry.hub,
    demandflow_docker_registry.quay,
    demandflow_docker_registry.ecr,
    demandflow_docker_registry.harbor,
  ]

  status   = "Active"
  order_by = "name_asc"
}

# Does anything still run what should be gone?
data "demandflow_docker_image_workloads" "retired" {
  for_each = {
    for key, image in demandflow_docker_image.this : key => image.id
    if contains(["Deprecated", "Archived"], image.status)
  }

  docker_image_id = each.value
}
