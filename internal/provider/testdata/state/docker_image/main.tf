resource "demandflow_docker_image" "it" {
  name                = "library/image-1"
  tag                 = "1.0-alpine"
  registry_id         = "00000000-0000-4000-8000-000000000001"
  description         = "description 1\nsecond line"
  base_image          = "baseImage 1\nsecond line"
  architecture        = ["linux/amd64", "entry-1"]
  os                  = "windows"
  status              = "Deprecated"
  target_cluster_id   = "00000000-0000-4000-8000-000000000001"
  target_namespace_id = "00000000-0000-4000-8000-000000000001"
  dockerfile          = "dockerfile 1\nsecond line"
  dockerfile_path     = "dockerfilePath 1\nsecond line"
  build_args          = { VERSION = "1", FLAGS = "-a=b -c" }
  build_context       = "buildContext 1\nsecond line"
  target_stage        = "targetStage 1\nsecond line"
  build_platforms     = ["linux/amd64", "entry-1"]
  cache_from          = ["linux/amd64", "entry-1"]
  entrypoint          = "entrypoint 1\nsecond line"
  cmd                 = "cmd 1\nsecond line"
  working_dir         = "workingDir 1\nsecond line"
  user                = "user 1\nsecond line"
  shell               = "shell 1\nsecond line"
  env                 = jsonencode({ b = [1, 2.50, "<&>"], a = { n = 1 } })
  exposed_ports       = jsonencode({ b = [1, 2.50, "<&>"], a = { n = 1 } })
  volumes             = ["linux/amd64", "entry-1"]
  healthcheck         = jsonencode({ b = [1, 2.50, "<&>"], a = { n = 1 } })
  labels              = jsonencode({ b = [1, 2.50, "<&>"], a = { n = 1 } })
  annotations         = jsonencode({ b = [1, 2.50, "<&>"], a = { n = 1 } })
  maintainer          = "maintainer 1\nsecond line"
  vendor_id           = "00000000-0000-4000-8000-000000000001"
  version             = "version 1\nsecond line"
  license             = "license 1\nsecond line"
  scan_enabled        = true
  trusted_registry    = true
  compliance_status   = "Non-compliant"
  security_policies   = "securityPolicies 1\nsecond line"
  allowed_namespaces  = ["linux/amd64", "entry-1"]
  dependencies        = "dependencies 1\nsecond line"
  linked_services     = ["linux/amd64", "entry-1"]
  config_requirements = "configRequirements 1\nsecond line"
  auto_tag            = true
  tag_pattern         = "tagPattern 1\nsecond line"
  git_repo            = "https://1.example.com/path"
  git_branch          = "gitBranch 1\nsecond line"
  build_pipeline      = "buildPipeline 1\nsecond line"
  build_trigger       = "Git Push"
  last_build_status   = "Failed"

  deletion_policy = "archive"
  parents         = [{ entity = "K8SCLUSTER", id = "00000000-0000-4000-8000-00000000000a" }]
  timeouts        = { create = "5m" }
}
