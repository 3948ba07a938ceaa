# The rule scanned. The registry of the tests is started by a test of the provider: see tests/registry.

run "the_registry" {
  module {
    source = "./tests/registry"
  }
}

variables {
  rules = { signed = false, allowed_registry = false }
}

# An older scan has found more.
run "few_findings_a_day_ago" {
  command = plan
  variables {
    reference   = run.the_registry.images.scanned
    public_keys = [run.the_registry.public_key]
    scanned     = { max_critical = 1, max_age = "168h" }
  }
}

run "any_findings" {
  command = plan
  variables {
    reference   = run.the_registry.images.scanned
    public_keys = [run.the_registry.public_key]
    scanned     = {}
  }
}

run "too_many_findings" {
  command = plan
  variables {
    reference   = run.the_registry.images.scanned
    public_keys = [run.the_registry.public_key]
    scanned     = { max_critical = 0 }
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "too_old" {
  command = plan
  variables {
    reference   = run.the_registry.images.scanned
    public_keys = [run.the_registry.public_key]
    scanned     = { max_age = "1h" }
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "by_somebody_else" {
  command = plan
  variables {
    reference   = run.the_registry.images.scanned
    public_keys = [run.the_registry.another_key]
    scanned     = { max_critical = 1 }
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "never" {
  command = plan
  variables {
    reference   = run.the_registry.images.signed
    public_keys = [run.the_registry.public_key]
    scanned     = {}
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "unreadably" {
  command = plan
  variables {
    reference   = run.the_registry.images.scanned_unreadably
    public_keys = [run.the_registry.public_key]
    scanned     = {}
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "in_the_future" {
  command = plan
  variables {
    reference   = run.the_registry.images.scanned_in_the_future
    public_keys = [run.the_registry.public_key]
    scanned     = { max_age = "168h" }
  }
  expect_failures = [data.demandflow_oci_image.this]
}

# The index is signed, and lists the statement.
run "for_this_platform" {
  command = plan
  variables {
    reference   = run.the_registry.images.this_platform_attested
    public_keys = [run.the_registry.public_key]
    scanned     = { max_critical = 0 }
  }
}

run "for_another_platform" {
  command = plan
  variables {
    reference   = run.the_registry.images.other_platform_attested
    public_keys = [run.the_registry.public_key]
    scanned     = {}
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "a_name_that_is_misspelt" {
  command = plan
  variables {
    reference = run.the_registry.images.scanned
    scanned   = { max_criticals = 0 }
  }
  expect_failures = [var.scanned]
}

run "a_part_of_a_finding" {
  command = plan
  variables {
    reference = run.the_registry.images.scanned
    scanned   = { max_critical = 0.5 }
  }
  expect_failures = [var.scanned]
}

run "an_age_in_days" {
  command = plan
  variables {
    reference = run.the_registry.images.scanned
    scanned   = { max_age = "7d" }
  }
  expect_failures = [var.scanned]
}

run "the_rule_without_its_variable" {
  command = plan
  variables {
    reference   = run.the_registry.images.scanned
    public_keys = [run.the_registry.public_key]
    rules       = { signed = false, allowed_registry = false, scanned = true }
  }
  expect_failures = [data.demandflow_oci_image.this]
}
