# Violates each validation rule of the variables once.
# The test needs no server: mocks stand in for the provider.

mock_provider "demandflow" {}

variables {
  registry = { id = "7d9f2c64-1b0e-4f5a-9a53-0c5d3f6e8b21", host = "harbor.example.com:5000" }
  images   = { frontend = { reference = "web/frontend:1.4.2" } }
}

run "what_breaks_no_rule_is_planned" {
  command = plan
}

run "a_typo_in_the_registry" {
  command = plan
  variables {
    registry = { id = "7d9f2c64-1b0e-4f5a-9a53-0c5d3f6e8b21", host = "harbor.example.com", namspace = "platform" }
  }
  expect_failures = [var.registry]
}

run "a_registry_with_a_scheme" {
  command = plan
  variables {
    registry = { id = "7d9f2c64-1b0e-4f5a-9a53-0c5d3f6e8b21", host = "https://harbor.example.com" }
  }
  expect_failures = [var.registry]
}

run "a_registry_without_an_id" {
  command = plan
  variables {
    registry = { id = "", host = "harbor.example.com" }
  }
  expect_failures = [var.registry]
}

run "a_namespace_in_capitals" {
  command = plan
  variables {
    registry = { id = "7d9f2c64-1b0e-4f5a-9a53-0c5d3f6e8b21", host = "harbor.example.com", namespace = "Platform" }
  }
  expect_failures = [var.registry]
}

run "a_list_of_images" {
  command = plan
  variables {
    images = ["web/frontend:1.4.2"]
  }
  expect_failures = [var.images]
}

run "a_typo_in_an_image" {
  command = plan
  variables {
    images = { frontend = { reference = "web/frontend:1.4.2", lables = { tier = "web" } } }
  }
  expect_failures = [var.images]
}

run "a_typo_in_the_defaults" {
  command = plan
  variables {
    defaults = { maintaner = "Platform team" }
  }
  expect_failures = [var.defaults]
}

run "an_image_that_is_null" {
  command = plan
  variables {
    images = { frontend = null }
  }
  expect_failures = [var.images]
}

run "a_name_in_capitals" {
  command = plan
  variables {
    images = { frontend = { reference = "Web/Frontend:1.4.2" } }
  }
  expect_failures = [var.images]
}

run "a_reference_with_a_registry" {
  command = plan
  variables {
    images = { frontend = { reference = "quay.io/web/frontend:1.4.2" } }
  }
  expect_failures = [var.images]
}

run "a_reference_without_a_tag" {
  command = plan
  variables {
    images = { frontend = { reference = "web/frontend" } }
  }
  expect_failures = [var.images]
}

run "an_image_twice" {
  command = plan
  variables {
    images = { frontend = { reference = "web/frontend:1.4.2" }, web = { reference = "web/frontend:1.4.2" } }
  }
  expect_failures = [var.images]
}

run "a_policy_of_deletion_that_is_none" {
  command = plan
  variables {
    deletion_policy = "forget"
  }
  expect_failures = [var.deletion_policy]
}

run "a_tag_where_digests_are_required" {
  command = plan
  variables {
    require_digests = true
  }
  expect_failures = [var.require_digests]
}
