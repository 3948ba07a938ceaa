# What the registry of the tests has. Whoever starts the registry writes registry.json: in it are references of images with their digests, and
# who has signed them.

locals {
  registry = jsondecode(file("${path.module}/registry.json"))
}

output "host" {
  description = "Host of the registry."
  value       = local.registry.host
}

output "images" {
  description = "References of images by what was done with them."
  value       = local.registry.images
}

output "public_key" {
  description = "The key that has signed."
  value       = local.registry.public_key
}

output "another_key" {
  description = "A key that has signed nothing."
  value       = local.registry.another_key
}

output "trusted_root" {
  description = "The root of the Sigstore instance that certified the signers."
  value       = local.registry.trusted_root
}
