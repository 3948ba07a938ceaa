# What the policies make of a registry, and that leaving one out leaves it alone.

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
      for argument in ["auth_enabled", "scanning_enabled", "gc_enabled", "replication_enabled", "webhooks", "allowed_users"] :
      demandflow_docker_registry.this[argument] == null
    ])
    error_message = "A policy is set that nobody asked for."
  }
  assert {
    condition     = demandflow_docker_registry.this.status == "Active"
    error_message = "The registry is not in use."
  }
  assert {
    condition     = output.host == "harbor.example.com" && output.prefix == "harbor.example.com" && length(output.policies) == 0
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

run "a_policy_that_is_empty_has_the_defaults" {
  variables {
    policies = { auth = {}, scanning = {}, retention = { count = 20 } }
  }

  assert {
    condition     = demandflow_docker_registry.this.auth_enabled && demandflow_docker_registry.this.default_permissions == "Read Only"
    error_message = "Authentication is off, or lets everybody write."
  }
  assert {
    condition     = demandflow_docker_registry.this.scan_on_push && demandflow_docker_registry.this.severity_threshold == "Critical"
    error_message = "A push starts no scan, or what it finds blocks nothing."
  }
  assert {
    condition     = demandflow_docker_registry.this.gc_schedule == "0 3 * * 0" && demandflow_docker_registry.this.retention_days == null
    error_message = "The retention is not by count, weekly."
  }
  assert {
    condition     = output.policies == toset(["auth", "retention", "scanning"])
    error_message = "Other policies than the three are said to be Terraform's: ${join(", ", output.policies)}."
  }
  assert {
    condition     = output.id != "" && output.name == "Platform Harbor" && output.url == "https://harbor.example.com"
    error_message = "The outputs do not say which registry it is."
  }
}

run "every_policy_and_every_secret" {
  variables {
    namespace = "platform"
    policies = {
      auth        = { type = "Basic Auth", username = "robot", allowed_users = ["ci"], blocked_users = ["guest"] }
      scanning    = { scanner = "Clair", block = false }
      retention   = { days = 90, dry_run = true }
      replication = { targets = ["eu-mirror", "us-mirror"], filter = "web/**" }
      webhooks    = { endpoints = { inventory = "https://inventory.example.com/hooks/harbor" }, events = ["push"] }
    }
    secrets         = { password = "made-up password", token = "made-up token", webhook = "made-up key" }
    secret_versions = { password = 1, token = 1, webhook = 1 }
  }

  assert {
    condition = alltrue([
      for argument, value in {
        auth_enabled        = true, auth_type = "Basic Auth", username = "robot", default_permissions = "Read Only", anonymous_access = false
        scanning_enabled    = true, scanner = "Clair", scan_on_push = true, block_vulnerable = false, severity_threshold = "Critical"
        gc_enabled          = true, gc_schedule = "0 3 * * 0", retention_days = 90, delete_untagged = true, dry_run = true
        replication_enabled = true, replication_mode = "Push", replication_schedule = "@daily", replication_filter = "web/**"
        webhook_auth        = "HMAC", password_wo_version = 1, token_wo_version = 1, webhook_secret_wo_version = 1
        status              = "Active", namespace = "platform"
      } : demandflow_docker_registry.this[argument] == value
    ])
    error_message = "An argument of a policy has another value than was given, or another default."
  }
  assert {
    condition = alltrue([
      for argument, value in {
        allowed_users = ["ci"], blocked_users = ["guest"], replication_targets = ["eu-mirror", "us-mirror"], webhook_events = ["push"]
      } : demandflow_docker_registry.this[argument] == toset(value)
    ])
    error_message = "The users, targets or events are others."
  }
  assert {
    condition     = jsondecode(demandflow_docker_registry.this.webhooks) == [{ name = "inventory", url = "https://inventory.example.com/hooks/harbor" }]
    error_message = "The webhooks are ${demandflow_docker_registry.this.webhooks}."
  }
  assert {
    condition     = demandflow_docker_registry.this.password == null && demandflow_docker_registry.this.token == null && demandflow_docker_registry.this.webhook_secret == null
    error_message = "A secret is in the state."
  }
  assert {
    condition     = output.namespace == "platform" && output.prefix == "harbor.example.com/platform"
    error_message = "The prefix is ${output.prefix}."
  }
}

# What Terraform had set is cleared; what people set meanwhile would stay.
run "a_policy_that_goes_is_cleared" {
  variables {
    policies = { auth = {} }
  }

  assert {
    condition     = demandflow_docker_registry.this.webhooks == null && demandflow_docker_registry.this.retention_days == null && demandflow_docker_registry.this.scanner == null
    error_message = "A policy is still there."
  }
  assert {
    condition     = demandflow_docker_registry.this.webhook_secret_wo_version == null
    error_message = "The secret of the webhooks is still there."
  }
}
