# Metadata from the images themselves: platforms, commands, ports, labels, digests. `make demo` starts a registry with all
# images of images.yaml. Without a registry, the values come from images.yaml.
locals {
  # The path of each registry's images in var.live_registry.
  hosts = { hub = "docker.io", quay = "quay.io", ecr = "public.ecr.aws", harbor = "${trimprefix(var.mirror_url, "https://")}/mirror" }
}

data "demandflow_oci_image" "live" {
  for_each = { for key, image in local.images : key => image if var.live_registry != null }

  reference = "${var.live_registry}/${local.hosts[each.value.registry]}/${each.value.name}:${each.value.tag}"
}

# Compare the catalogue with the images that were read above, without further requests to a registry. A data source that
# sends requests belongs inside the check block, where an unreachable registry is a warning.
data "demandflow_docker_image_drift" "this" {
  for_each = data.demandflow_oci_image.live

  docker_image_id = demandflow_docker_image.this[each.key].id
  live            = each.value
  ignore          = ["labels"] # the catalogue's labels are added to the image's own
}

check "catalogue_is_true" {
  assert {
    condition     = alltrue([for drift in data.demandflow_docker_image_drift.this : drift.in_sync])
    error_message = "The catalogue and the registry differ, or cannot be compared: see the output drift."
  }
}
