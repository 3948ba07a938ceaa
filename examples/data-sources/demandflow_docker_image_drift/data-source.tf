data "demandflow_docker_image" "nginx" {
  full_image_name = "docker.io/library/nginx:1.27.3"
}

# The entry against its copy in the mirror. Without reference it is read by its own full name.
data "demandflow_docker_image_drift" "nginx" {
  docker_image_id = data.demandflow_docker_image.nginx.id
  reference       = "registry.example.com/library/nginx:1.27.3"
  ignore          = ["labels"]
}

check "catalogue_is_true" {
  assert {
    condition = data.demandflow_docker_image_drift.nginx.in_sync
    error_message = join("\n", concat([
      for d in data.demandflow_docker_image_drift.nginx.differences :
      "${d.class}: ${d.field} is ${coalesce(d.live, "nothing")}, not ${coalesce(d.catalogue, "nothing")}"
      ], [
      for u in data.demandflow_docker_image_drift.nginx.undecided : "${u.field} is undecided: ${u.reason}"
    ]))
  }
}
