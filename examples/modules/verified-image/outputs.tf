output "pinned_reference" {
  description = "What to pull: the repository with the digest."
  value       = data.demandflow_oci_image.this.pinned_reference
}

output "image" {
  description = "All that was read of the image, to fill a catalogue's entry or compare it with one."
  value       = data.demandflow_oci_image.this
}
