# Violates each validation rule of the variables once.

variables {
  name = "Platform Harbor"
  url  = "harbor.example.com:5000"
  type = "Harbor"
}

run "what_breaks_no_rule_is_planned" {
  command = plan
}

run "a_name_of_spaces" {
  command = plan
  variables {
    name = "  "
  }
  expect_failures = [var.name]
}

run "an_address_with_a_user" {
  command = plan
  variables {
    url = "https://robot:made-up@harbor.example.com"
  }
  expect_failures = [var.url]
}

run "a_namespace_in_capitals" {
  command = plan
  variables {
    namespace = "Platform"
  }
  expect_failures = [var.namespace]
}

run "a_time_out_of_nothing" {
  command = plan
  variables {
    timeouts = { creation = "2m" }
  }
  expect_failures = [var.timeouts]
}

run "a_typo_in_auth" {
  command = plan
  variables {
    auth = { ldap_sever = "ldaps://ldap.example.com" }
  }
  expect_failures = [var.auth]
}

run "a_user_allowed_and_blocked" {
  command = plan
  variables {
    auth = { allowed_users = ["ci", "guest"], blocked_users = ["guest"] }
  }
  expect_failures = [var.auth]
}

run "a_typo_in_scanning" {
  command = plan
  variables {
    scanning = { on_psuh = true }
  }
  expect_failures = [var.scanning]
}

run "a_typo_in_retention" {
  command = plan
  variables {
    retention = { count = 20, delete_untaged = false }
  }
  expect_failures = [var.retention]
}

run "a_retention_that_keeps_nothing" {
  command = plan
  variables {
    retention = {}
  }
  expect_failures = [var.retention]
}

run "a_retention_of_half_a_day" {
  command = plan
  variables {
    retention = { days = 0.5, count = 5 }
  }
  expect_failures = [var.retention]
}

run "a_typo_in_replication" {
  command = plan
  variables {
    replication = { targets = ["eu-mirror"], mod = "Pull" }
  }
  expect_failures = [var.replication]
}

run "a_replication_to_nowhere" {
  command = plan
  variables {
    replication = { targets = [] }
  }
  expect_failures = [var.replication]
}

run "a_typo_in_webhooks" {
  command = plan
  variables {
    webhooks = { endpoints = { inventory = "https://inventory.example.com" }, event = ["push"] }
  }
  expect_failures = [var.webhooks]
}

run "webhooks_that_call_nobody" {
  command = plan
  variables {
    webhooks = { endpoints = {}, auth = "None" }
  }
  expect_failures = [var.webhooks]
}

run "webhooks_in_the_clear" {
  command = plan
  variables {
    webhooks = { endpoints = { inventory = "http://inventory.example.com" }, auth = "None" }
  }
  expect_failures = [var.webhooks]
}

run "a_typo_in_trust" {
  command = plan
  variables {
    trust = { signers = ["release"] }
  }
  expect_failures = [var.trust]
}

run "a_typo_in_storage" {
  command = plan
  variables {
    storage = { limits = 500 }
  }
  expect_failures = [var.storage]
}

run "a_typo_in_quota" {
  command = plan
  variables {
    quota = { users = 5 }
  }
  expect_failures = [var.quota]
}

run "a_typo_in_integrations" {
  command = plan
  variables {
    integrations = { k8s = ["prod"] }
  }
  expect_failures = [var.integrations]
}

run "a_typo_in_api" {
  command = plan
  variables {
    api = { url = "https://harbor.example.com/api" }
  }
  expect_failures = [var.api]
}

run "a_secret_without_a_version" {
  command = plan
  variables {
    secrets = { token = "made-up token" }
  }
  expect_failures = [var.secret_versions]
}

run "a_secret_for_webhooks_that_are_not_there" {
  command = plan
  variables {
    secrets         = { webhook = "made-up key" }
    secret_versions = { webhook = 1 }
  }
  expect_failures = [var.secret_versions]
}

run "half_a_version" {
  command = plan
  variables {
    secrets         = { token = "made-up token" }
    secret_versions = { token = 1.5 }
  }
  expect_failures = [var.secret_versions]
}

run "a_version_of_a_secret_that_is_none" {
  command = plan
  variables {
    secret_versions = { pasword = 1 }
  }
  expect_failures = [var.secret_versions]
}

run "a_secret_that_is_none" {
  command = plan
  variables {
    secrets = { pasword = "made-up" }
  }
  expect_failures = [var.secrets]
}

run "an_empty_secret" {
  command = plan
  variables {
    secrets         = { token = "" }
    secret_versions = { token = 1 }
  }
  expect_failures = [var.secrets]
}

run "a_policy_of_deletion_that_is_none" {
  command = plan
  variables {
    deletion_policy = "forget"
  }
  expect_failures = [var.deletion_policy]
}
