# Ephemeral: neither plan nor state contains the secrets. Terraform cannot detect a changed secret, so change its version in secret_versions.
variable "secrets" {
  description = "What DemandFlow signs in to the registry with (password, token), what webhooks sign with (webhook), and the registry's signing key (signing_key)."
  type        = map(string)
  default     = {}
  nullable    = false
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = length(setsubtract(keys(var.secrets), local.settings.secrets)) == 0
    error_message = "secrets has a name that it does not take. It takes ${join(", ", local.settings.secrets)}."
  }
  validation {
    condition     = alltrue([for secret in values(var.secrets) : secret == null ? true : secret != ""])
    error_message = "A secret is empty: leave it out, with its version, if there is none."
  }
}

variable "secret_versions" {
  description = "For each of the secrets a number; another number has the secret sent again."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.secret_versions), local.settings.secrets)) == 0
    error_message = "secret_versions has no ${join(", ", setsubtract(keys(var.secret_versions), local.settings.secrets))}. It takes ${join(", ", local.settings.secrets)}."
  }
  validation {
    condition     = alltrue([for name in local.settings.secrets : (lookup(var.secret_versions, name, null) == null) == (lookup(var.secrets, name, null) == null)])
    error_message = "The secrets and secret_versions do not match: each secret needs a version, such as password = 1, and no version is without its secret."
  }
  validation {
    condition     = lookup(var.secret_versions, "webhook", null) == null || var.webhooks != null
    error_message = "There is a secret for webhooks and no webhooks: give them, or leave the secret out."
  }
  validation {
    condition     = alltrue([for number in values(var.secret_versions) : number == null ? true : floor(number) == number])
    error_message = "A version is a whole number, such as password = 2."
  }
}
