# Each entry of images.yaml is one image. Terraform does not manage fields that an entry does not set: users set them in
# DemandFlow's UI.
locals {
  images = yamldecode(file("${path.module}/images.yaml"))
  keys = [
    "registry", "name", "tag", "status", "team", "description", "version", "license", "maintainer", "git_repo", "base_image", "platforms",
    "entrypoint", "cmd", "working_dir", "user", "env", "ports", "volumes",
  ]

  # The image's metadata takes precedence over images.yaml. The team, the status and the labels come only from here.
  facts = {
    for key, image in local.images : key => try(data.demandflow_oci_image.live[key].catalogue, {
      description     = image.description
      version         = try(image.version, null)
      license         = try(image.license, null)
      maintainer      = try(image.maintainer, null)
      git_repo        = try(image.git_repo, null)
      base_image      = try(image.base_image, null)
      architecture    = image.platforms
      build_platforms = null
      entrypoint      = try(image.entrypoint, null)
      cmd             = try(image.cmd, null)
      working_dir     = try(image.working_dir, null)
      user            = try(image.user, null)
      env             = try(jsonencode(image.env), null)
      exposed_ports   = try(jsonencode(image.ports), null)
      volumes         = try(image.volumes, null)
    })
  }
}

resource "demandflow_docker_image" "this" {
  for_each = local.images

  name        = each.value.name
  tag         = each.value.tag
  registry_id = local.registries[each.value.registry].id
  status      = try(each.value.status, "Active")

  description  = local.facts[each.key].description
  version      = local.facts[each.key].version
  license      = local.facts[each.key].license
  maintainer   = local.facts[each.key].maintainer
  git_repo     = local.facts[each.key].git_repo
  base_image   = local.facts[each.key].base_image
  os           = "linux"
  architecture = local.facts[each.key].architecture

  build_platforms = local.facts[each.key].build_platforms
  entrypoint      = local.facts[each.key].entrypoint
  cmd             = local.facts[each.key].cmd
  working_dir     = local.facts[each.key].working_dir
  user            = local.facts[each.key].user
  env             = local.facts[each.key].env
  exposed_ports   = local.facts[each.key].exposed_ports
  volumes         = local.facts[each.key].volumes
  labels          = jsonencode(merge(var.labels, { team = each.value.team }))

  lifecycle {
    # Without this check, the functions above would ignore a misspelt key.
    precondition {
      condition     = length(setsubtract(keys(each.value), local.keys)) == 0
      error_message = "images.yaml: ${each.key} has ${join(", ", setsubtract(keys(each.value), local.keys))}, which nothing reads. An image takes ${join(", ", local.keys)}."
    }
  }

  # Only images of the mirror were reviewed.
  trusted_registry  = each.value.registry == "harbor"
  compliance_status = each.value.registry == "harbor" ? "Compliant" : "Unknown"
}
