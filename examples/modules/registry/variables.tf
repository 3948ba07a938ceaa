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
  description = "Where the registry is: its host with a port if it has one, with or without https://."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(https://)?[0-9A-Za-z.-]+(:[0-9]+)?/?$", var.url))
    error_message = "The address of a registry is its host alone, as in registry.example.com:5000 or https://registry.example.com: without a path, a user or a scheme other than https."
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

# A policy that is left out stays with the people in DemandFlow. One that is there, if only as {}, is Terraform's, with what follows
# as defaults.
variable "policies" {
  description = "The policies that are Terraform's: auth, scanning, retention, replication and webhooks, each with defaults."
  type = object({
    auth = optional(object({
      type                = optional(string, "Token")
      username            = optional(string)
      default_permissions = optional(string, "Read Only")
      anonymous_access    = optional(bool, false)
      allowed_users       = optional(set(string))
      blocked_users       = optional(set(string))
    }))
    scanning = optional(object({
      scanner    = optional(string, "Trivy")
      on_push    = optional(bool, true)
      block      = optional(bool, true)
      block_from = optional(string, "Critical") # the severity
    }))
    retention = optional(object({
      days            = optional(number)
      count           = optional(number)
      delete_untagged = optional(bool, true)
      schedule        = optional(string, "0 3 * * 0") # Sundays at three
      dry_run         = optional(bool, false)
    }))
    replication = optional(object({
      targets  = set(string)
      mode     = optional(string, "Push")
      schedule = optional(string, "@daily")
      filter   = optional(string)
    }))
    webhooks = optional(object({
      endpoints = map(string) # name = URL
      events    = optional(set(string))
      auth      = optional(string) # HMAC where there is a secret to sign with
    }))
  })
  default  = {}
  nullable = false

  validation {
    condition     = length(setintersection(coalesce(try(var.policies.auth.allowed_users, null), []), coalesce(try(var.policies.auth.blocked_users, null), []))) == 0
    error_message = "These users are both allowed and blocked: ${join(", ", setintersection(coalesce(try(var.policies.auth.allowed_users, null), []), coalesce(try(var.policies.auth.blocked_users, null), [])))}. Take them out of one of the two."
  }
  validation {
    condition     = var.policies.retention == null || try(var.policies.retention.days, null) != null || try(var.policies.retention.count, null) != null
    error_message = "The policy retention does not say what is kept: give days, count or both."
  }
  validation {
    condition     = alltrue([for kept in [try(var.policies.retention.days, null), try(var.policies.retention.count, null)] : kept == null ? true : kept >= 1 && floor(kept) == kept])
    error_message = "The policy retention keeps a whole number of days and of tags, at least 1."
  }
  validation {
    condition     = var.policies.replication == null || try(length(var.policies.replication.targets), 0) > 0
    error_message = "The policy replication has no targets: name a registry, or leave the policy out."
  }
  validation {
    condition     = var.policies.webhooks == null || try(length(var.policies.webhooks.endpoints), 0) > 0
    error_message = "The policy webhooks has no endpoints: give one as name = \"https://…\", or leave the policy out."
  }
  validation {
    condition     = alltrue([for url in values(coalesce(try(var.policies.webhooks.endpoints, null), tomap({}))) : can(regex("^https://[^/@\\s?#]+(/[^\\s?#]*)?$", url))])
    error_message = "Webhooks carry what happens in the registry, so they go over https, and a user or a query in their address would be shown in plans: mend ${join(", ", [for name, url in coalesce(try(var.policies.webhooks.endpoints, null), tomap({})) : name if !can(regex("^https://[^/@\\s?#]+(/[^\\s?#]*)?$", url))])}."
  }
}

# Ephemeral: neither the plan nor the state has them. So Terraform cannot see that one changes, and secret_versions says it.
variable "secrets" {
  description = "What DemandFlow signs in to the registry with (password, token), and what webhooks sign with (webhook)."
  type = object({
    password = optional(string)
    token    = optional(string)
    webhook  = optional(string)
  })
  default   = {}
  nullable  = false
  ephemeral = true
  sensitive = true

  validation {
    condition     = alltrue([for secret in [var.secrets.password, var.secrets.token, var.secrets.webhook] : secret == null ? true : secret != ""])
    error_message = "A secret is empty: leave it out, with its version, if there is none."
  }
}

variable "secret_versions" {
  description = "For each of the secrets a number; another number has the secret sent again."
  type = object({
    password = optional(number)
    token    = optional(number)
    webhook  = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      (var.secret_versions.password == null) == (var.secrets.password == null),
      (var.secret_versions.token == null) == (var.secrets.token == null),
      (var.secret_versions.webhook == null) == (var.secrets.webhook == null),
    ])
    error_message = "The secrets and secret_versions do not match: each secret needs a version, such as password = 1, and no version is without its secret."
  }
  validation {
    condition     = var.secret_versions.webhook == null || var.policies.webhooks != null
    error_message = "There is a secret for webhooks and no policy webhooks: give the policy, or leave the secret out."
  }
  validation {
    condition     = alltrue([for number in [var.secret_versions.password, var.secret_versions.token, var.secret_versions.webhook] : number == null ? true : floor(number) == number])
    error_message = "A version is a whole number, such as password = 2."
  }
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
