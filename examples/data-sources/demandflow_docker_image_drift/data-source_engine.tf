# Compare with the image in a Docker Engine. live accepts the object of any live-image data source.
data "demandflow_docker_image" "frontend" {
  full_image_name = "registry.example.com/web/frontend:1.4.2"
}

data "demandflow_docker_engine_image" "frontend" {
  name = "registry.example.com/web/frontend:1.4.2"
}

check "what_runs_is_what_is_catalogued" {
  data "demandflow_docker_image_drift" "running" {
    docker_image_id = data.demandflow_docker_image.frontend.id
    live            = data.demandflow_docker_engine_image.frontend
  }

  assert {
    condition = data.demandflow_docker_image_drift.running.in_sync
    error_message = join("\n", concat([
      for d in data.demandflow_docker_image_drift.running.differences :
      "${d.class}: ${d.field} is ${coalesce(d.live, "gone")}, and in the catalogue ${coalesce(d.catalogue, "not there")}"
      ], [
      for u in data.demandflow_docker_image_drift.running.undecided : "${u.field} is undecided: ${u.reason}"
    ]))
  }
}
