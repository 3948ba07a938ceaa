resource "demandflow_docker_registry" "it" {
  name                 = "name 1\nsecond line"
  url                  = "https://1.example.com/path"
  registry_type        = "Harbor"
  status               = "Inactive"
  description          = "description 1\nsecond line"
  namespace            = "namespace 1\nsecond line"
  public_access        = true
  https_enabled        = true
  proxy_enabled        = true
  replication_enabled  = true
  storage_backend      = "S3"
  storage_limit        = 1.1
  auth_enabled         = true
  auth_type            = "Token"
  username             = "username 1\nsecond line"
  password             = "password 1\nsecond line"
  token                = "token 1\nsecond line"
  identity_provider    = "identityProvider 1\nsecond line"
  ldap_server          = "ldapServer 1\nsecond line"
  oauth_endpoint       = "https://1.example.com/path"
  service_account      = "serviceAccount 1\nsecond line"
  credentials_expiry   = "2021-05-17T10:30:00Z"
  default_permissions  = "Read/Write"
  anonymous_access     = true
  user_quota           = 1.1
  project_quota        = 1.1
  access_policies      = jsonencode({ b = [1, 2.50, "<&>"], a = { n = 1 } })
  allowed_users        = ["linux/amd64", "entry-1"]
  blocked_users        = ["linux/amd64", "entry-1"]
  scanning_enabled     = true
  scan_on_push         = true
  scanner              = "Trivy"
  block_vulnerable     = true
  severity_threshold   = "High"
  content_trust        = true
  notary_url           = "https://1.example.com/path"
  signing_key          = "signingKey 1\nsecond line"
  trusted_signers      = ["linux/amd64", "entry-1"]
  encryption_enabled   = true
  replication_rules    = jsonencode({ b = [1, 2.50, "<&>"], a = { n = 1 } })
  replication_targets  = ["linux/amd64", "entry-1"]
  replication_schedule = "1 3 * * 0"
  replication_mode     = "Pull"
  replication_filter   = "replicationFilter 1\nsecond line"
  replication_status   = "Failed"
  gc_enabled           = true
  gc_schedule          = "1 3 * * 0"
  retention_days       = 1
  retention_count      = 1
  delete_untagged      = true
  dry_run              = true
  retention_policy     = jsonencode({ b = [1, 2.50, "<&>"], a = { n = 1 } })
  webhooks             = jsonencode({ b = [1, 2.50, "<&>"], a = { n = 1 } })
  webhook_events       = ["linux/amd64", "entry-1"]
  webhook_auth         = "Basic"
  webhook_secret       = "webhookSecret 1\nsecond line"
  cicd_integration     = ["linux/amd64", "entry-1"]
  k8s_integration      = ["linux/amd64", "entry-1"]
  api_endpoint         = "https://1.example.com/path"
  api_version          = "apiVersion 1\nsecond line"
  api_rate_limit       = 1

  deletion_policy = "archive"
  parents         = [{ entity = "K8SCLUSTER", id = "00000000-0000-4000-8000-00000000000a" }]
  timeouts        = { create = "5m" }
}
