variable "image" {
  type    = string
  default = "nginx:1.27.3@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31"

  validation {
    condition     = provider::demandflow::image_reference_is_pinned(var.image)
    error_message = "Give the image with its digest: a tag may be another image tomorrow."
  }
}

output "tag_alone" {
  value = provider::demandflow::image_reference_is_pinned("nginx:1.27.3") # false
}
