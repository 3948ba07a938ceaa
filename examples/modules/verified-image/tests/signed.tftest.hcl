# The rule signed. The registry of the tests is started by a test of the provider: see tests/registry.

run "the_registry" {
  module {
    source = "./tests/registry"
  }
}

run "by_the_key" {
  command = plan
  variables {
    reference          = run.the_registry.images.signed
    allowed_registries = [run.the_registry.host]
    public_keys        = [run.the_registry.public_key]
  }
  assert {
    condition     = output.image.signatures[0].verified && output.image.provenance == null
    error_message = "The image is not signed, or more was read than the rule needs."
  }
}

run "by_another_key" {
  command = plan
  variables {
    reference          = run.the_registry.images.signed
    allowed_registries = [run.the_registry.host]
    public_keys        = [run.the_registry.another_key]
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "by_nobody" {
  command = plan
  variables {
    reference          = run.the_registry.images.bare
    allowed_registries = [run.the_registry.host]
    public_keys        = [run.the_registry.public_key]
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "for_one_platform_alone" {
  command = plan
  variables {
    reference          = run.the_registry.images.partly_signed
    allowed_registries = [run.the_registry.host]
    public_keys        = [run.the_registry.public_key]
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "by_an_identity" {
  command = plan
  variables {
    reference          = run.the_registry.images.keyless
    allowed_registries = [run.the_registry.host]
    verify = {
      trusted_roots = [run.the_registry.trusted_root]
      identities = [{
        issuer            = "https://token.actions.githubusercontent.com"
        source_repository = "https://github.com/example/frontend"
      }]
    }
  }
  assert {
    condition     = startswith(output.image.signatures[0].matched, "identities[0] https://github.com/example/frontend/")
    error_message = "The image is signed by ${output.image.signatures[0].matched}."
  }
}

run "by_another_identity" {
  command = plan
  variables {
    reference          = run.the_registry.images.keyless
    allowed_registries = [run.the_registry.host]
    verify = {
      trusted_roots = [run.the_registry.trusted_root]
      identities = [{
        issuer            = "https://token.actions.githubusercontent.com"
        source_repository = "https://github.com/example/backend"
      }]
    }
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "by_nobody_that_is_named" {
  command = plan
  variables {
    reference          = run.the_registry.images.signed
    allowed_registries = [run.the_registry.host]
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "by_both_forms" {
  command = plan
  variables {
    reference          = run.the_registry.images.signed
    allowed_registries = [run.the_registry.host]
    public_keys        = [run.the_registry.public_key]
    verify             = { public_keys = [run.the_registry.public_key] }
  }
  expect_failures = [var.verify]
}

run "by_a_name_that_is_misspelt" {
  command = plan
  variables {
    reference          = run.the_registry.images.signed
    allowed_registries = [run.the_registry.host]
    verify             = { public_keys = [run.the_registry.public_key], identities = [{ isuer = "https://token.actions.githubusercontent.com" }] }
  }
  expect_failures = [var.verify]
}
