# Terraform does not manage a group of settings that is not set. It manages a group that is set, even to {}, with the defaults in
# settings.tf, except for settings that are null.

variable "auth" {
  description = "Who may use the registry, and how DemandFlow signs in: enabled, type, username, identity_provider, ldap_server, oauth_endpoint, service_account, credentials_expiry, default_permissions, anonymous_access, access_policies, allowed_users, blocked_users."
  type        = any
  default     = null

  validation {
    condition     = var.auth == null ? true : try(length(setsubtract(keys(var.auth), local.settings.auth)) == 0, false)
    error_message = "auth ${try("has no ${join(", ", setsubtract(keys(var.auth), local.settings.auth))}", "is not an object")}. It takes ${join(", ", local.settings.auth)}."
  }
  validation {
    condition     = length(setintersection(try(toset(var.auth.allowed_users), []), try(toset(var.auth.blocked_users), []))) == 0
    error_message = "These users are both allowed and blocked: ${join(", ", setintersection(try(toset(var.auth.allowed_users), []), try(toset(var.auth.blocked_users), [])))}. Take them out of one of the two."
  }
}

variable "scanning" {
  description = "How images are scanned for vulnerabilities: enabled, scanner, on_push, block (whether vulnerable images cannot be pulled), block_from (the severity)."
  type        = any
  default     = null

  validation {
    condition     = var.scanning == null ? true : try(length(setsubtract(keys(var.scanning), local.settings.scanning)) == 0, false)
    error_message = "scanning ${try("has no ${join(", ", setsubtract(keys(var.scanning), local.settings.scanning))}", "is not an object")}. It takes ${join(", ", local.settings.scanning)}."
  }
}

variable "retention" {
  description = "Which images the registry keeps: enabled, days, count, delete_untagged, schedule, dry_run (true: cleanup only reports), policy (JSON)."
  type        = any
  default     = null

  validation {
    condition     = var.retention == null ? true : try(length(setsubtract(keys(var.retention), local.settings.retention)) == 0, false)
    error_message = "retention ${try("has no ${join(", ", setsubtract(keys(var.retention), local.settings.retention))}", "is not an object")}. It takes ${join(", ", local.settings.retention)}."
  }
  validation {
    condition     = var.retention == null || try(var.retention.enabled, true) == false || try(var.retention.days, null) != null || try(var.retention.count, null) != null || try(var.retention.policy, null) != null
    error_message = "retention does not say what is kept: give days, count or both, or a policy."
  }
  validation {
    condition     = alltrue([for kept in [try(var.retention.days, null), try(var.retention.count, null)] : kept == null ? true : try(kept >= 1 && floor(kept) == kept, false)])
    error_message = "retention keeps a whole number of days and of tags, at least 1."
  }
}

variable "replication" {
  description = "Where images are replicated to: enabled, targets, mode, schedule, filter, rules (JSON), status."
  type        = any
  default     = null

  validation {
    condition     = var.replication == null ? true : try(length(setsubtract(keys(var.replication), local.settings.replication)) == 0, false)
    error_message = "replication ${try("has no ${join(", ", setsubtract(keys(var.replication), local.settings.replication))}", "is not an object")}. It takes ${join(", ", local.settings.replication)}."
  }
  validation {
    condition     = var.replication == null || try(var.replication.enabled, true) == false || try(length(var.replication.targets), 0) > 0 || try(var.replication.rules, null) != null
    error_message = "replication has no targets: name a registry, give rules, or leave replication out."
  }
}

variable "webhooks" {
  description = "What the registry calls: endpoints (URLs by their names), events, auth."
  type        = any
  default     = null

  validation {
    condition     = var.webhooks == null ? true : try(length(setsubtract(keys(var.webhooks), local.settings.webhooks)) == 0, false)
    error_message = "webhooks ${try("has no ${join(", ", setsubtract(keys(var.webhooks), local.settings.webhooks))}", "is not an object")}. It takes ${join(", ", local.settings.webhooks)}."
  }
  validation {
    condition     = var.webhooks == null || try(length(keys(var.webhooks.endpoints)), 0) > 0
    error_message = "webhooks has no endpoints: give one as name = \"https://…\", or leave webhooks out."
  }
  validation {
    condition     = alltrue([for url in try(values(var.webhooks.endpoints), []) : can(regex("^https://[^/@\\s?#]+(/[^\\s?#]*)?$", url))])
    error_message = "Webhooks carry what happens in the registry, so they go over https, and a user or a query in their address would be shown in plans: mend ${join(", ", [for name in try(keys(var.webhooks.endpoints), []) : name if !can(regex("^https://[^/@\\s?#]+(/[^\\s?#]*)?$", var.webhooks.endpoints[name]))])}."
  }
}

variable "trust" {
  description = "Whether only signed images are served: enabled, notary_url, trusted_signers."
  type        = any
  default     = null

  validation {
    condition     = var.trust == null ? true : try(length(setsubtract(keys(var.trust), local.settings.trust)) == 0, false)
    error_message = "trust ${try("has no ${join(", ", setsubtract(keys(var.trust), local.settings.trust))}", "is not an object")}. It takes ${join(", ", local.settings.trust)}."
  }
}

variable "storage" {
  description = "Where images are stored: backend, limit (GB), encrypted (at rest)."
  type        = any
  default     = null

  validation {
    condition     = var.storage == null ? true : try(length(setsubtract(keys(var.storage), local.settings.storage)) == 0, false)
    error_message = "storage ${try("has no ${join(", ", setsubtract(keys(var.storage), local.settings.storage))}", "is not an object")}. It takes ${join(", ", local.settings.storage)}."
  }
}

variable "quota" {
  description = "How much storage in GB a user and a project may take: user, project."
  type        = map(number)
  default     = null

  validation {
    condition     = var.quota == null ? true : length(setsubtract(keys(var.quota), local.settings.quota)) == 0
    error_message = "quota has no ${join(", ", setsubtract(try(keys(var.quota), []), local.settings.quota))}. It takes ${join(", ", local.settings.quota)}."
  }
}

variable "integrations" {
  description = "What uses the registry: cicd (CI/CD systems) and kubernetes (clusters), by the tenant's labels."
  type        = map(set(string))
  default     = null

  validation {
    condition     = var.integrations == null ? true : length(setsubtract(keys(var.integrations), local.settings.integrations)) == 0
    error_message = "integrations has no ${join(", ", setsubtract(try(keys(var.integrations), []), local.settings.integrations))}. It takes ${join(", ", local.settings.integrations)}."
  }
}

variable "api" {
  description = "The registry's API: endpoint, version, rate_limit (requests an hour)."
  type        = any
  default     = null

  validation {
    condition     = var.api == null ? true : try(length(setsubtract(keys(var.api), local.settings.api)) == 0, false)
    error_message = "api ${try("has no ${join(", ", setsubtract(keys(var.api), local.settings.api))}", "is not an object")}. It takes ${join(", ", local.settings.api)}."
  }
}
