# Find an image by digest: the name of the Image object, or a pull spec with a digest.
data "demandflow_openshift_image" "frontend" {
  name = "registry.example.com/web/frontend@sha256:5c1f0e6cf2b1e3a4d59f7a80a2b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1"
}

# Signers whose signatures the cluster has verified.
output "signed_by" {
  value = [for signature in data.demandflow_openshift_image.frontend.signatures : signature.signer if signature.verified == true]
}
