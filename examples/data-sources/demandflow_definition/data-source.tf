data "demandflow_definition" "images" {
  entity = "DOCKERIMAGE"
}

# What must every image have in this tenant?
output "required" {
  value = [for field in data.demandflow_definition.images.fields : field.label if field.required]
}

# What may its status be? Labels, and the ids that the API stores.
output "statuses" {
  value = one([
    for field in data.demandflow_definition.images.fields : { for option in field.options : option.label => option.id }
    if field.name == "status"
  ])
}
