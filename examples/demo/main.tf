# The provider takes its endpoint and token from DEMANDFLOW_ENDPOINT and DEMANDFLOW_TOKEN.
terraform {
  required_version = ">= 1.11"
  required_providers {
    demandflow = {
      source  = "demandflow/demandflow"
      version = "~> 0.1"
    }
  }
}

provider "demandflow" {
  # The demo's registry has no TLS certificate. This setting does not affect other registries.
  oci = { registries = { for host in compact([var.live_registry]) : host => { insecure = true } } }
}

# Docker Hub is public, so its images are scanned here.
resource "demandflow_docker_registry" "hub" {
  name             = "Docker Hub"
  url              = "docker.io"
  registry_type    = "Docker Hub"
  status           = "Active"
  description      = "Official images, and those of publishers we know."
  public_access    = true
  https_enabled    = true
  anonymous_access = true
  api_endpoint     = "https://registry-1.docker.io"
  api_version      = "v2"

  scanning_enabled   = true
  scanner            = "Trivy"
  severity_threshold = "Critical"
}

# Quay.io scans images with Clair.
resource "demandflow_docker_registry" "quay" {
  name             = "Quay.io"
  url              = "quay.io"
  registry_type    = "Quay.io"
  status           = "Active"
  description      = "Where the Prometheus, Argo and cert-manager projects publish."
  public_access    = true
  https_enabled    = true
  anonymous_access = true

  scanning_enabled = true
  scan_on_push     = true
  scanner          = "Clair"
}

# Amazon's public gallery: read-only, for workloads on AWS.
resource "demandflow_docker_registry" "ecr" {
  name                = "Amazon ECR Public"
  url                 = "public.ecr.aws"
  registry_type       = "AWS ECR"
  status              = "Active"
  description         = "Base images for what runs on AWS."
  public_access       = true
  https_enabled       = true
  storage_backend     = "S3"
  auth_enabled        = true
  auth_type           = "Token"
  default_permissions = "Read Only"
  scanning_enabled    = false
}

# A Harbor that mirrors the images for production, with all strict policies.
resource "demandflow_docker_registry" "harbor" {
  name          = "Production mirror"
  url           = var.mirror_url
  registry_type = "Harbor"
  status        = "Active"
  description   = "Copies of the images that production may pull."
  namespace     = "mirror"
  https_enabled = true
  proxy_enabled = true

  storage_backend = "S3"
  storage_limit   = 500

  auth_enabled        = true
  auth_type           = "OIDC"
  default_permissions = "Read Only"
  project_quota       = 50
  allowed_users       = ["mirror-bot", "release-bot"]
  access_policies = jsonencode({
    push = ["mirror-bot"]
    pull = ["*"]
  })

  scanning_enabled   = true
  scan_on_push       = true
  scanner            = "Trivy"
  block_vulnerable   = true
  severity_threshold = "High"

  content_trust   = true
  trusted_signers = ["release-bot"]

  replication_enabled  = true
  replication_mode     = "Pull"
  replication_schedule = "30 1 * * *"
  replication_filter   = "mirror/**"

  gc_enabled      = true
  gc_schedule     = "0 3 * * 0"
  retention_count = 10
  delete_untagged = true
  retention_policy = jsonencode({
    keep = [{ repositories = "**", tags = "*", pulled_within_days = 90 }]
  })

  webhook_auth = "Bearer Token"
  webhooks = jsonencode([
    { name = "catalogue", url = "https://hooks.example.com/harbor", events = ["PUSH_ARTIFACT", "SCANNING_FAILED"] },
  ])
}

locals {
  # Registries by their names in images.yaml.
  registries = {
    hub    = demandflow_docker_registry.hub
    quay   = demandflow_docker_registry.quay
    ecr    = demandflow_docker_registry.ecr
    harbor = demandflow_docker_registry.harbor
  }
}
