# A secret that is not stored in the state. Terraform cannot detect a changed value: change the version to send it again.
variable "robot_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "demandflow_docker_registry" "private" {
  name          = "Private registry"
  url           = "registry.example.com:5000"
  registry_type = "Private Registry"
  status        = "Active"

  auth_enabled        = true
  auth_type           = "Basic Auth"
  username            = "robot"
  password_wo         = var.robot_password
  password_wo_version = 1
}
