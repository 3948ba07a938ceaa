terraform {
  required_version = ">= 1.11"
  required_providers {
    demandflow = {
      source = "demandflow/demandflow"
    }
  }
}
