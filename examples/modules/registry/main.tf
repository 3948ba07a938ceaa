# One registry of the catalogue, with those of its policies that are Terraform's. What a policy that is left out would set is null,
# and so stays with the people in DemandFlow.

locals {
  auth        = var.policies.auth
  scanning    = var.policies.scanning
  retention   = var.policies.retention
  replication = var.policies.replication
  webhooks    = var.policies.webhooks

  namespace = try(length(var.namespace), 0) == 0 ? null : var.namespace
  host      = trimsuffix(trimprefix(var.url, "https://"), "/")
}

resource "demandflow_docker_registry" "this" {
  name            = var.name
  url             = var.url
  registry_type   = var.type
  status          = var.status
  description     = var.description
  namespace       = local.namespace
  custom_fields   = var.custom_fields
  deletion_policy = var.deletion_policy

  auth_enabled        = local.auth == null ? null : true
  auth_type           = try(local.auth.type, null)
  username            = try(local.auth.username, null)
  default_permissions = try(local.auth.default_permissions, null)
  anonymous_access    = try(local.auth.anonymous_access, null)
  allowed_users       = try(local.auth.allowed_users, null)
  blocked_users       = try(local.auth.blocked_users, null)
  password_wo         = var.secrets.password
  password_wo_version = var.secret_versions.password
  token_wo            = var.secrets.token
  token_wo_version    = var.secret_versions.token

  scanning_enabled   = local.scanning == null ? null : true
  scanner            = try(local.scanning.scanner, null)
  scan_on_push       = try(local.scanning.on_push, null)
  block_vulnerable   = try(local.scanning.block, null)
  severity_threshold = try(local.scanning.block_from, null)

  gc_enabled      = local.retention == null ? null : true
  gc_schedule     = try(local.retention.schedule, null)
  retention_days  = try(local.retention.days, null)
  retention_count = try(local.retention.count, null)
  delete_untagged = try(local.retention.delete_untagged, null)
  dry_run         = try(local.retention.dry_run, null)

  replication_enabled  = local.replication == null ? null : true
  replication_targets  = try(local.replication.targets, null)
  replication_mode     = try(local.replication.mode, null)
  replication_schedule = try(local.replication.schedule, null)
  replication_filter   = try(local.replication.filter, null)

  webhooks                  = local.webhooks == null ? null : jsonencode([for name, url in local.webhooks.endpoints : { name = name, url = url }])
  webhook_events            = try(local.webhooks.events, null)
  webhook_auth              = try(local.webhooks.auth, null) == null && var.secret_versions.webhook != null ? "HMAC" : try(local.webhooks.auth, null)
  webhook_secret_wo         = var.secrets.webhook
  webhook_secret_wo_version = var.secret_versions.webhook
}
