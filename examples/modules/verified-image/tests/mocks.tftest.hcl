# The module without a registry: the test sets the image's metadata.

mock_provider "demandflow" {
  mock_data "demandflow_oci_image" {
    defaults = {
      digest           = "sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"
      pinned_reference = "registry.example.com/web/frontend@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"
      catalogue = {
        name       = "web/frontend", tag = "1.4.2", os = "linux", architecture = ["amd64"], user = "101", healthcheck = "{\"test\":[\"CMD\",\"true\"]}"
        entrypoint = null, cmd = null, shell = null, working_dir = null, env = null, exposed_ports = null, volumes = null, labels = null
        maintainer = null, description = null, license = null, version = null, git_repo = null, git_branch = null, build_pipeline = null, base_image = null, build_platforms = null
      }
    }
  }
}

variables {
  reference          = "registry.example.com/web/frontend:1.4.2@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"
  allowed_registries = ["registry.example.com"]
}

run "an_image_that_keeps_to_the_rules" {
  variables {
    rules = { signed = false }
  }

  assert {
    condition     = output.pinned_reference == "registry.example.com/web/frontend@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"
    error_message = "The image is pinned as ${output.pinned_reference}."
  }
}

run "an_image_that_nobody_signed" {
  command = plan
  variables {
    public_keys = ["-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsvKd8FNUmtQUzftofpVXgtzeb4Y0\noddyOqjfCzoo+WE6vSwS6mSO+fkBFfEPIFK4QY5qwv6nqs53EIcJbTT2Tw==\n-----END PUBLIC KEY-----\n"]
  }
  expect_failures = [data.demandflow_oci_image.this]
}

run "a_reference_with_a_scheme" {
  command = plan
  variables {
    reference = "https://registry.example.com/web/frontend:1.4.2"
  }
  expect_failures = [var.reference]
}

run "a_rule_that_is_misspelt" {
  command = plan
  variables {
    rules = { digest_pined = false }
  }
  expect_failures = [var.rules]
}
