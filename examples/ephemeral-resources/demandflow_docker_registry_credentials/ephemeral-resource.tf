ephemeral "demandflow_docker_registry_credentials" "harbor" {
  name = "Platform Harbor"
}

# A mirror with the registry's credentials. The password is in neither plan nor state.
resource "demandflow_docker_registry" "mirror" {
  name          = "Harbor mirror"
  url           = "mirror.example.com"
  registry_type = "Harbor"
  status        = "Active"

  username            = "robot"
  password_wo         = ephemeral.demandflow_docker_registry_credentials.harbor.password
  password_wo_version = 1
}
