variable "robot_password" {
  type      = string
  sensitive = true
}

# Where the live images are. What is not named is reached as the docker command would reach it: with the credentials of
# `docker login`, and at DOCKER_HOST.
provider "demandflow" {
  oci = {
    registries = {
      "registry.example.com" = {
        username = "robot"
        password = var.robot_password
      }
      "registry.lab.example.com:5000" = {
        insecure = true
      }
    }
  }

  docker_engine = {
    host = "unix:///var/run/docker.sock"
  }
}
