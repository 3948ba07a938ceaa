# The images of one registry, one entry of the catalogue for each key.

locals {
  prefix = join("/", compact([var.registry.host, var.registry.namespace]))
  parsed = { for key, image in var.images : key => provider::demandflow::parse_image_reference("${local.prefix}/${image.reference}") }

  # nginx on docker.io is library/nginx there. The namespace is the registry's and not in the entry's name: DemandFlow puts it before that.
  names = {
    for key, parsed in local.parsed : key => var.registry.namespace == null ? parsed.path : trimprefix(parsed.path, "${var.registry.namespace}/")
  }
  labels = { for key, image in var.images : key => merge(var.defaults.labels, image.labels) }
}

resource "demandflow_docker_image" "this" {
  for_each = var.images

  registry_id     = var.registry.id
  name            = local.names[each.key]
  tag             = local.parsed[each.key].tag
  status          = each.value.status != null ? each.value.status : var.defaults.status
  description     = each.value.description
  maintainer      = each.value.maintainer != null ? each.value.maintainer : var.defaults.maintainer
  license         = each.value.license != null ? each.value.license : var.defaults.license
  architecture    = each.value.architecture != null ? each.value.architecture : var.defaults.architecture
  labels          = length(local.labels[each.key]) > 0 ? jsonencode(local.labels[each.key]) : null
  scan_enabled    = each.value.scan != null ? each.value.scan : var.defaults.scan
  custom_fields   = each.value.custom_fields
  deletion_policy = var.deletion_policy
}

locals {
  # What was written goes before what DemandFlow found: who pins an image has looked at that one.
  digests = { for key, parsed in local.parsed : key => parsed.digest != null ? parsed.digest : demandflow_docker_image.this[key].digest }
}
