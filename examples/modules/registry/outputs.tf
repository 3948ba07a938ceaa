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
  value       = local.host
}

output "namespace" {
  description = "The namespace of its images; null without one."
  value       = local.namespace
}

output "prefix" {
  description = "What stands before an image's name in its reference: the host, and the namespace if there is one."
  value       = join("/", compact([local.host, local.namespace]))
}

output "policies" {
  description = "Names of the policies that are Terraform's."
  value       = toset([for name, policy in var.policies : name if policy != null])
}
