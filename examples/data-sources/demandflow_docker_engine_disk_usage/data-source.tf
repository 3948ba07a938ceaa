data "demandflow_docker_engine_disk_usage" "here" {}

check "room_on_disk" {
  assert {
    condition     = coalesce(data.demandflow_docker_engine_disk_usage.here.reclaimable, 0) < 50e9
    error_message = "More than 50 GB of images that no container uses: prune them."
  }
}
