# One entry of images.yaml is one image. What an entry leaves out is not set here either, and so stays with the people who
# keep the catalogue in DemandFlow's UI.
locals {
  images = yamldecode(file("${path.module}/images.yaml"))
}

resource "demandflow_docker_image" "this" {
  for_each = local.images

  name        = each.value.name
  tag         = each.value.tag
  registry_id = local.registries[each.value.registry].id
  status      = try(each.value.status, "Active")

  description  = each.value.description
  version      = try(each.value.version, null)
  license      = try(each.value.license, null)
  maintainer   = try(each.value.maintainer, null)
  git_repo     = try(each.value.git_repo, null)
  base_image   = try(each.value.base_image, null)
  os           = "linux"
  architecture = each.value.platforms

  entrypoint    = try(each.value.entrypoint, null)
  cmd           = try(each.value.cmd, null)
  working_dir   = try(each.value.working_dir, null)
  user          = try(each.value.user, null)
  env           = try(jsonencode(each.value.env), null)
  exposed_ports = try(jsonencode(each.value.ports), null)
  volumes       = try(each.value.volumes, null)
  labels        = jsonencode(merge(var.labels, { team = each.value.team }))

  # Only what the mirror holds was looked at by somebody.
  trusted_registry  = each.value.registry == "harbor"
  compliance_status = each.value.registry == "harbor" ? "Compliant" : "Unknown"
}
