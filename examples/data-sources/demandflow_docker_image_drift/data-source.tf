data "demandflow_docker_image" "frontend" {
  full_image_name = "registry.example.com/web/frontend:1.4.2"
}

# Inside the check block an unreachable registry is a warning. Outside of it, every plan would fail.
check "catalogue_is_true" {
  # Without reference, the data source reads the image by the entry's full name.
  data "demandflow_docker_image_drift" "frontend" {
    docker_image_id = data.demandflow_docker_image.frontend.id
    ignore          = ["labels"]
  }

  assert {
    condition = data.demandflow_docker_image_drift.frontend.in_sync
    error_message = join("\n", concat([
      for d in data.demandflow_docker_image_drift.frontend.differences :
      "${d.class}: ${d.field} is ${coalesce(d.live, "gone")}, and in the catalogue ${coalesce(d.catalogue, "not there")}"
      ], [
      for u in data.demandflow_docker_image_drift.frontend.undecided : "${u.field} is undecided: ${u.reason}"
    ]))
  }
}
