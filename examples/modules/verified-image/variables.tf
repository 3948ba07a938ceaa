variable "reference" {
  description = "The image: registry.example.com/namespace/name, with a tag or a digest or both."
  type        = string
  nullable    = false

  validation {
    condition     = can(provider::demandflow::parse_image_reference(var.reference))
    error_message = "\"${var.reference}\" is no reference of an image: write it as docker pull takes it, without a scheme, such as registry.example.com/web/frontend:1.4.2."
  }
}

variable "platform" {
  description = "The platform whose configuration is looked at, such as linux/arm64; linux/amd64 when null."
  type        = string
  default     = null
}

# All rules are on by default. Settings of a rule are separate variables. The type is a map, because an object type would silently drop a
# misspelt name.
variable "rules" {
  description = "Which rules hold: false turns one off. They are digest_pinned, no_latest, allowed_registry, non_root, healthcheck and signed."
  type        = map(bool)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.rules), keys(local.all_rules))) == 0
    error_message = "There is no rule ${join(", ", setsubtract(keys(var.rules), keys(local.all_rules)))}. The rules are ${join(", ", keys(local.all_rules))}."
  }
}

variable "allowed_registries" {
  description = "Hosts of the registries that an image may come from, with their ports where they have one."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "public_keys" {
  description = "PEM-encoded public keys, by one of which the image must be signed."
  type        = list(string)
  default     = []
  nullable    = false
}
