variable "registry" {
  description = "The registry of all of the images: the module registry as a whole, or an object with its id in DemandFlow and its host, and its path and namespace if it has them."
  type        = any
  nullable    = false

  validation {
    condition     = try(length(setsubtract(keys(var.registry), local.settings.registry)) == 0, false)
    error_message = "registry ${try("has no ${join(", ", setsubtract(keys(var.registry), local.settings.registry))}", "is not an object")}. It is the module registry, or takes id, host, path, namespace."
  }
  validation {
    condition     = !can(keys(var.registry)) || can(regex("^([^/]*[.:][^/]*|localhost)$", var.registry.host)) && can(provider::demandflow::parse_image_reference("${var.registry.host}/image"))
    error_message = "${try(jsonencode(var.registry.host), "null")} is not the host of a registry: write it as in references of images, without a scheme or a path, such as registry.example.com:5000."
  }
  validation {
    condition     = !can(keys(var.registry)) || try(var.registry.id != null && var.registry.id != "", false)
    error_message = "The registry has no id: give the one that it has in DemandFlow, such as demandflow_docker_registry.harbor.id."
  }
  validation {
    condition     = alltrue([for part in [try(var.registry.path, null), try(var.registry.namespace, null)] : try(length(part), 0) == 0 || can(provider::demandflow::parse_image_reference("registry.invalid/${coalesce(part, "-")}/image"))])
    error_message = "${join(", ", [for part in [try(var.registry.path, null), try(var.registry.namespace, null)] : jsonencode(part) if try(length(part), 0) > 0 && !can(provider::demandflow::parse_image_reference("registry.invalid/${coalesce(part, "-")}/image"))])} cannot be part of an image's name: use lower-case letters, digits and the separators . _ - between them, in parts divided by /."
  }
}

# The key is part of the image's address in Terraform: name it after the image's purpose, and keep it when name and tag change.
variable "images" {
  description = "The images by keys of your own: references without the registry, as in web/frontend:1.4.2 or web/frontend:1.4.2@sha256:…, and what differs from the defaults."
  type        = any
  nullable    = false

  validation {
    condition     = can(keys(var.images)) && alltrue([for image in try(values(var.images), []) : image == null || can(keys(image))])
    error_message = "The images are objects by keys of your own, as in { frontend = { reference = \"web/frontend:1.4.2\" } }."
  }
  validation {
    condition     = alltrue([for image in try(values(var.images), []) : try(length(setsubtract(keys(image), local.settings.images)) == 0, true)])
    error_message = "An image takes ${join(", ", local.settings.images)}, and these have something else: ${join("; ", [for key, image in try({ for key, image in var.images : key => image }, {}) : "${key} (${join(", ", setsubtract(keys(image), local.settings.images))})" if try(length(setsubtract(keys(image), local.settings.images)) > 0, false)])}."
  }
  validation {
    condition     = alltrue([for image in try(values(var.images), []) : try(image.reference, null) != null || image != null && !can(keys(image))])
    error_message = "These images have no reference: ${join(", ", [for key in try(keys(var.images), []) : key if try(var.images[key].reference, null) == null])}. Give one such as web/frontend:1.4.2, or leave the key out."
  }
  # The following rules ignore images without a reference.
  validation {
    condition     = alltrue([for image in try(values(var.images), []) : try(image.reference, null) == null ? true : can(provider::demandflow::parse_image_reference("registry.invalid/${image.reference}"))])
    error_message = "These are not references of images without a registry, as in web/frontend:1.4.2: ${join(", ", [for key in try(keys(var.images), []) : "${key} (${try(coalesce(var.images[key].reference), "null")})" if !can(provider::demandflow::parse_image_reference("registry.invalid/${var.images[key].reference}"))])}."
  }
  validation {
    # A first part with a dot or a colon, or localhost, is a host.
    condition     = alltrue([for image in try(values(var.images), []) : !can(provider::demandflow::parse_image_reference("registry.invalid/${image.reference}")) ? true : !can(regex("^([^/]*[.:][^/]*|localhost)/", image.reference))])
    error_message = "All images are of one registry, so their references are without it: ${join(", ", [for key in try(keys(var.images), []) : "${key} (${var.images[key].reference})" if can(regex("^([^/]*[.:][^/]*|localhost)/", var.images[key].reference))])}."
  }
  validation {
    condition     = alltrue([for image in try(values(var.images), []) : try(provider::demandflow::parse_image_reference("registry.invalid/${image.reference}").tag, "?") != null])
    error_message = "DemandFlow keeps an image by its name and tag, and these have no tag: ${join(", ", [for key in try(keys(var.images), []) : "${key} (${var.images[key].reference})" if try(provider::demandflow::parse_image_reference("registry.invalid/${var.images[key].reference}").tag, "?") == null])}."
  }
  validation {
    # nginx and library/nginx are the same image on docker.io.
    condition = length(distinct([
      for key in try(keys(var.images), []) : try(provider::demandflow::normalize_image_reference("${local.prefix}/${split("@", var.images[key].reference)[0]}"), key)
    ])) == try(length(keys(var.images)), 0)
    error_message = "An image is in the set once, whatever its keys, and these are there more than once: ${join(", ", [for reference, keys in {
      for key in try(keys(var.images), []) : try(provider::demandflow::normalize_image_reference("${local.prefix}/${split("@", var.images[key].reference)[0]}"), key) => key...
    } : "${reference} (${join(", ", keys)})" if length(keys) > 1])}."
  }
}

variable "defaults" {
  description = "What holds for all images that do not say otherwise: status, maintainer, license, architecture, labels, scan. What nobody says stays with the people in DemandFlow."
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = try(length(setsubtract(keys(var.defaults), local.settings.defaults)) == 0, false)
    error_message = "defaults ${try("has no ${join(", ", setsubtract(keys(var.defaults), local.settings.defaults))}", "is not an object")}. It takes ${join(", ", local.settings.defaults)}."
  }
}

variable "require_digests" {
  description = "Whether every reference must have a digest, so that what is deployed is what was looked at."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.require_digests || alltrue([for image in try(values(var.images), []) : try(provider::demandflow::image_reference_is_pinned("registry.invalid/${image.reference}"), true)])
    error_message = "These images have no digest, so that they may be others tomorrow: ${join(", ", [for key in try(keys(var.images), []) : "${key} (${var.images[key].reference})" if !try(provider::demandflow::image_reference_is_pinned("registry.invalid/${var.images[key].reference}"), true)])}. Write them as web/frontend:1.4.2@sha256:…, or set require_digests = false."
  }
}

variable "deletion_policy" {
  description = "What a destroy does to entries in DemandFlow: delete (for good), archive or abandon; delete when null."
  type        = string
  default     = null

  validation {
    condition     = contains(["delete", "archive", "abandon"], coalesce(var.deletion_policy, "delete"))
    error_message = "A destroy can delete, archive or abandon: ${jsonencode(var.deletion_policy)} is none of them."
  }
}
