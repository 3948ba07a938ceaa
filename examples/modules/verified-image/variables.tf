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

# All rules are on by default, built_from and scanned if their variables are set. Settings of a rule are separate variables. The type is a
# map, because an object type would silently drop a misspelt name.
variable "rules" {
  description = "Which rules hold: false turns one off. They are digest_pinned, no_latest, allowed_registry, non_root, healthcheck, signed, and built_from and scanned if these variables are set."
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
  description = "PEM-encoded public keys, by one of which the image must be signed: short for verify = { public_keys = … }."
  type        = list(string)
  default     = []
  nullable    = false
}

# No type, because an object type would silently drop a misspelt name.
variable "verify" {
  description = "Who is trusted to sign the image, as the argument verify of demandflow_oci_image: public_keys, or trusted_roots with identities, or notation, and require."
  type        = any
  default     = null

  validation {
    condition = var.verify == null || try(length(setsubtract(flatten([
      keys(var.verify),
      try([for identity in var.verify.identities : [for name in keys(identity) : "identities.${name}"]], []),
      try([for authority in var.verify.notation : [for name in keys(authority) : "notation.${name}"]], []),
      try([for name in keys(var.verify.require) : "require.${name}"], []),
    ]), local.verify_names)) == 0, false)
    error_message = "verify is not an object, or has a name that it does not take. It takes ${join(", ", local.verify_names)}."
  }
  validation {
    condition     = var.verify == null || length(var.public_keys) == 0
    error_message = "public_keys is short for verify = { public_keys = … }: leave it out, and give its keys in verify."
  }
}

variable "built_from" {
  description = "The repository, and optionally the ref, that verified provenance must name: { repository = \"https://github.com/example/app\", ref = \"refs/heads/main\" }."
  type        = any
  default     = null

  validation {
    condition     = var.built_from == null || try(length(setsubtract(keys(var.built_from), ["repository", "ref"])) == 0 && length(trimspace(var.built_from.repository)) > 0, false)
    error_message = "built_from is not an object with a repository. It takes repository, ref."
  }
}

variable "scanned" {
  description = "What the newest verified scan must fulfil: { max_critical = 0, max_age = \"168h\" }, each of them optional."
  type        = any
  default     = null

  validation {
    condition     = var.scanned == null || try(length(setsubtract(keys(var.scanned), ["max_critical", "max_age"])) == 0, false)
    error_message = "scanned is not an object, or has a name that it does not take. It takes max_critical, max_age."
  }
  validation {
    condition     = try(var.scanned.max_critical, null) == null || try(tonumber(var.scanned.max_critical) >= 0 && floor(var.scanned.max_critical) == tonumber(var.scanned.max_critical), false)
    error_message = "max_critical of scanned is a whole number, at least 0."
  }
  validation {
    condition     = try(var.scanned.max_age, null) == null || try(timecmp(timeadd("2026-01-01T00:00:00Z", var.scanned.max_age), "2026-01-01T00:00:00Z") > 0, false)
    error_message = "max_age of scanned is a duration in hours, minutes or seconds, such as \"168h\" for a week."
  }
}
