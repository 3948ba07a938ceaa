# Each rule of the variables, broken once.

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

run "an_address_with_a_path" {
  command = plan
  variables {
    url = "https://harbor.example.com/v2/"
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

run "a_user_allowed_and_blocked" {
  command = plan
  variables {
    policies = { auth = { allowed_users = ["ci", "guest"], blocked_users = ["guest"] } }
  }
  expect_failures = [var.policies]
}

run "a_retention_that_keeps_nothing" {
  command = plan
  variables {
    policies = { retention = {} }
  }
  expect_failures = [var.policies]
}

run "a_retention_of_half_a_day" {
  command = plan
  variables {
    policies = { retention = { days = 0.5, count = 5 } }
  }
  expect_failures = [var.policies]
}

run "a_replication_to_nowhere" {
  command = plan
  variables {
    policies = { replication = { targets = [] } }
  }
  expect_failures = [var.policies]
}

run "webhooks_that_call_nobody" {
  command = plan
  variables {
    policies = { webhooks = { endpoints = {}, auth = "None" } }
  }
  expect_failures = [var.policies]
}

run "webhooks_in_the_clear" {
  command = plan
  variables {
    policies = { webhooks = { endpoints = { inventory = "http://inventory.example.com" }, auth = "None" } }
  }
  expect_failures = [var.policies]
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
