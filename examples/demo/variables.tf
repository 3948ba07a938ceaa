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
