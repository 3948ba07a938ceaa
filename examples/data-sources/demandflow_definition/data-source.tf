data "demandflow_definition" "images" {
  entity = "DOCKERIMAGE"
}

# The fields that this tenant requires for images.
output "required" {
  value = [for field in data.demandflow_definition.images.fields : field.label if field.required]
}

# The options of the field status: labels, and the ids that the API stores.
output "statuses" {
  value = one([
    for field in data.demandflow_definition.images.fields : { for option in field.options : option.label => option.id }
    if field.name == "status"
  ])
}
