# By id,
terraform import demandflow_docker_registry.harbor 7d9f2c64-1b0e-4f5a-9a53-0c5d3f6e8b21

# by name,
terraform import demandflow_docker_registry.harbor "Platform Harbor"

# or by URL, with or without https://.
terraform import demandflow_docker_registry.harbor harbor.example.com
