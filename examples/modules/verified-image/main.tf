# Reads an image, and fails the plan if the image violates a rule. Creates nothing.

locals {
  all_rules = {
    digest_pinned    = true
    no_latest        = true
    allowed_registry = true
    non_root         = true
    healthcheck      = true
    signed           = true
    built_from       = var.built_from != null
    scanned          = var.scanned != null
  }
  rules = merge(local.all_rules, { for rule, holds in var.rules : rule => holds if holds != null })

  parsed = provider::demandflow::parse_image_reference(var.reference) # nginx is docker.io/library/nginx

  # What attestations say is read only for the rules that need it.
  needs_facts = local.rules.built_from || local.rules.scanned
  needs_trust = local.rules.signed || local.needs_facts
  trusts      = length(var.public_keys) > 0 || var.verify != null
  trusted     = var.verify == null ? "one of the public keys" : "one of those that verify trusts"

  # Git hosts serve one repository with and without ".git", and SLSA writes "git+" before it.
  repository   = try(replace(trimsuffix(trimsuffix(var.built_from.repository, "/"), ".git"), "/^git\\+/", ""), null)
  ref          = try(var.built_from.ref, null)
  max_critical = try(tonumber(var.scanned.max_critical), null)
  max_age      = try(var.scanned.max_age, null)

  verify_names = [
    "public_keys", "trusted_roots", "identities", "notation", "require",
    "identities.issuer", "identities.issuer_regex", "identities.subject", "identities.subject_regex",
    "identities.source_repository", "identities.source_ref", "identities.runner_environment",
    "notation.certificates", "notation.trusted_identities",
    "require.log", "require.time", "require.certificate_log",
  ]
}

data "demandflow_oci_image" "this" {
  reference   = var.reference
  platform    = var.platform
  include     = local.needs_facts ? ["config", "statements"] : local.rules.signed ? ["config", "referrers"] : ["config"]
  public_keys = local.needs_trust && var.verify == null ? var.public_keys : null
  verify      = local.needs_trust ? var.verify : null

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
      condition     = !local.rules.signed || local.trusts
      error_message = "Nothing says by whom ${var.reference} must be signed: give public_keys or verify (the provider's oci.verify is not used here), or set rules = { signed = false }."
    }
    precondition {
      condition     = !local.needs_facts || local.trusts
      error_message = "Nothing says whose statements about ${var.reference} count, and anybody with the right to push can add one: give public_keys or verify."
    }
    precondition {
      condition     = !local.rules.built_from || local.repository != null
      error_message = "Nothing says from which repository ${var.reference} must be built: give built_from, or leave it out of rules."
    }
    precondition {
      condition     = !local.rules.scanned || var.scanned != null
      error_message = "Nothing says what a scan of ${var.reference} must find: give scanned, or leave it out of rules."
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
      error_message = "No signature of ${self.digest}, which is ${var.reference}, is by ${local.trusted}: ${join("; ", concat(["${length([for s in coalesce(self.signatures, []) : s if s.subject == self.digest])} found"], distinct([for s in coalesce(self.signatures, []) : "${coalesce(s.reason, "not verified")}: ${s.error}" if s.error != null]), [for s in coalesce(self.signatures, []) : "signed is only ${s.subject}, one of its platforms" if coalesce(s.verified, false) && s.subject != self.digest]))}. Sign this digest, or trust its signer. If only attestations are signed, set rules = { signed = false } and use built_from."
    }

    # Rules for what attestations say. Those about another platform than the one whose configuration is looked at say nothing of it.
    # Anybody can put the manifest of one under another tag, where it is not valid: that says not what it is about.
    postcondition {
      condition = !local.rules.built_from || anytrue([
        for p in coalesce(self.provenance, []) :
        replace(trimsuffix(trimsuffix(coalesce(p.source_repository, "-"), "/"), ".git"), "/^git\\+/", "") == local.repository
        && (local.ref == null || p.source_ref == local.ref)
        if coalesce(p.verified, false) && anytrue([for s in coalesce(self.attestations, []) : s.digest == p.statement && (coalesce(s.verified, false) || s.covered_by != null) && !contains([for o in coalesce(self.platforms, []) : o.digest if o.platform != self.platform], s.subject)])
      ])
      error_message = "${var.reference} is not verifiably built from ${coalesce(local.repository, "a repository")}${local.ref == null ? "" : " at ${local.ref}"}: ${join("; ", concat(["${length([for p in coalesce(self.provenance, []) : p if coalesce(p.verified, false)])} of ${length(coalesce(self.provenance, []))} statements about its build are by ${local.trusted}"], distinct([for p in coalesce(self.provenance, []) : "${coalesce(p.verified, false) ? "verified" : "not verified"} is ${coalesce(p.source_repository, "no repository")} at ${coalesce(p.source_ref, "no ref")}"]), distinct([for s in coalesce(self.attestations, []) : "${coalesce(s.reason, "not verified")}: ${s.error}" if s.error != null])))}. Build it with provenance and sign that, as actions/attest does, or fix built_from (a ref is written refs/heads/main or refs/tags/v1.2.3)."
    }
    postcondition {
      # Scans are in order, the newest first. Whatever cannot be told of it is a failure.
      condition = !local.rules.scanned || try([
        for s in coalesce(self.scans, []) :
        s.critical_count != null
        && (local.max_critical == null || coalesce(s.critical_count, 0) <= coalesce(local.max_critical, 0))
        && (local.max_age == null || timecmp(timeadd(s.scanned_at, coalesce(local.max_age, "0s")), plantimestamp()) >= 0 && timecmp(s.scanned_at, timeadd(plantimestamp(), "1h")) <= 0)
        if coalesce(s.verified, false) && anytrue([for a in coalesce(self.attestations, []) : a.digest == s.statement && (coalesce(a.verified, false) || a.covered_by != null) && !contains([for o in coalesce(self.platforms, []) : o.digest if o.platform != self.platform], a.subject)])
      ][0], false)
      error_message = "${var.reference} is not scanned as it must be (${join(", ", concat(local.max_critical == null ? [] : ["at most ${local.max_critical} critical findings"], local.max_age == null ? [] : ["not older than ${local.max_age}"], ["by ${local.trusted}"]))}): ${join("; ", concat(["${length(coalesce(self.scans, []))} found"], [for s in coalesce(self.scans, []) : "${coalesce(s.verified, false) ? "verified" : "not verified"} is one by ${coalesce(s.scanner, "an unknown scanner")} of ${coalesce(s.scanned_at, "an unknown time")} with ${try(tostring(s.critical_count + 0), "an unknown number of")} critical findings"], distinct([for s in coalesce(self.attestations, []) : "${coalesce(s.reason, "not verified")}: ${s.error}" if s.error != null])))}. Scan it again and sign the report, as cosign attest does, or fix what was found."
    }
  }
}
