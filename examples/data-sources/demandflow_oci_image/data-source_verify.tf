# Verify who signed an image, and read what its attestations say. Nothing but the registry is asked.
data "demandflow_oci_image" "frontend" {
  reference = "registry.example.com/web/frontend:1.4.2"
  include   = ["config", "statements"]

  verify = {
    trusted_roots = ["public-good"] # Sigstore's public instance
    identities = [{
      issuer            = "https://token.actions.githubusercontent.com"
      source_repository = "https://github.com/example/frontend"
    }]
  }
}

output "signed_by" {
  value = [for s in data.demandflow_oci_image.frontend.signatures : s.matched if s.verified == true]
}

# The reason of each signature that is not valid.
output "refused" {
  value = [for s in data.demandflow_oci_image.frontend.signatures : "${s.reason}: ${s.error}" if s.reason != null]
}

output "built_from" {
  value = [for p in data.demandflow_oci_image.frontend.provenance : p.source_repository if p.verified == true]
}

output "critical" {
  value = [for s in data.demandflow_oci_image.frontend.scans : s.critical_count if s.verified == true]
}
