output "in_full" {
  value = provider::demandflow::normalize_image_reference("grafana/grafana:11.4.0") # docker.io/grafana/grafana:11.4.0
}

# Compare two spellings of the same image.
output "same" {
  value = length(toset([
    for reference in ["nginx", "docker.io/library/nginx:latest"] : provider::demandflow::normalize_image_reference(reference)
  ])) == 1 # true
}
