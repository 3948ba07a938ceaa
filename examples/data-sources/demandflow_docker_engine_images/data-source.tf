data "demandflow_docker_engine_images" "team" {
  labels   = ["team=web"]
  dangling = false
}

# Sorted by size, largest first.
output "sizes" {
  value = reverse(sort([
    for image in data.demandflow_docker_engine_images.team.images : format("%12d %s", image.size, join(" ", image.tags))
  ]))
}
