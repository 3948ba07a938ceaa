# By id,
terraform import demandflow_docker_image.nginx 3e0d6a1c-58f7-4c0b-8f0e-6a4b1d2c9e57

# by full name,
terraform import demandflow_docker_image.nginx docker.io/library/nginx:1.27.3

# or by name and tag, where no other registry has the same.
terraform import demandflow_docker_image.nginx library/nginx:1.27.3
