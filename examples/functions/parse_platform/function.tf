locals {
  platforms = [for text in ["linux/amd64", "linux/arm/v7"] : provider::demandflow::parse_platform(text)]
}

output "architectures" {
  value = join(", ", local.platforms[*].architecture) # amd64, arm
}

output "variants" {
  value = join(", ", compact(local.platforms[*].variant)) # v7
}
