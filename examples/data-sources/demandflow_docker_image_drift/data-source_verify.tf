# Compare who signed the image, its last scan and its commit with what the catalogue has. Without verify, signatures are undecided.
data "demandflow_docker_image" "frontend" {
  full_image_name = "registry.example.com/web/frontend:1.4.2"
}

check "signed_as_catalogued" {
  data "demandflow_docker_image_drift" "frontend" {
    docker_image_id = data.demandflow_docker_image.frontend.id

    verify = {
      trusted_roots = ["public-good"]
      identities = [{
        issuer        = "https://token.actions.githubusercontent.com"
        subject_regex = "https://github.com/example/.+"
      }]
    }
  }

  assert {
    condition = data.demandflow_docker_image_drift.frontend.in_sync
    error_message = join("\n", concat(
      [for d in data.demandflow_docker_image_drift.frontend.differences :
      "${d.class}: ${d.field} is ${coalesce(d.live, "gone")}, and in the catalogue ${coalesce(d.catalogue, "not there")}"],
      [for u in data.demandflow_docker_image_drift.frontend.undecided : "${u.field}: ${u.reason}"],
    ))
  }
}
