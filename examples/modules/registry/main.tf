# One registry of the catalogue with its groups of settings. The arguments of a group that is not set are null, so Terraform does not manage
# these fields.

locals {
  # A group that is turned off needs no defaults.
  auth        = var.auth == null ? null : merge({ for name, value in local.defaults.auth : name => value if try(var.auth.enabled, true) != false }, var.auth)
  scanning    = var.scanning == null ? null : merge({ for name, value in local.defaults.scanning : name => value if try(var.scanning.enabled, true) != false }, var.scanning)
  retention   = var.retention == null ? null : merge({ for name, value in local.defaults.retention : name => value if try(var.retention.enabled, true) != false }, var.retention)
  replication = var.replication == null ? null : merge({ for name, value in local.defaults.replication : name => value if try(var.replication.enabled, true) != false }, var.replication)
  trust       = var.trust == null ? null : merge({ for name, value in local.defaults.trust : name => value if try(var.trust.enabled, true) != false }, var.trust)

  namespace  = try(length(var.namespace), 0) == 0 ? null : var.namespace
  address    = regex("^(?:https?://)?(?P<host>[^/]+)(?:/(?P<path>.*[^/]))?/*$", var.url)
  version_of = { for name in local.settings.secrets : name => lookup(var.secret_versions, name, null) }
}

resource "demandflow_docker_registry" "this" {
  name            = var.name
  url             = var.url
  registry_type   = var.type
  status          = var.status
  description     = var.description
  namespace       = local.namespace
  public_access   = var.public_access
  https_enabled   = var.https_enabled
  proxy_enabled   = var.proxy_enabled
  parents         = var.parents
  custom_fields   = var.custom_fields
  deletion_policy = var.deletion_policy
  timeouts = var.timeouts == null ? null : {
    create = lookup(var.timeouts, "create", null)
    read   = lookup(var.timeouts, "read", null)
    update = lookup(var.timeouts, "update", null)
    delete = lookup(var.timeouts, "delete", null)
  }

  auth_enabled        = try(local.auth.enabled, null)
  auth_type           = try(local.auth.type, null)
  username            = try(local.auth.username, null)
  password_wo         = lookup(var.secrets, "password", null)
  password_wo_version = local.version_of.password
  token_wo            = lookup(var.secrets, "token", null)
  token_wo_version    = local.version_of.token
  identity_provider   = try(local.auth.identity_provider, null)
  ldap_server         = try(local.auth.ldap_server, null)
  oauth_endpoint      = try(local.auth.oauth_endpoint, null)
  service_account     = try(local.auth.service_account, null)
  credentials_expiry  = try(local.auth.credentials_expiry, null)
  default_permissions = try(local.auth.default_permissions, null)
  anonymous_access    = try(local.auth.anonymous_access, null)
  access_policies     = try(local.auth.access_policies, null)
  allowed_users       = try(local.auth.allowed_users, null)
  blocked_users       = try(local.auth.blocked_users, null)

  scanning_enabled   = try(local.scanning.enabled, null)
  scanner            = try(local.scanning.scanner, null)
  scan_on_push       = try(local.scanning.on_push, null)
  block_vulnerable   = try(local.scanning.block, null)
  severity_threshold = try(local.scanning.block_from, null)

  gc_enabled       = try(local.retention.enabled, null)
  gc_schedule      = try(local.retention.schedule, null)
  retention_days   = try(local.retention.days, null)
  retention_count  = try(local.retention.count, null)
  delete_untagged  = try(local.retention.delete_untagged, null)
  dry_run          = try(local.retention.dry_run, null)
  retention_policy = try(local.retention.policy, null)

  replication_enabled  = try(local.replication.enabled, null)
  replication_targets  = try(local.replication.targets, null)
  replication_mode     = try(local.replication.mode, null)
  replication_schedule = try(local.replication.schedule, null)
  replication_filter   = try(local.replication.filter, null)
  replication_rules    = try(local.replication.rules, null)
  replication_status   = try(local.replication.status, null)

  webhooks                  = var.webhooks == null ? null : jsonencode([for name, url in var.webhooks.endpoints : { name = name, url = url }])
  webhook_events            = try(var.webhooks.events, null)
  webhook_auth              = try(var.webhooks.auth, local.version_of.webhook == null ? null : "HMAC")
  webhook_secret_wo         = lookup(var.secrets, "webhook", null)
  webhook_secret_wo_version = local.version_of.webhook

  content_trust          = try(local.trust.enabled, null)
  notary_url             = try(local.trust.notary_url, null)
  trusted_signers        = try(local.trust.trusted_signers, null)
  signing_key_wo         = lookup(var.secrets, "signing_key", null)
  signing_key_wo_version = local.version_of.signing_key

  storage_backend    = try(var.storage.backend, null)
  storage_limit      = try(var.storage.limit, null)
  encryption_enabled = try(var.storage.encrypted, null)
  user_quota         = try(var.quota.user, null)
  project_quota      = try(var.quota.project, null)

  cicd_integration = try(var.integrations.cicd, null)
  k8s_integration  = try(var.integrations.kubernetes, null)
  api_endpoint     = try(var.api.endpoint, null)
  api_version      = try(var.api.version, null)
  api_rate_limit   = try(var.api.rate_limit, null)
}
