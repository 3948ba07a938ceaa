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

# Connections to the sources of live images. Without settings, the provider connects like the command-line tools: with the
# credentials of `docker login`, DOCKER_HOST, the kubeconfig of `oc login`, and the profile of `scw`.
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
