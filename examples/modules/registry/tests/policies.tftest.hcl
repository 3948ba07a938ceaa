# The fields that the settings write, and that a group that is not set writes none.

variables {
  name = "Platform Harbor"
  url  = "https://harbor.example.com"
  type = "Harbor"

  secrets = {} # an engine's test forgets the default of what is ephemeral
}

run "a_registry_alone_sets_no_policy" {
  command = plan

  assert {
    condition = alltrue([
      for argument in [
        "auth_enabled", "scanning_enabled", "gc_enabled", "replication_enabled", "webhooks", "webhook_auth", "allowed_users", "content_trust",
        "storage_backend", "user_quota", "k8s_integration", "api_endpoint", "public_access",
      ] : demandflow_docker_registry.this[argument] == null
    ])
    error_message = "A policy is set that nobody asked for."
  }
  assert {
    condition     = demandflow_docker_registry.this.status == "Active"
    error_message = "The registry is not in use."
  }
  assert {
    condition     = output.host == "harbor.example.com" && output.path == null && output.prefix == "harbor.example.com" && length(output.policies) == 0
    error_message = "The outputs are of another registry: ${output.host}, ${output.prefix}."
  }
}

run "a_namespace_that_is_empty_is_none" {
  command = plan
  variables {
    namespace = ""
  }

  assert {
    condition     = demandflow_docker_registry.this.namespace == null && output.namespace == null && output.prefix == "harbor.example.com"
    error_message = "The prefix is ${output.prefix}."
  }
}

run "an_address_with_a_path" {
  command = plan
  variables {
    url       = "https://artifactory.example.com:8443/docker/local/"
    namespace = "platform"
  }

  assert {
    condition     = demandflow_docker_registry.this.url == "https://artifactory.example.com:8443/docker/local/"
    error_message = "The address is ${demandflow_docker_registry.this.url}."
  }
  assert {
    condition     = output.host == "artifactory.example.com:8443" && output.path == "docker/local" && output.prefix == "artifactory.example.com:8443/docker/local/platform"
    error_message = "The prefix is ${output.prefix}."
  }
}

run "what_is_empty_has_the_defaults" {
  variables {
    auth        = {}
    scanning    = {}
    retention   = { count = 20 }
    replication = { targets = ["eu-mirror"] }
    trust       = {}
  }

  assert {
    condition     = demandflow_docker_registry.this.auth_enabled && demandflow_docker_registry.this.default_permissions == "Read Only"
    error_message = "Authentication is off, or lets everybody write."
  }
  assert {
    condition     = demandflow_docker_registry.this.scanning_enabled && demandflow_docker_registry.this.scan_on_push && demandflow_docker_registry.this.scanner == "Trivy"
    error_message = "A push starts no scan."
  }
  assert {
    condition     = demandflow_docker_registry.this.gc_schedule == "0 3 * * 0" && demandflow_docker_registry.this.retention_days == null
    error_message = "The retention is not by count, weekly."
  }
  assert {
    condition     = demandflow_docker_registry.this.replication_mode == "Push" && demandflow_docker_registry.this.content_trust
    error_message = "Images are not pushed to the target, or need no signature."
  }
  assert {
    condition     = output.policies == toset(["auth", "replication", "retention", "scanning", "trust"])
    error_message = "Other policies than the five are said to be Terraform's: ${join(", ", output.policies)}."
  }
  assert {
    condition     = output.id != "" && output.name == "Platform Harbor" && output.url == "https://harbor.example.com"
    error_message = "The outputs do not say which registry it is."
  }
}

# No default deletes an image or blocks a pull.
run "no_default_destroys" {
  command = plan
  variables {
    retention = { count = 20 }
    scanning  = {}
  }

  assert {
    condition     = demandflow_docker_registry.this.delete_untagged == false && demandflow_docker_registry.this.dry_run == true
    error_message = "A cleanup deletes images though nobody said so."
  }
  assert {
    condition     = demandflow_docker_registry.this.block_vulnerable == null && demandflow_docker_registry.this.severity_threshold == null
    error_message = "Images cannot be pulled any more though nobody said so."
  }
}

run "what_is_turned_off_has_no_defaults" {
  command = plan
  variables {
    auth        = { enabled = false }
    scanning    = { enabled = false }
    retention   = { enabled = false }
    replication = { enabled = false }
    trust       = { enabled = false }
  }

  assert {
    condition = alltrue([
      for argument in ["auth_enabled", "scanning_enabled", "gc_enabled", "replication_enabled", "content_trust"] : demandflow_docker_registry.this[argument] == false
    ])
    error_message = "A policy is on."
  }
  assert {
    condition = alltrue([
      for argument in ["auth_type", "scanner", "gc_schedule", "dry_run", "replication_mode"] : demandflow_docker_registry.this[argument] == null
    ])
    error_message = "A policy that is off has settings."
  }
}

run "what_is_null_stays_with_the_people" {
  command = plan
  variables {
    auth      = { type = null, username = null }
    retention = { count = 20, dry_run = null }
  }

  assert {
    condition     = demandflow_docker_registry.this.auth_enabled && demandflow_docker_registry.this.auth_type == null && demandflow_docker_registry.this.dry_run == null
    error_message = "A field is set that nobody asked for."
  }
}

run "every_setting_and_every_secret" {
  variables {
    namespace     = "platform"
    description   = "Made up."
    public_access = false
    https_enabled = true
    proxy_enabled = false
    timeouts      = { create = "2m" }
    auth = {
      type            = "Basic Auth", username = "robot", identity_provider = "Keycloak", ldap_server = "ldaps://ldap.example.com"
      oauth_endpoint  = "https://login.example.com", service_account = "puller", credentials_expiry = "2030-01-31T12:00:00Z"
      access_policies = jsonencode({ push = ["ci"] }), allowed_users = ["ci"], blocked_users = ["guest"]
    }
    scanning     = { scanner = "Clair", block = true, block_from = "High" }
    retention    = { days = 90, count = 5, delete_untagged = true, dry_run = false, policy = jsonencode({ keep = [] }) }
    replication  = { targets = ["eu-mirror", "us-mirror"], filter = "web/**", rules = jsonencode([]), status = "Pending" }
    webhooks     = { endpoints = { inventory = "https://inventory.example.com/hooks/harbor" }, events = ["push"] }
    trust        = { notary_url = "https://notary.example.com", trusted_signers = ["release"] }
    storage      = { backend = "S3", limit = 500, encrypted = true }
    quota        = { user = 5, project = 50 }
    integrations = { cicd = ["jenkins"], kubernetes = ["prod"] }
    api          = { endpoint = "https://harbor.example.com/api", version = "v2", rate_limit = 1000 }

    secrets         = { password = "made-up password", token = "made-up token", webhook = "made-up key", signing_key = "made-up signing" }
    secret_versions = { password = 1, token = 1, webhook = 1, signing_key = 1 }
  }

  assert {
    condition = alltrue([
      for argument, value in {
        status              = "Active", namespace = "platform", description = "Made up.", public_access = false, https_enabled = true, proxy_enabled = false
        auth_enabled        = true, auth_type = "Basic Auth", username = "robot", default_permissions = "Read Only", anonymous_access = false
        identity_provider   = "Keycloak", ldap_server = "ldaps://ldap.example.com", oauth_endpoint = "https://login.example.com"
        service_account     = "puller", credentials_expiry = "2030-01-31T12:00:00Z", access_policies = jsonencode({ push = ["ci"] })
        scanning_enabled    = true, scanner = "Clair", scan_on_push = true, block_vulnerable = true, severity_threshold = "High"
        gc_enabled          = true, gc_schedule = "0 3 * * 0", retention_days = 90, retention_count = 5, delete_untagged = true, dry_run = false
        retention_policy    = jsonencode({ keep = [] }), replication_rules = jsonencode([])
        replication_enabled = true, replication_mode = "Push", replication_schedule = "@daily", replication_filter = "web/**", replication_status = "Pending"
        webhook_auth        = "HMAC", content_trust = true, notary_url = "https://notary.example.com"
        storage_backend     = "S3", storage_limit = 500, encryption_enabled = true, user_quota = 5, project_quota = 50
        api_endpoint        = "https://harbor.example.com/api", api_version = "v2", api_rate_limit = 1000
        password_wo_version = 1, token_wo_version = 1, webhook_secret_wo_version = 1, signing_key_wo_version = 1
      } : demandflow_docker_registry.this[argument] == value
    ])
    error_message = "An argument has another value than was given, or another default."
  }
  assert {
    condition = alltrue([
      for argument, value in {
        allowed_users   = ["ci"], blocked_users = ["guest"], replication_targets = ["eu-mirror", "us-mirror"], webhook_events = ["push"]
        trusted_signers = ["release"], cicd_integration = ["jenkins"], k8s_integration = ["prod"]
      } : demandflow_docker_registry.this[argument] == toset(value)
    ])
    error_message = "The users, targets, events, signers or integrations are others."
  }
  assert {
    condition     = jsondecode(demandflow_docker_registry.this.webhooks) == [{ name = "inventory", url = "https://inventory.example.com/hooks/harbor" }]
    error_message = "The webhooks are ${demandflow_docker_registry.this.webhooks}."
  }
  assert {
    condition = alltrue([
      for argument in ["password", "token", "webhook_secret", "signing_key"] : demandflow_docker_registry.this[argument] == null
    ])
    error_message = "A secret is in the state."
  }
  assert {
    condition     = output.namespace == "platform" && output.prefix == "harbor.example.com/platform"
    error_message = "The prefix is ${output.prefix}."
  }
}

# Fields that Terraform set are cleared; fields that users set stay.
run "what_goes_is_cleared" {
  variables {
    auth = {}
  }

  assert {
    condition = alltrue([
      for argument in ["webhooks", "retention_days", "scanner", "content_trust", "storage_backend", "webhook_secret_wo_version", "signing_key_wo_version"] :
      demandflow_docker_registry.this[argument] == null
    ])
    error_message = "A policy is still there."
  }
}
