# All images of one repository in the cluster.
data "demandflow_openshift_images" "frontend" {
  repository = "registry.example.com/web/frontend"
}

output "frontends" {
  value = {
    for image in data.demandflow_openshift_images.frontend.images : image.openshift.name => image.openshift.created_at
  }
}

# Images from external registries, and those of them without a signature.
data "demandflow_openshift_images" "foreign" {
  reference = "^(docker\\.io|quay\\.io)/"
}

output "unsigned" {
  value = [
    for image in data.demandflow_openshift_images.foreign.images : image.openshift.pull_spec
    if length(coalesce(image.openshift.signatures, [])) == 0
  ]
}
