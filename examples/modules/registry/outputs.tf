output "id" {
  description = "The registry's id in DemandFlow, for the registry_id of its images."
  value       = demandflow_docker_registry.this.id
}

output "name" {
  description = "The registry's name."
  value       = demandflow_docker_registry.this.name
}

output "url" {
  description = "The registry's address as it was given."
  value       = demandflow_docker_registry.this.url
}

output "host" {
  description = "The registry's host with its port: what references of its images begin with."
  value       = local.address.host
}

output "path" {
  description = "What stands behind the host in its address; null where nothing does."
  value       = local.address.path
}

output "namespace" {
  description = "The namespace of its images; null without one."
  value       = local.namespace
}

output "prefix" {
  description = "What stands before an image's name in its reference: the host, and the path and the namespace if there are any."
  value       = join("/", compact([local.address.host, local.address.path, local.namespace]))
}

output "policies" {
  description = "Names of the groups of settings that are Terraform's."
  value = toset([
    for name, given in {
      auth  = var.auth, scanning = var.scanning, retention = var.retention, replication = var.replication, webhooks = var.webhooks
      trust = var.trust, storage = var.storage, quota = var.quota, integrations = var.integrations, api = var.api
    } : name if given != null
  ])
}
