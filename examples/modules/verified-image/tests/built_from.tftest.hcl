# The rule built_from. The registry of the tests is started by a test of the provider: see tests/registry.

run "the_registry" {
  module {
    source = "./tests/registry"
  }
}

variables {
  rules = { signed = false, allowed_registry = false }
}

run "the_repository" {
  command = plan
  variables {
    reference   = run.the_registry.images.built
    public_keys = [run.the_registry.public_key]
    built_from  = { repository = "https://github.com/example/frontend" }
  }
}

run "the_repository_as_git_and_slsa_write_it" {
  command = plan
  variables {
    reference   = run.the_registry.images.built
    public_keys = [run.the_registry.public_key]
    built_from  = { repository = "git+https://github.com/example/frontend.git", ref = "refs/heads/main" }
  }
}

run "another_repository" {
  command = plan
  variables {
    reference   = run.the_registry.images.built
    public_keys = [run.the_registry.public_key]
    built_from  = { repository = "https://github.com/example/front" }
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "another_ref" {
  command = plan
  variables {
    reference   = run.the_registry.images.built
    public_keys = [run.the_registry.public_key]
    built_from  = { repository = "https://github.com/example/frontend", ref = "refs/heads/release" }
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "provenance_of_somebody_else" {
  command = plan
  variables {
    reference   = run.the_registry.images.built
    public_keys = [run.the_registry.another_key]
    built_from  = { repository = "https://github.com/example/frontend" }
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "no_provenance" {
  command = plan
  variables {
    reference   = run.the_registry.images.signed
    public_keys = [run.the_registry.public_key]
    built_from  = { repository = "https://github.com/example/frontend" }
  }
  expect_failures = [data.demandflow_oci_image.this]
}

# The index is signed, and lists the statement.
run "provenance_of_this_platform" {
  command = plan
  variables {
    reference   = run.the_registry.images.this_platform_attested
    public_keys = [run.the_registry.public_key]
    built_from  = { repository = "https://github.com/example/frontend" }
  }
}

run "provenance_of_another_platform" {
  command = plan
  variables {
    reference   = run.the_registry.images.other_platform_attested
    public_keys = [run.the_registry.public_key]
    built_from  = { repository = "https://github.com/example/frontend" }
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "nobody_whose_provenance_counts" {
  command = plan
  variables {
    reference  = run.the_registry.images.built
    built_from = { repository = "https://github.com/example/frontend" }
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "no_repository" {
  command = plan
  variables {
    reference   = run.the_registry.images.built
    public_keys = [run.the_registry.public_key]
    built_from  = { repositry = "https://github.com/example/frontend" }
  }
  expect_failures = [var.built_from]
}

run "the_rule_without_its_variable" {
  command = plan
  variables {
    reference   = run.the_registry.images.built
    public_keys = [run.the_registry.public_key]
    rules       = { signed = false, allowed_registry = false, built_from = true }
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "the_rule_turned_off" {
  command = plan
  variables {
    reference  = run.the_registry.images.signed
    built_from = { repository = "https://github.com/example/frontend" }
    rules      = { signed = false, allowed_registry = false, built_from = false }
  }
  assert {
    condition     = output.image.signatures == null && output.image.provenance == null
    error_message = "Statements were read without a rule for them."
  }
}
