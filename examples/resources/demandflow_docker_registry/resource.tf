# A registry has four required arguments. Terraform does not manage fields that are not set here.
resource "demandflow_docker_registry" "hub" {
  name          = "Docker Hub"
  url           = "docker.io"
  registry_type = "Docker Hub"
  status        = "Active"
}

# A self-hosted Harbor with its policies.
resource "demandflow_docker_registry" "harbor" {
  name          = "Platform Harbor"
  url           = "https://harbor.example.com"
  registry_type = "Harbor"
  status        = "Active"
  description   = "Images that may run in production."
  namespace     = "platform"

  storage_backend = "S3"
  storage_limit   = 2000 # GB

  auth_enabled        = true
  auth_type           = "OIDC"
  default_permissions = "Read Only"
  allowed_users       = ["ci-builder", "release-bot"]

  scanning_enabled   = true
  scan_on_push       = true
  scanner            = "Trivy"
  block_vulnerable   = true
  severity_threshold = "High"

  gc_enabled      = true
  gc_schedule     = "0 3 * * 0" # Sundays at 03:00
  retention_count = 20
  delete_untagged = true

  webhook_auth = "HMAC"
  webhooks = jsonencode([
    { name = "inventory", url = "https://inventory.example.com/hooks/harbor" },
  ])
}
