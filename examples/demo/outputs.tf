locals {
  # The images that DemandFlow lists, by full name.
  found = merge([
    for found in data.demandflow_docker_images.of_registry : { for image in found.images : image.full_image_name => image }
  ]...)
}

output "gateway" {
  description = "All that a deployment needs to know of one image."
  value = {
    for name, image in local.found : name => {
      pull      = image.pinned_reference
      platforms = image.architecture
      ports     = jsondecode(image.exposed_ports)
      status    = image.status
    } if image.name == "library/nginx"
  }
}

output "pinned" {
  description = "What a deployment should pull for each name."
  value       = { for name, image in local.found : name => image.pinned_reference }
}

output "images_by_registry" {
  description = "Names and tags, as the catalogue lists them for each registry."
  value = {
    for key, found in data.demandflow_docker_images.of_registry :
    local.registries[key].name => sort([for image in found.images : "${image.name}:${image.tag}"])
  }
}

output "images_by_platform" {
  description = "How many images there are for each CPU architecture."
  value = {
    for platform in distinct(flatten([for image in local.found : image.architecture])) :
    platform => length([for image in local.found : image if contains(image.architecture, platform)])
  }
}

output "images_by_license" {
  description = "Which images to look at when the lawyers ask."
  value = {
    for name, image in local.found : image.license => name...
    if image.license != null
  }
}

output "retired" {
  description = "Deprecated and archived images, why, and what still runs them."
  value = {
    for key, running in data.demandflow_docker_image_workloads.retired : key => {
      image         = running.full_image_name
      status        = demandflow_docker_image.this[key].status
      reason        = demandflow_docker_image.this[key].description
      still_running = [for workload in running.workloads : "${workload.workload_type} ${workload.name}"]
    }
  }
}

output "unguarded_registries" {
  description = "Registries that would let a vulnerable image through."
  value = [
    for registry in data.demandflow_docker_registries.active.registries : registry.name
    if registry.block_vulnerable != true
  ]
}

output "counts" {
  description = "The catalogue in figures."
  value = {
    registries = data.demandflow_docker_registries.active.total_count
    images     = sum([for found in data.demandflow_docker_images.of_registry : found.total_count])
    retired    = sum([for found in data.demandflow_docker_images.retired : found.total_count])
  }
}

output "drift" {
  description = "Where the catalogue and the registry differ."
  value = {
    for key, drift in data.demandflow_docker_image_drift.this : key => concat(
      [for d in drift.differences : "${d.class}: ${d.field}"], [for u in drift.undecided : "undecided: ${u.field}"]
    )
    if !drift.in_sync
  }
}
