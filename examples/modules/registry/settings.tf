# Terraform silently drops attributes that an object type does not have, so a misspelt setting would be ignored. The groups of settings
# therefore have the type any, and their names are checked against these.
locals {
  settings = {
    auth = [
      "enabled", "type", "username", "identity_provider", "ldap_server", "oauth_endpoint", "service_account", "credentials_expiry",
      "default_permissions", "anonymous_access", "access_policies", "allowed_users", "blocked_users",
    ]
    scanning     = ["enabled", "scanner", "on_push", "block", "block_from"]
    retention    = ["enabled", "days", "count", "delete_untagged", "schedule", "dry_run", "policy"]
    replication  = ["enabled", "targets", "mode", "schedule", "filter", "rules", "status"]
    webhooks     = ["endpoints", "events", "auth"]
    trust        = ["enabled", "notary_url", "trusted_signers"]
    storage      = ["backend", "limit", "encrypted"]
    quota        = ["user", "project"]
    integrations = ["cicd", "kubernetes"]
    api          = ["endpoint", "version", "rate_limit"]
    secrets      = ["password", "token", "webhook", "signing_key"]
    timeouts     = ["create", "read", "update", "delete"]
  }

  # Defaults of a group that is set. No default deletes an image or blocks a pull.
  defaults = {
    auth        = { enabled = true, type = "Token", default_permissions = "Read Only", anonymous_access = false }
    scanning    = { enabled = true, scanner = "Trivy", on_push = true }
    retention   = { enabled = true, schedule = "0 3 * * 0", delete_untagged = false, dry_run = true } # Sundays at 03:00
    replication = { enabled = true, mode = "Push", schedule = "@daily" }
    trust       = { enabled = true }
  }
}
