# Live images, as mock_provider gives them: an image that is there, and that the catalogue is right about.

mock_data "demandflow_oci_image" {
  defaults = {
    exists           = true
    digest           = "sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"
    pinned_reference = "registry.example.com/team/app@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"
    catalogue = {
      name            = "team/app"
      tag             = "1.0"
      os              = "linux"
      architecture    = ["amd64"]
      build_platforms = ["linux/amd64"]
      base_image      = null
      build_pipeline  = null
      cmd             = null
      description     = null
      entrypoint      = null
      env             = null
      exposed_ports   = null
      git_branch      = null
      git_repo        = null
      healthcheck     = null
      labels          = null
      license         = null
      maintainer      = null
      shell           = null
      user            = "101"
      version         = null
      volumes         = null
      working_dir     = null
    }
  }
}

mock_data "demandflow_docker_engine_image" {
  defaults = {
    exists           = true
    digest           = "sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"
    pinned_reference = "registry.example.com/team/app@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"
    catalogue = {
      name            = "team/app"
      tag             = "1.0"
      os              = "linux"
      architecture    = ["amd64"]
      build_platforms = ["linux/amd64"]
      base_image      = null
      build_pipeline  = null
      cmd             = null
      description     = null
      entrypoint      = null
      env             = null
      exposed_ports   = null
      git_branch      = null
      git_repo        = null
      healthcheck     = null
      labels          = null
      license         = null
      maintainer      = null
      shell           = null
      user            = "101"
      version         = null
      volumes         = null
      working_dir     = null
    }
  }
}

mock_data "demandflow_openshift_image" {
  defaults = {
    exists           = true
    digest           = "sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"
    pinned_reference = "registry.example.com/team/app@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"
    catalogue = {
      name            = "team/app"
      tag             = "1.0"
      os              = "linux"
      architecture    = ["amd64"]
      build_platforms = ["linux/amd64"]
      base_image      = null
      build_pipeline  = null
      cmd             = null
      description     = null
      entrypoint      = null
      env             = null
      exposed_ports   = null
      git_branch      = null
      git_repo        = null
      healthcheck     = null
      labels          = null
      license         = null
      maintainer      = null
      shell           = null
      user            = "101"
      version         = null
      volumes         = null
      working_dir     = null
    }
  }
}

mock_data "demandflow_scaleway_image" {
  defaults = {
    exists           = true
    digest           = "sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"
    pinned_reference = "registry.example.com/team/app@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"
    catalogue = {
      name            = "team/app"
      tag             = "1.0"
      os              = "linux"
      architecture    = ["amd64"]
      build_platforms = ["linux/amd64"]
      base_image      = null
      build_pipeline  = null
      cmd             = null
      description     = null
      entrypoint      = null
      env             = null
      exposed_ports   = null
      git_branch      = null
      git_repo        = null
      healthcheck     = null
      labels          = null
      license         = null
      maintainer      = null
      shell           = null
      user            = "101"
      version         = null
      volumes         = null
      working_dir     = null
    }
  }
}

mock_data "demandflow_docker_image_drift" {
  defaults = {
    in_sync = true
  }
}

mock_data "demandflow_oci_tags" {
  defaults = {
    latest = "1.0"
    tags   = ["1.0"]
  }
}
