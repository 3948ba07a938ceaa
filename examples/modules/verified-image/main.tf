# Reads an image, and fails the plan if the image violates a rule. Creates nothing.

locals {
  all_rules = { digest_pinned = true, no_latest = true, allowed_registry = true, non_root = true, healthcheck = true, signed = true }
  rules     = merge(local.all_rules, { for rule, holds in var.rules : rule => holds if holds != null })

  parsed = provider::demandflow::parse_image_reference(var.reference) # nginx is docker.io/library/nginx
}

data "demandflow_oci_image" "this" {
  reference   = var.reference
  platform    = var.platform
  include     = local.rules.signed ? ["config", "referrers"] : ["config"]
  public_keys = local.rules.signed ? var.public_keys : null

  lifecycle {
    # Rules for the reference, checked before the image is read.
    precondition {
      condition     = !local.rules.allowed_registry || contains(var.allowed_registries, local.parsed.domain)
      error_message = "${var.reference} comes from ${local.parsed.domain}, and ${length(var.allowed_registries) == 0 ? "allowed_registries is empty" : "images may come from: ${join(", ", var.allowed_registries)}"}."
    }
    precondition {
      condition     = !local.rules.digest_pinned || local.parsed.digest != null
      error_message = "${var.reference} has no digest, so that what is pulled tomorrow may be another image. Write ${var.reference}@sha256:…"
    }
    precondition {
      condition     = !local.rules.no_latest || !(local.parsed.tag == "latest" || local.parsed.tag == null && local.parsed.digest == null)
      error_message = "${var.reference} is whatever was pushed last. Name a version."
    }
    precondition {
      condition     = !local.rules.signed || length(var.public_keys) > 0
      error_message = "Nothing says by whom ${var.reference} must be signed: give public_keys, or set rules = { signed = false }."
    }

    # Rules for the image's configuration and signatures.
    postcondition {
      condition     = !local.rules.non_root || !can(regex("^([+-]?0+|root)?$", split(":", coalesce(try(self.catalogue.user, null), "root"))[0]))
      error_message = "${var.reference} runs as root: its configuration names no other user."
    }
    postcondition {
      condition     = !local.rules.healthcheck || !contains(["null", "[\"NONE\"]"], jsonencode(try(jsondecode(self.catalogue.healthcheck).test, null)))
      error_message = "${var.reference} has no healthcheck, so that nobody notices when it hangs."
    }
    postcondition {
      # Deployments pull this digest: a signature of one platform does not cover the others.
      condition     = !local.rules.signed || anytrue([for s in coalesce(self.signatures, []) : coalesce(s.verified, false) && s.subject == self.digest])
      error_message = "No signature of ${self.digest}, which is ${var.reference}, is by one of the public keys: ${join("; ", concat(["${length([for s in coalesce(self.signatures, []) : s if s.subject == self.digest])} found"], [for s in coalesce(self.signatures, []) : s.error if s.error != null], [for s in coalesce(self.signatures, []) : "signed is only ${s.subject}, one of its platforms" if coalesce(s.verified, false) && s.subject != self.digest]))}."
    }
  }
}
