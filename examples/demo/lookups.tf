# Read the catalogue after it is written: digests, deployments, counts.

# The images of each registry. Without depends_on, Terraform would read them before it creates the first image.
data "demandflow_docker_images" "of_registry" {
  for_each   = local.registries
  depends_on = [demandflow_docker_image.this]

  registry_id = each.value.id
  order_by    = "name_asc"
}

# Only images with the demo's labels: the tenant can contain other images.
data "demandflow_docker_images" "retired" {
  for_each   = toset(["Deprecated", "Archived"])
  depends_on = [demandflow_docker_image.this]

  status = each.key
  labels = var.labels
}

# All active registries, including those that Terraform does not manage.
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

# Workloads that still run deprecated or archived images.
data "demandflow_docker_image_workloads" "retired" {
  for_each = {
    for key, image in demandflow_docker_image.this : key => image.id
    if contains(["Deprecated", "Archived"], image.status)
  }

  docker_image_id = each.value
}
