locals {
  tags = ["latest", "1.26.2", "1.27.3", "v1.27.4", "1.27.4-alpine"]
}

output "of_this_line" {
  value = join(", ", [for tag in local.tags : tag if provider::demandflow::image_tag_matches(tag, "~> 1.27.0")]) # 1.27.3, v1.27.4
}
