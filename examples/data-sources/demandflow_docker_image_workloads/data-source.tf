data "demandflow_docker_image_workloads" "nginx" {
  full_image_name = "docker.io/library/nginx:1.27.3"
}

# Workloads that still run the image, to check before you delete it.
output "running" {
  value = [
    for workload in data.demandflow_docker_image_workloads.nginx.workloads : workload.name
    if workload.status == "Running"
  ]
}
