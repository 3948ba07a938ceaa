# The images of one registry, one catalogue entry for each key.

locals {
  # Terraform silently drops attributes that an object type does not have, so a misspelt name would be ignored. The variables therefore have
  # the type any, and their names are checked against these.
  settings = {
    registry = ["id", "host", "path", "namespace", "name", "url", "prefix", "policies"] # outputs of the module registry
    images   = ["reference", "status", "description", "maintainer", "license", "architecture", "labels", "scan", "custom_fields"]
    defaults = ["status", "maintainer", "license", "architecture", "labels", "scan"]
  }

  below  = join("/", compact([try(var.registry.path, null), try(var.registry.namespace, null)])) # the registry's path and namespace, before each name
  prefix = join("/", compact([try(var.registry.host, null), local.below]))
  parsed = { for key, image in var.images : key => provider::demandflow::parse_image_reference("${local.prefix}/${image.reference}") }

  defaults = {
    status       = try(var.defaults.status, null) != null ? var.defaults.status : "Active"
    maintainer   = try(var.defaults.maintainer, null)
    license      = try(var.defaults.license, null)
    architecture = try(var.defaults.architecture, null)
    labels       = try(var.defaults.labels, null)
    scan         = try(var.defaults.scan, null)
  }

  # nginx on docker.io is library/nginx. The entry's name does not contain the registry's namespace: DemandFlow adds it.
  names  = { for key, parsed in local.parsed : key => local.below == "" ? parsed.path : trimprefix(parsed.path, "${local.below}/") }
  labels = { for key, image in var.images : key => merge(local.defaults.labels, try(image.labels, null)) }
}

resource "demandflow_docker_image" "this" {
  for_each = var.images

  registry_id     = var.registry.id
  name            = local.names[each.key]
  tag             = local.parsed[each.key].tag
  status          = try(each.value.status, null) != null ? each.value.status : local.defaults.status
  description     = try(each.value.description, null)
  maintainer      = try(each.value.maintainer, null) != null ? each.value.maintainer : local.defaults.maintainer
  license         = try(each.value.license, null) != null ? each.value.license : local.defaults.license
  architecture    = try(each.value.architecture, null) != null ? each.value.architecture : local.defaults.architecture
  labels          = length(local.labels[each.key]) > 0 ? jsonencode(local.labels[each.key]) : null
  scan_enabled    = try(each.value.scan, null) != null ? each.value.scan : local.defaults.scan
  custom_fields   = try(each.value.custom_fields, null)
  deletion_policy = var.deletion_policy
}

locals {
  # A digest in the reference takes precedence over DemandFlow's digest: it is the image that was reviewed.
  digests = { for key, parsed in local.parsed : key => parsed.digest != null ? parsed.digest : demandflow_docker_image.this[key].digest }
}
