# Has anything been pushed under this name yet?
data "demandflow_scaleway_image" "next" {
  namespace     = "web"
  name          = "backend"
  allow_missing = true
}

output "pushed" {
  value = data.demandflow_scaleway_image.next.exists
}
