variable "mirror_url" {
  description = "Address of the registry that mirrors what production may run."
  type        = string
  default     = "https://harbor.example.com"
}

variable "labels" {
  description = "Labels that every image carries beside its own."
  type        = map(string)
  default     = { catalogue = "demo" }
}

variable "live_registry" {
  description = "Host of a registry without TLS that has the images below their registries' hosts, such as localhost:5000. Null: facts come from images.yaml alone."
  type        = string
  default     = null
}
