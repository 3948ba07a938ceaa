locals {
  digest = "sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"
}

output "to_deploy" {
  value = provider::demandflow::pin_image_reference("nginx:1.27.3", local.digest) # docker.io/library/nginx@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31
}
