# An image with its build settings.
resource "demandflow_docker_image" "api" {
  name   = "shop/api"
  tag    = "2.4.0"
  status = "Active"

  base_image      = "gcr.io/distroless/static-debian12:nonroot"
  dockerfile_path = "build/Dockerfile"
  build_context   = "."
  target_stage    = "release"
  build_platforms = ["linux/amd64", "linux/arm64"]
  build_args = {
    CGO_ENABLED = "0"
    GO_VERSION  = "1.26"
  }

  git_repo      = "git@github.com:example/shop-api.git"
  git_branch    = "main"
  build_trigger = "Git Push"

  user = "65532"
  env = jsonencode({
    LISTEN    = ":8080"
    LOG_LEVEL = "info"
  })
  exposed_ports = jsonencode(["8080/tcp"])
  healthcheck = jsonencode({
    test     = ["CMD", "/api", "healthcheck"]
    interval = "30s"
    retries  = 3
  })
}
