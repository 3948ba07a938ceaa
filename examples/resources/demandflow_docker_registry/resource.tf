# A registry needs four arguments. What is not set here stays with the people who keep it in DemandFlow's UI.
resource "demandflow_docker_registry" "hub" {
  name          = "Docker Hub"
  url           = "docker.io"
  registry_type = "Docker Hub"
  status        = "Active"
}

# A Harbor of one's own, with its policies.
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
  gc_schedule     = "0 3 * * 0" # Sundays at three
  retention_count = 20
  delete_untagged = true

  webhook_auth = "HMAC"
  webhooks = jsonencode([
    { name = "inventory", url = "https://inventory.example.com/hooks/harbor" },
  ])
}
