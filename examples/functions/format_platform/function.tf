output "armv7" {
  value = provider::demandflow::format_platform({ os = "linux", architecture = "arm", variant = "v7" }) # linux/arm/v7
}

# All combinations, in the format of an image's `build_platforms`.
output "build_platforms" {
  value = join(", ", [
    for pair in setproduct(["linux"], ["amd64", "arm64"]) :
    provider::demandflow::format_platform({ os = pair[0], architecture = pair[1], variant = null })
  ]) # linux/amd64, linux/arm64
}
