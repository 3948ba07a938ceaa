# All that the cluster has of one repository.
data "demandflow_openshift_images" "frontend" {
  repository = "registry.example.com/web/frontend"
}

output "frontends" {
  value = {
    for image in data.demandflow_openshift_images.frontend.images : image.openshift.name => image.openshift.created_at
  }
}

# What came from outside, and what nobody has signed.
data "demandflow_openshift_images" "foreign" {
  reference = "^(docker\\.io|quay\\.io)/"
}

output "unsigned" {
  value = [
    for image in data.demandflow_openshift_images.foreign.images : image.openshift.pull_spec
    if length(coalesce(image.openshift.signatures, [])) == 0
  ]
}
