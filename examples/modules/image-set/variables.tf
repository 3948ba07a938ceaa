variable "registry" {
  description = "The registry of all of the images: the module registry as a whole, or an object with its id in DemandFlow, its host and its namespace."
  type = object({
    id        = string
    host      = string
    namespace = optional(string)
  })
  nullable = false

  validation {
    condition     = can(regex("^([^/]*[.:][^/]*|localhost)$", coalesce(var.registry.host, "-"))) && can(provider::demandflow::parse_image_reference("${coalesce(var.registry.host, "-")}/image"))
    error_message = "${jsonencode(var.registry.host)} is not the host of a registry: write it as in references of images, without a scheme or a path, such as registry.example.com:5000."
  }
  validation {
    condition     = var.registry.id != null && var.registry.id != ""
    error_message = "The registry has no id: give the one that it has in DemandFlow, such as demandflow_docker_registry.harbor.id."
  }
  validation {
    condition     = try(length(var.registry.namespace), 0) == 0 || can(provider::demandflow::parse_image_reference("registry.invalid/${coalesce(var.registry.namespace, "-")}/image"))
    error_message = "${jsonencode(var.registry.namespace)} cannot be part of an image's name: use lower-case letters, digits and the separators . _ - between them, in parts divided by /."
  }
}

# The key is the image's address in Terraform: it should say what the image is for, and stay when name and tag change.
variable "images" {
  description = "The images by keys of your own: references without the registry, as in web/frontend:1.4.2 or web/frontend:1.4.2@sha256:…, and what differs from the defaults."
  type = map(object({
    reference     = string
    status        = optional(string)
    description   = optional(string)
    maintainer    = optional(string)
    license       = optional(string)
    architecture  = optional(set(string))
    labels        = optional(map(string), {}) # besides those of the defaults
    scan          = optional(bool)
    custom_fields = optional(map(string))
  }))
  nullable = false

  validation {
    condition     = alltrue([for image in var.images : try(image.reference, null) != null])
    error_message = "These images have no reference: ${join(", ", [for key, image in var.images : key if try(image.reference, null) == null])}. Give one such as web/frontend:1.4.2, or leave the key out."
  }
  # Where there is none, the other rules have nothing to say.
  validation {
    condition     = alltrue([for image in var.images : try(image.reference, null) == null ? true : can(provider::demandflow::parse_image_reference("registry.invalid/${image.reference}"))])
    error_message = "These are not references of images without a registry, as in web/frontend:1.4.2: ${join(", ", [for key, image in var.images : "${key} (${coalesce(try(image.reference, null), "null")})" if !can(provider::demandflow::parse_image_reference("registry.invalid/${image.reference}"))])}."
  }
  validation {
    # A first part with a dot, a colon or the name localhost is a host.
    condition     = alltrue([for image in var.images : !can(provider::demandflow::parse_image_reference("registry.invalid/${image.reference}")) ? true : !can(regex("^([^/]*[.:][^/]*|localhost)/", image.reference))])
    error_message = "All images are of one registry, so their references are without it: ${join(", ", [for key, image in var.images : "${key} (${coalesce(try(image.reference, null), "null")})" if can(regex("^([^/]*[.:][^/]*|localhost)/", image.reference))])}."
  }
  validation {
    condition     = alltrue([for image in var.images : try(provider::demandflow::parse_image_reference("registry.invalid/${image.reference}").tag, "?") != null])
    error_message = "DemandFlow keeps an image by its name and tag, and these have no tag: ${join(", ", [for key, image in var.images : "${key} (${coalesce(try(image.reference, null), "null")})" if try(provider::demandflow::parse_image_reference("registry.invalid/${image.reference}").tag, "?") == null])}."
  }
  validation {
    # nginx and library/nginx are the same on docker.io.
    condition = length(distinct([
      for key, image in var.images : try(provider::demandflow::normalize_image_reference("${join("/", compact([var.registry.host, var.registry.namespace]))}/${split("@", image.reference)[0]}"), key)
    ])) == length(var.images)
    error_message = "An image is in the set once, whatever its keys, and these are there more than once: ${join(", ", [for reference, keys in {
      for key, image in var.images : try(provider::demandflow::normalize_image_reference("${join("/", compact([var.registry.host, var.registry.namespace]))}/${split("@", image.reference)[0]}"), key) => key...
    } : "${reference} (${join(", ", keys)})" if length(keys) > 1])}."
  }
}

variable "defaults" {
  description = "What holds for all images that do not say otherwise. What nobody says stays with the people in DemandFlow."
  type = object({
    status       = optional(string, "Active")
    maintainer   = optional(string)
    license      = optional(string)
    architecture = optional(set(string))
    labels       = optional(map(string), {})
    scan         = optional(bool)
  })
  default  = {}
  nullable = false
}

variable "require_digests" {
  description = "Whether every reference must have a digest, so that what is deployed is what was looked at."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.require_digests || alltrue([for image in var.images : try(provider::demandflow::image_reference_is_pinned("registry.invalid/${image.reference}"), true)])
    error_message = "These images have no digest, so that they may be others tomorrow: ${join(", ", [for key, image in var.images : "${key} (${coalesce(try(image.reference, null), "null")})" if !try(provider::demandflow::image_reference_is_pinned("registry.invalid/${image.reference}"), true)])}. Write them as web/frontend:1.4.2@sha256:…, or set require_digests = false."
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
