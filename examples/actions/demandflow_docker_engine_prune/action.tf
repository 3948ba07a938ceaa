# Removes dangling images that are older than a week and have neither label, after each deployment of a new release.
action "demandflow_docker_engine_prune" "stale" {
  config {
    until      = "168h"
    not_labels = ["keep", "stage=release"]
  }
}

resource "terraform_data" "release" {
  input = "1.4.2"

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.demandflow_docker_engine_prune.stale]
    }
  }
}
