# Fields that the tenant's administrators added, by their names in the API. Options are written by id; the definition
# knows which label has which.
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
