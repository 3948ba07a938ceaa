output "ids" {
  description = "The ids of the entries in DemandFlow, by the keys of the images."
  value       = { for key, image in demandflow_docker_image.this : key => image.id }
}

output "full_image_names" {
  description = "registry/namespace/name:tag, by the keys of the images."
  value       = { for key, image in demandflow_docker_image.this : key => image.full_image_name }
}

output "digests" {
  description = "The digests that were written, else those that DemandFlow found, by the keys of the images; null where there is none."
  value       = local.digests
}

output "pinned_references" {
  description = "What to pull, registry/namespace/name@sha256:…, by the keys of the images; null where no digest is known."
  value = {
    for key, parsed in local.parsed : key =>
    parsed.digest != null ? provider::demandflow::pin_image_reference(parsed.repository, parsed.digest) : demandflow_docker_image.this[key].pinned_reference
  }
}

output "other_digests" {
  description = "Where DemandFlow has another digest than was written: its digests, by the keys of the images. The tag was moved, or one of the two digests is of one platform."
  value = {
    for key, image in demandflow_docker_image.this : key => image.digest if local.parsed[key].digest != null && image.digest != null && local.parsed[key].digest != image.digest
  }
}
