# Facts from where the images really are: platforms, commands, ports, labels, digests. `make demo` starts a registry of its own
# that has all of images.yaml. Without one, what stands in images.yaml has to do.
locals {
  # Where each registry's images are in var.live_registry.
  hosts = { hub = "docker.io", quay = "quay.io", ecr = "public.ecr.aws", harbor = "${trimprefix(var.mirror_url, "https://")}/mirror" }
}

data "demandflow_oci_image" "live" {
  for_each = { for key, image in local.images : key => image if var.live_registry != null }

  reference = "${var.live_registry}/${local.hosts[each.value.registry]}/${each.value.name}:${each.value.tag}"
}

# Does the catalogue still say what is true? What was read above is compared, so that no registry is asked here. A data source that reads one
# itself belongs inside the check block, where a registry that cannot be reached is a warning.
data "demandflow_docker_image_drift" "this" {
  for_each = data.demandflow_oci_image.live

  docker_image_id = demandflow_docker_image.this[each.key].id
  live            = each.value
  ignore          = ["labels"] # ours are beside the images' own
}

check "catalogue_is_true" {
  assert {
    condition     = alltrue([for drift in data.demandflow_docker_image_drift.this : drift.in_sync])
    error_message = "The catalogue and the registry differ, or cannot be compared: see the output drift."
  }
}
