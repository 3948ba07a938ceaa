# Custom fields of the tenant, by their names in the API. Options are set by id; the definition maps labels to ids.
data "demandflow_definition" "images" {
  entity = "DOCKERIMAGE"
}

locals {
  risk_classes = one([
    for field in data.demandflow_definition.images.fields : { for option in field.options : option.label => option.id }
    if field.name == "riskClass"
  ])
}

resource "demandflow_docker_image" "billing" {
  name   = "shop/billing"
  tag    = "1.8.2"
  status = "Active"

  custom_fields = {
    costCentre = jsonencode("4711")
    riskClass  = jsonencode(local.risk_classes["High"])
  }
}
