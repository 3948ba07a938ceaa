# All active images of one registry.
list "demandflow_docker_image" "hub" {
  provider = demandflow
  limit    = 1000

  config {
    registry_id = "0f4b7c52-6f0d-4c1e-9d3b-2a7e5c8d1f60"
    status      = "Active"
    order_by    = "name_asc"
  }
}
