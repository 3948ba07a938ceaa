variable "name" {
  description = "Name of the registry in DemandFlow; nobody else's registry should have it."
  type        = string
  nullable    = false

  validation {
    condition     = trimspace(var.name) != ""
    error_message = "The registry has no name: give it one by which people find it."
  }
}

variable "url" {
  description = "Where the registry is: its host with a port and a path if it has them, with or without https://."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(https?://)?[0-9A-Za-z.-]+(:[0-9]+)?(/[^\\s?#@]*)?$", var.url))
    error_message = "The address of a registry is its host, with a port and a path if it has them, as in registry.example.com:5000 or https://example.com/registry: without a user, a query or a scheme other than https and http."
  }
}

variable "type" {
  description = "Product that the registry runs on, by the tenant's label: Harbor, Quay.io, Private Registry…"
  type        = string
  nullable    = false
}

variable "status" {
  description = "Whether the registry is in use, by the tenant's label."
  type        = string
  default     = "Active"
  nullable    = false
}

variable "description" {
  description = "What the registry is for; null leaves the field to the people in DemandFlow."
  type        = string
  default     = null
}

variable "namespace" {
  description = "The namespace that all images of the registry are in, if there is one."
  type        = string
  default     = null

  validation {
    condition     = try(length(var.namespace), 0) == 0 || can(provider::demandflow::parse_image_reference("registry.invalid/${coalesce(var.namespace, "-")}/image"))
    error_message = "${jsonencode(var.namespace)} cannot be part of an image's name: use lower-case letters, digits and the separators . _ - between them, in parts divided by /."
  }
}

variable "public_access" {
  description = "Whether the registry is open to the public; null leaves the field to the people in DemandFlow."
  type        = bool
  default     = null
}

variable "https_enabled" {
  description = "Whether the registry is served over HTTPS; null leaves the field to the people in DemandFlow."
  type        = bool
  default     = null
}

variable "proxy_enabled" {
  description = "Whether the registry is a proxy cache; null leaves the field to the people in DemandFlow."
  type        = bool
  default     = null
}

variable "parents" {
  description = "The objects that the registry stands below in the tenant's hierarchy, the top-most first. A change makes a new registry."
  type        = list(object({ entity = string, id = string }))
  default     = null
}

variable "custom_fields" {
  description = "Fields that the tenant has added, by their ids, each as JSON; null leaves them all to the people in DemandFlow."
  type        = map(string)
  default     = null
}

variable "deletion_policy" {
  description = "What a destroy does in DemandFlow: delete (for good), archive or abandon; delete when null."
  type        = string
  default     = null

  validation {
    condition     = contains(["delete", "archive", "abandon"], coalesce(var.deletion_policy, "delete"))
    error_message = "A destroy can delete, archive or abandon: ${jsonencode(var.deletion_policy)} is none of them."
  }
}

variable "timeouts" {
  description = "How long create, read, update and delete may take, such as { create = \"2m\" }."
  type        = map(string)
  default     = null

  validation {
    condition     = var.timeouts == null ? true : length(setsubtract(keys(var.timeouts), local.settings.timeouts)) == 0
    error_message = "timeouts has no ${join(", ", setsubtract(try(keys(var.timeouts), []), local.settings.timeouts))}. It takes ${join(", ", local.settings.timeouts)}."
  }
}
