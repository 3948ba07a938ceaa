variable "robot_password" {
  type      = string
  sensitive = true
}

variable "cluster_token" {
  type      = string
  sensitive = true
}

variable "scaleway_secret_key" {
  type      = string
  sensitive = true
}

# Where the live images are. What is not named is reached as that place's own command would reach it: with the credentials
# of `docker login`, at DOCKER_HOST, by the kubeconfig of `oc login`, and with the profile of `scw`.
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

  openshift = {
    host  = "https://api.cluster.example.com:6443"
    token = var.cluster_token
  }

  scaleway = {
    access_key = "SCWXXXXXXXXXXXXXXXXX"
    secret_key = var.scaleway_secret_key
    region     = "fr-par"
  }
}
