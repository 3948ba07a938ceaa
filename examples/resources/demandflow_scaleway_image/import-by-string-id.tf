import {
  to = demandflow_scaleway_image.frontend
  id = "fr-par/97acc09a-89cb-4c45-8b75-207be248b202"
}
